import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { DetectionProof } from "../../engines/detectors/model.ts";
import { missedProof, proofOf } from "../../engines/detectors/proof.fixture.ts";
import { formatProof } from "../../engines/detectors/proof.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import type { KnownDetection } from "../../evaluate/kubernetes/runtime-detection.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { evaluationsOf } from "../workload/kubernetes/workload.fixture.ts";
import { runtimeDetection } from "./runtime-detection.ts";

const now = new Date("2026-01-01T00:00:00Z");
const FALCO = "docker.io/falcosecurity/falco:0.44.1";

function agent(spec: object = {}, { kind = "DaemonSet", image = FALCO, container = {} } = {}): object {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "agent", namespace: "detect" },
    spec: { template: { spec: { containers: [{ name: "agent", image, ...container }], ...spec } } },
  };
}

function node(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `uid-of-${name}`, creationTimestamp: "2025-01-01T00:00:00Z", ...metadata },
    spec,
  };
}

const tainted = { taints: [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] };
const kubeSystem = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid: "cluster-uid" } };

function kept(proof: DetectionProof, namespace = "bulkhead"): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `detection-proof-${proof.node}`, namespace },
    data: { "proof.json": formatProof(proof) },
  };
}

const configuration = (data: Readonly<Record<string, string>>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "configuration", namespace: "detect" },
  data,
});
const configured = { volumes: [{ name: "c", configMap: { name: "configuration" } }] };

function inCluster(
  objects: readonly object[],
  { detection, gaps = [] }: { detection?: KnownDetection; gaps?: readonly ManifestGap[] } = {},
): Evaluation {
  const reader = manifestReader();
  for (const object of [kubeSystem, ...objects]) reader.object(object, { kind: "cluster", cluster: "test" });
  for (const gap of gaps) reader.gap(gap);
  const context = { policy: defaultPolicy, now, scope: "test", ...(detection === undefined ? {} : { detection }) };
  const [found, ...more] = evaluateManifests(reader.manifests(), context).filter(
    ({ check }) => check === runtimeDetection.id,
  );
  assert.ok(found !== undefined && more.length === 0);
  return found;
}

function said({ verdict, findings, gaps }: Evaluation): string[] {
  return [
    verdict,
    ...findings.map(({ severity, title }) => `${severity} ${title}`),
    ...gaps.map(({ reason }) => reason),
  ];
}

test("an agent on every node is unknown until it has alerted on each; then it passes until the first proof is too old", () => {
  const objects = [agent(), node("node-1"), node("node-2")];
  assert.deepEqual(said(inCluster(objects)), [
    "unknown",
    "no alert is proven within 7 days on node-1, node-2: Falco found, and presence is no proof",
  ]);
  const one = inCluster([...objects, kept(proofOf())]);
  assert.match(said(one).join(), /^unknown,no alert is proven within 7 days on node-2: /);
  const both = inCluster([...objects, kept(proofOf()), kept(proofOf({ node: "node-2", at: "2025-12-30T00:00:00Z" }))]);
  assert.deepEqual(said(both), ["pass"]);
  assert.deepEqual(both.evidence, { ...both.evidence, detectors: "Falco", "nodes proven": "2 of 2" });
  assert.equal(both.validUntil, "2026-01-06T00:00:00.000Z");
});

test("proofs that the caller names count as those of the cluster do", () => {
  const detection = { proofs: [proofOf()] };
  assert.deepEqual(said(inCluster([agent(), node("node-1")], { detection })), ["pass"]);
});

test("a proof counts whatever the product, and none is made of a detector that nobody has heard of", () => {
  assert.deepEqual(said(inCluster([node("node-1"), kept(proofOf())])), ["pass"]);
  assert.deepEqual(said(inCluster([agent({}, { image: "registry.example.com/nginx:1" }), node("node-1")])), [
    "unknown",
    "no alert is proven within 7 days on node-1: no known detector was found among the workloads",
  ]);
});

