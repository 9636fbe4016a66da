/**
 * Suite `admission`: the Kubernetes project's own pods, and kube-prometheus, each judged by `workload audit`, by `admission
 * test` and by the webhook. All three must say the same of the same object.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { readClock } from "../src/core/clock.ts";
import { readManifests } from "../src/engines/kubernetes/manifests.ts";
import { rawOf } from "../src/engines/kubernetes/raw.ts";
import { openPolicies } from "../src/guards/admission/policies.ts";
import { threeWays } from "../test/admission/three-ways.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

const ARCHIVES = [
  "kubernetes/pod-security-testdata-v1.0-v1.30.tar.zst",
  "kubernetes/kube-prometheus-manifests.tar.zst",
] as const;

/** Whatever is found fails, and nothing is recorded alone. */
const POLICY = {
  apiVersion: "bulkhead/v1",
  thresholds: { configuration: { severity: "negligible" } },
  enforcement: { admission: { default: "deny", unknown: "audit" } },
};

export const admission: Suite = {
  about: "the same verdict for the same object from workload audit, admission test and the webhook",
  needs: ARCHIVES,
  async *cases({ data, temporary }) {
    const policy = join(temporary, "bulkhead.yaml");
    writeFileSync(policy, JSON.stringify(POLICY));
    const set = await openPolicies({ policy, root: temporary, reviewed: false, roots: join(temporary, "roots") });
    const ways = threeWays(set, readClock());
    let judged = 0;
    for (const archive of ARCHIVES) {
      for (const [path, bytes] of unpackZstd(join(data, archive))) {
        if (!path.endsWith(".yaml")) continue;
        const { workloads } = readManifests([{ path, text: bytes.toString("utf8") }]);
        for (const [at, { object }] of workloads.entries()) {
          judged += 1;
          const text = stringify(rawOf(object));
          yield {
            name: `${path}${workloads.length > 1 ? `, workload ${at + 1}` : ""}`,
            async run() {
              const { audit, test, webhook } = await ways.judge(text);
              assert.deepEqual(webhook, audit, "the webhook and workload audit");
              assert.deepEqual(test, audit, "admission test and workload audit");
            },
          };
        }
      }
    }
    yield {
      name: "there are pods and controllers to judge",
      run: () => assert.ok(judged > 3_000, `${judged} workloads`),
    };
  },
};
