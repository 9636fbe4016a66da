import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { PodSecurityRules } from "../../engines/admission/model.ts";
import { detected, podText } from "./kubernetes/workload.fixture.ts";
import { podSecurityLevel } from "./pod-security-level.ts";

const hostPort = podText({ containers: [{ name: "web", image: "web", ports: [{ containerPort: 80, hostPort: 80 }] }] });

function under(levels: PodSecurityRules["levels"]) {
  return {
    policy: { ...defaultPolicy, admission: { ...defaultPolicy.admission, podSecurity: { levels, atLeast: [] } } },
  };
}

test("what the level of the pod's namespace forbids is found, and of others nothing", () => {
  const found = detected(podSecurityLevel, hostPort, under({ "*": { level: "baseline", version: "latest" } }));
  assert.deepEqual(found, [
    "1:155 container web: baseline: hostPort 80 | Container web uses host port 80, which baseline forbids",
  ]);
  assert.deepEqual(
    detected(podSecurityLevel, hostPort, under({ shop: { level: "restricted", version: "latest" } })),
    [],
  );
  assert.deepEqual(detected(podSecurityLevel, hostPort, under({})), []);
});

test("a name counts before patterns, of patterns the strictest, and a version has its own rules", () => {
  const privileged = { level: "privileged", version: "latest" } as const;
  const restricted = { level: "restricted", version: "latest" } as const;
  const exempt = under({ "*": restricted, default: privileged });
  assert.deepEqual(detected(podSecurityLevel, hostPort, exempt), []);
  const both = detected(podSecurityLevel, hostPort, under({ "*": privileged, "def*": restricted }));
  assert.ok(both.some((line) => line.includes("which restricted forbids")));
  const volume = podText({ containers: [{ name: "web", image: "web" }] });
  const early = detected(podSecurityLevel, volume, under({ "*": { level: "restricted", version: 7 } }));
  assert.ok(!early.some((line) => line.includes("allowPrivilegeEscalation")), early.join("\n"));
  assert.ok(early.every((line) => line.includes("which restricted of v1.7 forbids")));
});
