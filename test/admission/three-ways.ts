/** One object, judged by `workload audit`, by `admission test` and by the webhook: each by what the command, or the server, calls. */

import { readReview } from "../../src/engines/admission/review.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { rawOf } from "../../src/engines/kubernetes/raw.ts";
import { createGuard } from "../../src/guards/admission/decide.ts";
import { quietCluster } from "../../src/guards/admission/guard.fixture.ts";
import type { Guard, ImageAssessor, Outcome, PolicySet } from "../../src/guards/admission/model.ts";
import { viewOfFiles } from "../../src/guards/admission/trial/cluster-view.ts";
import { requestsOf } from "../../src/guards/admission/trial/requests.ts";
import { tryRequest } from "../../src/guards/admission/trial/run.ts";
import { scanManifests } from "../../src/scan/manifests.ts";
import type { Json } from "./oracle/json.ts";
import { created } from "./reviews.ts";

export interface ThreeVerdicts {
  /** Checks that do not pass, with their verdict, sorted: `workload/privileged fail`. */
  readonly audit: readonly string[];
  readonly test: readonly string[];
  readonly webhook: readonly string[];
}

export interface ThreeWays {
  /** @param text - YAML or JSON of one object that has a pod */
  judge(text: string): Promise<ThreeVerdicts>;
}

/** Pins nothing: what is pinned is another object. */
const unasked: ImageAssessor = {
  assess: async (reference) => ({ reference, evaluations: [], cached: false }),
  close: () => undefined,
};

const USER = { username: "kubernetes-admin", groups: ["system:authenticated"], extra: {} };

/** By one policy, without a registry: images are nobody's business here. */
export function threeWays(set: PolicySet, now: Date): ThreeWays {
  const policyOf = (namespace: string) => set.forNamespace(namespace).policy;
  const guardOver = (cluster: Parameters<typeof createGuard>[0]["cluster"]): Guard =>
    createGuard({ policies: () => set, images: unasked, cluster, scope: "manifests" });
  const webhook = guardOver(quietCluster);

  return {
    async judge(text) {
      const manifests = readManifests([{ path: "object.yaml", text }]);
      const [first] = manifests.objects;
      if (first === undefined) throw new Error("no object");
      const namespace = first.namespace ?? "default";
      const { evaluations } = await scanManifests(
        { kind: "text", root: ".", text },
        { policy: policyOf(namespace), now },
      );
      const audit = new Set<string>();
      for (const { check, verdict } of evaluations) {
        if (verdict !== "pass" && check.startsWith("workload/")) audit.add(`${check} ${verdict}`);
      }
      const { requests } = requestsOf(manifests, { namespace: "default", user: USER });
      const view = viewOfFiles(manifests, { labels: new Map() });
      const trials = await Promise.all(
        requests.map(({ request }) => tryRequest(guardOver(view), request, { now, milliseconds: 60_000 })),
      );
      const review = readReview(Buffer.from(JSON.stringify(created(rawOf(first) as Json, { namespace }))));
      const deadline = new AbortController().signal;
      const decided = await webhook.decide(review, { webhook: "validate", now, deadline });
      return {
        audit: [...audit].sort(),
        test: told(trials.flatMap(({ decision }) => decision.outcomes)),
        webhook: told(decided.outcomes),
      };
    },
  };
}

function told(outcomes: readonly Outcome[]): readonly string[] {
  const of = outcomes.filter(({ check }) => check.startsWith("workload/"));
  return [...new Set(of.map(({ check, verdict }) => `${check} ${verdict}`))].sort();
}