test("proofs elsewhere, of another machine, another cluster, too old or made up badly do not count", () => {
  const verdict = (proof: DetectionProof, namespace?: string) =>
    inCluster([agent(), node("node-1"), kept(proof, namespace)]).verdict;
  assert.equal(verdict(proofOf({ nodeUid: "uid-of-node-1", clusterUid: "cluster-uid" })), "pass");
  assert.equal(verdict(proofOf(), "default"), "unknown");
  assert.equal(verdict(proofOf({ nodeUid: "uid-of-another" })), "unknown");
  assert.equal(verdict(proofOf({ clusterUid: "another" })), "unknown");
  assert.equal(verdict(proofOf({ at: "2025-12-01T00:00:00Z" })), "unknown");
  const { alert } = proofOf();
  assert.ok(alert !== undefined);
  assert.equal(verdict(proofOf({ alert: { ...alert, text: "something else" } })), "unknown");
  const expired = inCluster([agent(), node("node-1"), kept(proofOf({ at: "2025-12-01T00:00:00Z" }))]);
  assert.match(expired.reason, /the proof of node-1 is of 2025-12-01, older than 7 days/);
  assert.equal(expired.gaps[0]?.code, "detection.proof-expired");
});

test("a proof in files of manifests is anybody's word", () => {
  const text = [agent(), kept(proofOf()), node("node-1")].map((object) => JSON.stringify(object)).join("\n---\n");
  const [found] = evaluationsOf(runtimeDetection, text);
  assert.equal(found?.verdict, "unknown");
  assert.match(found?.reason ?? "", /^Falco: manifests are no proof that a detector runs on every node and alerts/);
});

test("an event that no detector told of fails, whatever is there, and a newer alert takes it back", () => {
  const failed = inCluster([agent(), node("node-1"), kept(missedProof())]);
  assert.equal(failed.verdict, "fail");
  assert.match(failed.findings[0]?.title ?? "", /^No detector told of a test event on node node-1$/);
  const again = { proofs: [proofOf({ at: "2025-12-31T13:00:00Z" })] };
  assert.equal(inCluster([agent(), node("node-1"), kept(missedProof())], { detection: again }).verdict, "pass");
});

test("nodes that every detector leaves out fail, with why", () => {
  const objects = [node("node-1"), node("node-2", tainted)];
  const failed = inCluster([agent(), ...objects]);
  assert.equal(failed.verdict, "fail");
  assert.equal(failed.findings[0]?.title, "Falco leaves out node-2");
  assert.equal(failed.findings[0]?.detail, "node-2: taint dedicated=gpu:NoSchedule is not tolerated");
  assert.equal(inCluster([agent({ tolerations: [{ operator: "Exists" }] }), ...objects]).verdict, "unknown");
  const other = {
    ...agent({ tolerations: [{ operator: "Exists" }] }, { image: "aquasec/tracee:0.23" }),
    metadata: { name: "tracee", namespace: "detect" },
  };
  assert.equal(inCluster([agent(), other, ...objects]).verdict, "unknown");
  const proofs = [proofOf(), proofOf({ node: "node-2" })];
  assert.equal(inCluster([agent(), ...objects], { detection: { proofs } }).verdict, "pass");
});

test("a pod that nothing made watches the node that it is on, and is not blamed for others", () => {
  const containers = [{ name: "falco", image: FALCO }];
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "f", namespace: "detect" }, spec: { containers } };
  const objects = [node("node-1"), node("node-2", tainted)];
  const onSecond = { ...pod, spec: { containers, nodeName: "node-2" } };
  assert.equal(inCluster([agent(), onSecond, ...objects]).verdict, "unknown");
  const onFirst = { ...pod, spec: { containers, nodeName: "node-1" } };
  const failed = inCluster([agent(), onFirst, ...objects]);
  assert.deepEqual(
    failed.findings.map(({ subject }) => subject),
    ["DaemonSet detect/agent"],
  );
});

test("one that watches nothing covers no node, and one that ignores losses is told of", () => {
  const falco = (text: string, container = {}) =>
    inCluster([agent(configured, { container }), configuration({ "falco.yaml": text }), node("node-1")]);
  const rules = "rules_files: [/etc/falco/falco_rules.yaml]\n";
  assert.deepEqual(said(falco("rules_files: []\n")).slice(0, 2), [
    "fail",
    "high Falco loads no rules (rules_files is empty)",
  ]);
  assert.equal(falco(rules, { args: ["/usr/bin/falco", "-o", "engine.kind=nodriver"] }).verdict, "fail");
  const ignoring = falco(`${rules}syscall_event_drops: { actions: [ignore] }\n`);
  assert.deepEqual(said(ignoring).slice(0, 2), [
    "unknown",
    "medium Falco ignores dropped events (syscall_event_drops.actions)",
  ]);
  assert.deepEqual(falco(rules).findings, []);
});

