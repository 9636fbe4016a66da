/** What admission costs: pods, one by one, as parsed JSON, through every check over a workload. */

import { join } from "node:path";
import { unpackZstd } from "../conformance/images/unpack.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { openSecretScanner } from "../src/collect/secrets/scanner.ts";
import { isObject, valueAt } from "../src/core/untyped.ts";
import { readManifests } from "../src/engines/kubernetes/manifests.ts";
import { rawOf } from "../src/engines/kubernetes/model.ts";
import { scanObject } from "../src/scan/object.ts";
import { type Bench, ratios, row } from "./bench.ts";

const ARCHIVE = "kubernetes/kube-prometheus-manifests.tar.zst";
const ROUNDS = 9;
const PODS = 3_500;

const LIMITS = {
  /** 3,500 pods a second. */
  pods: 1_000,
  /** Of that second. */
  share: 1,
};

export const object: Bench = {
  about: "3,500 pods, one by one, through every check, on one core",
  needs: [ARCHIVE],
  async run({ data }) {
    const texts = [...unpackZstd(join(data, ARCHIVE))]
      .filter(([path]) => path.endsWith(".yaml"))
      .map(([path, bytes]) => ({ path, text: bytes.toString("utf8") }));
    const around = readManifests(texts);
    const pods = podsOf(around.workloads.map(({ object, podPath }) => valueAt(rawOf(object), podPath.slice(0, -1))));
    const context = { policy: defaultPolicy, now: new Date(), scope: "bench" };
    let evaluations = 0;
    let findings = 0;
    const judge = (more: object) => {
      const started = process.threadCpuUsage();
      evaluations = 0;
      findings = 0;
      for (const pod of pods) {
        const found = scanObject(pod, { ...context, ...more });
        evaluations += found.length;
        for (const evaluation of found) findings += evaluation.findings.length;
      }
      // Of the thread, not of the clock: what else the machine does is not counted, nor a collector beside it.
      const { user, system } = process.threadCpuUsage(started);
      return (user + system) / 1000;
    };
    const alone: number[] = [];
    const known: number[] = [];
    const searched: number[] = [];
    const { scanner } = openSecretScanner();
    // The first rounds warm up: a server judges warm.
    for (let round = -1; round <= ROUNDS; round++) {
      const [third, first, second] = [judge({ around, scanner }), judge({}), judge({ around })];
      if (round < 1) continue;
      searched.push(third);
      alone.push(first);
      known.push(second);
    }
    return {
      inputs: [
        `${pods.length} pods of ${around.workloads.length} templates, ${evaluations} evaluations, ${findings} findings`,
        `around them ${around.objects.length} objects of a cluster`,
      ],
      rounds: ROUNDS,
      rows: [
        row("3,500 pods, what else the cluster holds passed in", "ms", known, LIMITS.pods),
        row(
          "the same over the second that they may take",
          "ratio",
          ratios(
            known,
            known.map(() => LIMITS.pods),
          ),
          LIMITS.share,
        ),
        row("3,500 pods, each by itself", "ms", alone, LIMITS.pods),
        row("3,500 pods, secrets looked for too", "ms", searched, LIMITS.pods),
      ],
    };
  },
};

/** Each an object of its own, as a request brings it. */
function podsOf(templates: readonly unknown[]): unknown[] {
  return Array.from({ length: PODS }, (_, number) => {
    const template = templates[number % templates.length];
    const { metadata, spec } = isObject(template) ? template : {};
    const named = { ...(isObject(metadata) ? metadata : {}), name: `pod-${number}`, namespace: `team-${number % 50}` };
    return JSON.parse(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: named, spec }));
  });
}
