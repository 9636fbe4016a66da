/** A container engine and what it runs, evaluated. */
import type { EngineCheck, EngineFacts } from "../../checks/cluster/engine/engine-check.ts";
import { engineChecks } from "../../checks/lists/engine.ts";
import { workloadChecks } from "../../checks/lists/workload.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { unjudged } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { manifestGaps } from "../kubernetes/manifest-gaps.ts";
import { evaluateWorkload, NONE_SHORT } from "../kubernetes/workloads.ts";
import { hostAsset } from "../runtime/assets.ts";

export interface EngineEvidence extends EngineFacts {
  /** Why each of these is not all. */
  readonly gaps: Readonly<Record<Exclude<keyof EngineFacts, "info">, readonly Gap[]>>;
}

export interface EngineContext {
  readonly policy: Policy;
  readonly now: Date;
}

const checks: readonly EngineCheck[] = engineChecks;

export function evaluateEngine({ gaps, ...facts }: EngineEvidence, { policy, now }: EngineContext): Evaluation[] {
  const at = now.toISOString();
  return runChecks<EngineFacts>(
    checks.filter(({ engines }) => engines.includes(facts.info.engine)),
    {
      info: present(facts.info, at),
      listeners: present(facts.listeners, at, { gaps: gaps.listeners }),
      registries: present(facts.registries, at, { gaps: gaps.registries }),
      configuration: present(facts.configuration, at, { gaps: gaps.configuration }),
    },
    { asset: hostAsset(facts.info.host), policy, now },
  );
}

/** Of each container what is judged of a service of Compose; of those that were not read nothing is passed. */
export function evaluateContainers(manifests: Manifests, host: string, context: EngineContext): Evaluation[] {
  const gaps = manifestGaps(manifests);
  const evidence = present(manifests, context.now.toISOString(), { gaps: gaps.all });
  const whole = { of: () => evidence, short: NONE_SHORT };
  const asset = hostAsset(host);
  const unread = manifests.gaps.filter(({ object }) => object === undefined);
  const [first] = unread;
  return [
    ...manifests.workloads.flatMap((workload) =>
      evaluateWorkload(workload, whole, gaps, { ...context, scope: asset.lineage }),
    ),
    ...(first === undefined
      ? []
      : workloadChecks
          .filter(({ origins }) => (origins as readonly string[]).includes("compose"))
          .map(({ id }) =>
            unjudged(id, asset, context.now, { code: first.code, reason: reasonOf(first.reason, unread.length) }),
          )),
  ];
}

function reasonOf(reason: string, all: number): string {
  return all === 1 ? reason : `${reason}, and ${all - 1} more`;
}