test("Tetragon alerts by its policies alone", () => {
  const tetragon = agent(configured, { image: "quay.io/cilium/tetragon:v1.6.0" });
  const options = configuration({ "metrics-server": ":2112" });
  const policy = { apiVersion: "cilium.io/v1alpha1", kind: "TracingPolicy", metadata: { name: "p" }, spec: {} };
  assert.deepEqual(said(inCluster([tetragon, options, node("node-1")])).slice(0, 2), [
    "fail",
    "high Tetragon has no TracingPolicy, so that nothing is an alert",
  ]);
  assert.equal(inCluster([tetragon, options, policy, node("node-1")]).verdict, "unknown");
  const refused = { code: "kubernetes.cluster-list", reason: "refused", path: "test", lists: ["objects"] };
  assert.equal(inCluster([tetragon, options, node("node-1")], { gaps: [refused] }).verdict, "unknown");
});

test("what the controller says of its pods is why it is unknown", () => {
  const state = { namespace: "detect", name: "agent", desired: 2, ready: 1, updated: 2, observed: true };
  const found = inCluster([agent(), node("node-1"), node("node-2")], { detection: { states: [state] } });
  assert.match(found.reason, /Falco found, and presence is no proof; Falco is ready on 1 of 2 nodes$/);
});

test("where nodes were not listed, nothing is passed", () => {
  const gap = { code: "kubernetes.cluster-list", reason: "nodes: refused", path: "test", lists: ["network"] };
  assert.deepEqual(said(inCluster([agent(), node("node-1"), kept(proofOf())], { gaps: [gap] })), [
    "unknown",
    "test: nodes: refused",
  ]);
  assert.equal(inCluster([agent()]).gaps[0]?.code, "detection.nodes-unknown");
});

test("Windows nodes are left open, and found to lack no agent of Linux", () => {
  const windows = node("win-1", {}, { labels: { "kubernetes.io/os": "windows" } });
  const linux = agent({ nodeSelector: { "kubernetes.io/os": "linux" } });
  const found = inCluster([
    linux,
    node("node-1", {}, { labels: { "kubernetes.io/os": "linux" } }),
    windows,
    kept(proofOf()),
  ]);
  assert.match(said(found).join(), /^unknown,no alert is proven within 7 days on win-1 \(Windows\): /);
});

test("products by their images and what they are started with; drivers' loaders are none", () => {
  const detectors = (container: object, spec: object = {}) =>
    inCluster([agent(spec, { container }), node("node-1")]).evidence.detectors;
  const image = (name: string, more: object = {}) => detectors({ image: name, ...more });
  assert.equal(image("registry.example.com:5000/mirror/falcosecurity/falco@sha256:0"), "Falco");
  assert.equal(image("registry.example.com/not-falco:1"), "none known");
  assert.equal(image("registry.example.com/falco/rules:1"), "none known");
  assert.equal(image("602401143452.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10.0"), "GuardDuty agent");
  assert.equal(image("docker.io/neuvector/enforcer:5.4"), "NeuVector enforcer");
  assert.equal(image("quay.io/stackrox-io/collector:3.22"), "StackRox collector");
  assert.equal(image("ghcr.io/example/bulkhead:1", { args: ["runtime", "watch", "--sensor", "unix:/s"] }), "Bulkhead");
  assert.equal(image("ghcr.io/example/bulkhead:1", { args: ["admission", "serve"] }), "none known");
  assert.equal(image("gcr.io/datadoghq/agent:7"), "none known");
  const env = [{ name: "DD_RUNTIME_SECURITY_CONFIG_ENABLED", value: "true" }];
  assert.equal(image("gcr.io/datadoghq/agent:7", { env }), "Datadog Workload Protection");
  const init = { initContainers: [{ name: "driver", image: FALCO }] };
  assert.equal(detectors({ image: "registry.example.com/web:1" }, init), "none known");
});
