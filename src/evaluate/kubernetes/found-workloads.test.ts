import assert from "node:assert/strict";
import { test } from "node:test";
import { imageLatestTag } from "../../checks/workload/image-latest-tag.ts";
import { detected, verdictsOf } from "../../checks/workload/kubernetes/workload.fixture.ts";
import { privileged } from "../../checks/workload/privileged.ts";
import { runAsNonRoot } from "../../checks/workload/run-as-non-root.ts";
import { serviceAccountTokenMounted } from "../../checks/workload/service-account-token-mounted.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { fixWorkloads } from "../../fix/kubernetes/fixes.ts";
import { evaluateManifests, manifestNotes } from "./workloads.ts";

const header = (apiVersion: string, kind: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x, namespace: shop }\n`;
const PRIVILEGED = "name: web, image: 'a:1', securityContext: { privileged: true }";
const now = new Date("2026-01-01T00:00:00Z");

test("a pod that was found by its form fails as one of a known kind does", () => {
  const all: readonly (readonly [string, string, string])[] = [
    ["argoproj.io/v1alpha1", "Rollout", `template: { spec: { containers: [{ ${PRIVILEGED} }] } }`],
    ["tekton.dev/v1", "Task", `steps: [{ ${PRIVILEGED} }]`],
    ["argoproj.io/v1alpha1", "Workflow", `templates: [{ name: t, container: { ${PRIVILEGED} } }]`],
    ["apps/v1", "deployment", `template: { spec: { containers: [{ ${PRIVILEGED} }] } }`],
    ["monitoring.coreos.com/v1", "Prometheus", "containers: [{ name: web, securityContext: { privileged: true } }]"],
  ];
  for (const [apiVersion, kind, spec] of all) {
    const text = `${header(apiVersion, kind)}spec:\n  ${spec}\n`;
    assert.deepEqual(verdictsOf(privileged, text), [`shop/${kind}/x fail`]);
    const column = (text.split("\n")[4] ?? "").indexOf("privileged") + 1;
    assert.deepEqual(detected(privileged, text), [
      `5:${column} container web: securityContext.privileged | Container web is privileged`,
    ]);
  }
  const rollout = `${header("argoproj.io/v1alpha1", "Rollout")}spec: { template: { spec: { containers: [{ name: web, image: a }] } } }\n`;
  assert.deepEqual(verdictsOf(runAsNonRoot, rollout), ["shop/Rollout/x fail"]);
});

test("what a part of a pod leaves out is unknown: its controller may add it", () => {
  const prometheus = `${header("monitoring.coreos.com/v1", "Prometheus")}spec: { image: 'a:1', securityContext: { runAsNonRoot: false }, containers: [{ name: b }] }\n`;
  const image = `${header("example.com/v1", "Thing")}spec: { image: 'registry.example.com/a:1' }\n`;
  for (const check of [privileged, runAsNonRoot, serviceAccountTokenMounted]) {
    assert.deepEqual(verdictsOf(check, image), ["shop/Thing/x unknown"]);
    assert.deepEqual(detected(check, image), []);
  }
  // What it states counts.
  assert.deepEqual(verdictsOf(runAsNonRoot, prometheus), ["shop/Prometheus/x fail"]);
});

test("an image that is a parameter has no tag that could be judged", () => {
  const task = (image: string) =>
    `${header("tekton.dev/v1", "Task")}spec: { steps: [{ name: a, image: '${image}' }] }\n`;
  assert.deepEqual(verdictsOf(imageLatestTag, task("$(params.image)")), ["shop/Task/x unknown"]);
  assert.deepEqual(verdictsOf(runAsNonRoot, task("$(params.image)")), ["shop/Task/x fail"]);
});

test("what is untold of a workload makes no check of the whole unknown, and no kind is named as unknown that was judged", () => {
  const manifests = readManifests([
    { path: "a.yaml", text: `${header("monitoring.coreos.com/v1", "Prometheus")}spec: { image: 'a:1' }\n` },
    { path: "b.yaml", text: `${header("monitoring.coreos.com/v1", "ServiceMonitor")}spec: {}\n` },
    { path: "c.yaml", text: `${header("rbac.authorization.k8s.io/v1", "Role")}rules: []\n` },
  ]);
  const evaluations = evaluateManifests(manifests, {
    policy: defaultPolicy,
    now,
    scope: "tree",
    namespaces: "declared",
  });
  assert.deepEqual([...new Set(evaluations.map(({ asset }) => asset.kind))], ["workload", "cluster"]);
  for (const { asset, verdict } of evaluations) if (asset.kind === "cluster") assert.equal(verdict, "pass");
  assert.match(manifestNotes(manifests).join(), /kinds without a check: monitoring\.coreos\.com\/ServiceMonitor \(1\)/);
});

test("what only a controller knows is not rewritten", () => {
  const text = `${header("argoproj.io/v1alpha1", "Rollout")}spec:\n  template:\n    spec:\n      containers:\n      - ${PRIVILEGED.replaceAll(", ", "\n        ").replace("securityContext: {", "securityContext: {")}\n`;
  const { files, refused } = fixWorkloads(readManifests([{ path: "a.yaml", text }]), {
    policy: defaultPolicy,
    now,
    scope: "tree",
    namespaces: "declared",
    enforce: false,
    unsafe: true,
    users: () => ({ known: "number", user: "10001", ports: [] }),
  });
  assert.deepEqual(files, []);
  assert.ok(refused.length > 0);
  for (const { reason } of refused) assert.equal(reason, "the fields of Rollout are defined by its controller");
});
