import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, podText, verdictsOf } from "../../checks/workload/kubernetes/workload.fixture.ts";
import { manifestNotParsed } from "../../checks/workload/manifest-not-parsed.ts";
import { privileged } from "../../checks/workload/privileged.ts";
import { runAsNonRoot } from "../../checks/workload/run-as-non-root.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { assetTitle } from "../../core/asset.ts";
import { manifestReader, readManifests } from "../../engines/kubernetes/manifests.ts";
import { evaluateManifests, manifestNotes } from "./workloads.ts";

const now = new Date("2026-01-01T00:00:00Z");
const good = podText({ securityContext: { runAsNonRoot: true }, containers: [{ name: "web" }] });
const bad = podText({ containers: [{ name: "web", securityContext: { privileged: true } }] });

test("what was not read of a workload is no pass, and what was read is a fail all the same", () => {
  const wrong = (fields: object) => podText({ hostPID: "yes", ...fields });
  assert.deepEqual(verdictsOf(privileged, wrong({ containers: [{ name: "web" }] })), ["Pod/web unknown"]);
  const both = wrong({ containers: [{ name: "web", securityContext: { privileged: true } }] });
  assert.deepEqual(verdictsOf(privileged, both), ["Pod/web fail"]);
});

test("a gap is about its own document, its folder, or its file", () => {
  const other = good.replace('"web"', '"other"');
  const broken = "apiVersion: v1\nkind: Pod\nspec: [\n";
  assert.deepEqual(verdictsOf(privileged, `${good}\n---\n${broken}---\n${other}\n`), [
    "Pod/web pass",
    "Pod/other pass",
  ]);
  const twice = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: two\n  name: web\nspec:\n  containers: []\n";
  assert.deepEqual(verdictsOf(privileged, `${other}\n---\n${twice}`), ["Pod/other pass", "Pod/web unknown"]);
});

test("a folder that is built from patches says nothing for certain of what is in it", () => {
  const reader = manifestReader();
  reader.file("base/web.yaml", good);
  reader.file("other/web.yaml", good);
  reader.gap({ code: "kubernetes.kustomize", reason: "kustomize builds it", path: "base" });
  const evaluations = evaluateManifests(reader.manifests(), { policy: defaultPolicy, now, scope: "tree" });
  const own = evaluations.filter(({ check }) => check === privileged.id);
  assert.deepEqual(
    own.map(({ asset, verdict, reason }) => [asset.id, verdict, reason]),
    [
      ["base/Pod//web", "unknown", "base: kustomize builds it"],
      ["other/Pod//web", "pass", "no findings"],
    ],
  );
});

test("a service of a Compose file is no Service, and keeps the lineage that baselines know", () => {
  const text = "services:\n  web: { image: shop/web }\n";
  const [workload] = evaluateManifests(readManifests([{ path: "deploy/compose.yaml", text }]), {
    policy: defaultPolicy,
    now,
    scope: "tree",
  }).filter(({ asset }) => asset.kind === "workload");
  assert.deepEqual(workload?.asset, {
    kind: "workload",
    id: "deploy/Service//web",
    lineage: "deploy/Service//web",
    name: "ComposeService/web",
  });
  assert.equal(workload?.evidence.object, "ComposeService");
});

test("of a name that several files state, each is told with its file", () => {
  const files = [
    { path: "a/web.yaml", text: `${good}\n---\n${good}` },
    { path: "b/web.yaml", text: good },
    { path: "b/other.yaml", text: good.replace('"web"', '"other"') },
  ];
  const evaluations = evaluateManifests(readManifests(files), { policy: defaultPolicy, now, scope: "tree" });
  const titles = evaluations.filter(({ check }) => check === privileged.id).map(({ asset }) => assetTitle(asset));
  assert.deepEqual(titles, ["Pod/web (a/web.yaml)", "Pod/web (a/web.yaml)", "Pod/web (b/web.yaml)", "Pod/other"]);
  const namespace = (path: string, name: string) => ({
    path,
    text: `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`,
  });
  const declared = [namespace("a/ns.yaml", "shop"), namespace("b/ns.yaml", "shop"), namespace("b/own.yaml", "own")];
  const judged = evaluateManifests(readManifests(declared), { policy: defaultPolicy, now, scope: "tree" });
  const names = judged.filter(({ asset }) => asset.kind === "namespace").map(({ asset }) => assetTitle(asset));
  assert.deepEqual([...new Set(names)], ["shop (a/ns.yaml)", "shop (b/ns.yaml)", "own"]);
});

test("what could not be read at all is found, at its place, and makes the control unknown", () => {
  const text = `${good}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{ name }}\nspec: [\n`;
  const [finding, ...more] = findingsOf(manifestNotParsed, text);
  assert.deepEqual(more, []);
  assert.equal(finding?.locations[0].kind === "file" && finding.locations[0].line !== undefined, true);
  assert.deepEqual(verdictsOf(manifestNotParsed, text), ["manifest.yaml unknown"]);
  const read = { file: { path: "manifest.yaml", gaps: [] } };
  assert.deepEqual([...manifestNotParsed.evaluate(read, new Date(0))], []);
  assert.deepEqual(verdictsOf(manifestNotParsed, good), []);
});

test("a wrong value is found at its place, and only its own object is unknown for it", () => {
  const text = podText({ hostPID: "yes", containers: [] });
  assert.equal(findingsOf(manifestNotParsed, text).length, 1);
  assert.deepEqual(verdictsOf(manifestNotParsed, text), ["manifest.yaml pass"]);
});

test("of a cluster, what another object makes is judged with that object alone", () => {
  const reader = manifestReader();
  const source = { kind: "cluster", cluster: "prod" } as const;
  const owner = (kind: string, name: string) => ({
    ownerReferences: [{ apiVersion: "apps/v1", kind, name, controller: true }],
  });
  const template = { metadata: {}, spec: { containers: [{ name: "web" }] } };
  const object = (kind: string, name: string, more: object, spec: object) =>
    reader.object(
      { apiVersion: kind === "Pod" ? "v1" : "apps/v1", kind, metadata: { namespace: "shop", name, ...more }, spec },
      source,
    );
  object("Deployment", "web", {}, { template });
  object("ReplicaSet", "web-1", owner("Deployment", "web"), { template });
  object("Pod", "web-1-a", owner("ReplicaSet", "web-1"), template.spec);
  object("Pod", "alone", {}, template.spec);
  object("Pod", "orphan", owner("ReplicaSet", "gone"), template.spec);
  const evaluations = evaluateManifests(reader.manifests(), { policy: defaultPolicy, now, scope: "prod" });
  const own = evaluations.filter(({ check }) => check === runAsNonRoot.id).map(({ asset }) => asset.id);
  assert.deepEqual(own, ["prod/Deployment/shop/web", "prod/Pod/shop/alone", "prod/Pod/shop/orphan"]);
});

test("the notes name what was not judged", () => {
  const custom = "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\n";
  const manifests = readManifests([{ path: "a.yaml", text: `${custom}---\n${bad}\n` }]);
  assert.deepEqual(manifestNotes(manifests), [
    "kinds without a check: example.com/Widget (1)",
    "namespaces whose labels are unknown, since no manifest declares them: default",
  ]);
  assert.deepEqual(manifestNotes(readManifests([])), ["no workloads found in 0 objects"]);
});
