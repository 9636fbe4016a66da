import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { type Cni, noSettings } from "../../engines/reachability/settings.ts";
import { proveQuarantine, QUARANTINE_LABEL, type QuarantinedPod, quarantinePolicies } from "./quarantine.ts";

const uid = "0b5f1c1e-1111-4222-8333-444455556666";

const SHOP = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: storefront } }
---
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: api, image: api, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: monitoring }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec: { containers: [{ name: prometheus, image: prometheus }] }
`;

function podOf(spec: object = {}, labels: object = { app: "api" }): QuarantinedPod {
  const metadata = {
    name: "api-7f9c",
    namespace: "shop",
    uid,
    labels,
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-7f", uid: "r", controller: true }],
  };
  const whole = { nodeName: "node-1", containers: [{ name: "api", image: "api" }], ...spec };
  return {
    namespace: "shop",
    name: "api-7f9c",
    uid,
    object: { apiVersion: "v1", kind: "Pod", metadata, spec: whole, status: { podIP: "10.0.0.7" } },
  };
}

function proofs(policies: string, { cni = "calico", pod = podOf() }: { cni?: Cni; pod?: QuarantinedPod } = {}) {
  const manifests = readManifests([{ path: "cluster", text: [SHOP, policies].join("\n---\n") }]);
  assert.deepEqual(manifests.gaps, []);
  const settings = { ...noSettings, cni };
  return quarantinePolicies(pod, settings).map((policy) => ({
    kind: policy.kind,
    ...proveQuarantine(manifests, settings, pod, policy),
  }));
}

const ALLOW = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: allow-metrics, namespace: shop }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }] }]
`;

test("without other policies nothing reaches the pod and it reaches nothing, but for its own node", () => {
  const [proof, ...others] = proofs("");
  assert.deepEqual(others, []);
  assert.deepEqual(proof?.failures, []);
  assert.deepEqual(proof?.exceptions, ["its own node can still reach it, as for probes, and it may reach its node"]);
  assert.ok((proof?.checked ?? 0) >= 5, `${proof?.checked}`);
});

test("policies that close other pods, and this one further, leave it proven", () => {
  const deny = ALLOW.replace("allow-metrics", "deny").replace(/ {2}ingress: .*/, "  policyTypes: [Ingress]");
  const other = ALLOW.replace("app: api", "app: web");
  assert.deepEqual(proofs(`${deny}\n---\n${other}`)[0]?.failures, []);
});

test("a policy that allows something to the pod is named, and the proof fails", () => {
  const [proof] = proofs(ALLOW);
  assert.deepEqual(proof?.failures, [
    "monitoring/Deployment/prometheus -> shop/Pod/api-7f9c would still connect, allowed by NetworkPolicy shop/allow-metrics",
  ]);
});

test("a policy of egress to addresses is found by the addresses that are nobody's", () => {
  const [proof] = proofs(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: out, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ to: [{ ipBlock: { cidr: 203.0.113.0/24 } }], ports: [{ port: 443 }] }]
`);
  assert.ok(
    proof?.failures.some((one) => /203\.0\.113\.0\/24.*NetworkPolicy shop\/out$/.test(one)),
    `${proof?.failures}`,
  );
});

test("an administrator's policy that accepts before NetworkPolicy is looked at fails it", () => {
  const [proof] = proofs(`
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: monitoring }
spec:
  tier: Admin
  priority: 10
  subject: { namespaces: {} }
  ingress:
    - action: Accept
      from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]
`);
  assert.match(proof?.failures.join() ?? "", /allowed by ClusterNetworkPolicy monitoring/);
});

test("Cilium's denials hold over what another policy allows", () => {
  const [plain, cilium] = proofs(ALLOW, { cni: "cilium" });
  assert.equal(plain?.kind, "NetworkPolicy");
  assert.notDeepEqual(plain?.failures, []);
  assert.equal(cilium?.kind, "CiliumNetworkPolicy");
  assert.deepEqual(cilium?.failures, []);
});

test("a pod on its node's network cannot be selected", () => {
  const [proof] = proofs("", { pod: podOf({ hostNetwork: true }) });
  assert.deepEqual(proof?.failures, ["it is on its node's network, where no policy selects it"]);
});

test("policies that could not be read may allow anything", () => {
  const manifests = readManifests([{ path: "cluster", text: SHOP }]);
  const gap = {
    code: "kubernetes.cluster-list",
    reason: "may not list networkpolicies (403)",
    path: "c",
    lists: ["networkPolicies"],
  };
  const settings = { ...noSettings, cni: "calico" as const };
  const pod = podOf();
  const [policy] = quarantinePolicies(pod, settings);
  assert.ok(policy);
  const proof = proveQuarantine(
    { ...manifests, gaps: [gap as (typeof manifests.gaps)[number]] },
    settings,
    pod,
    policy,
  );
  assert.match(proof.failures.join(), /unknown: .*may not list networkpolicies/);
});

test("another pod with a label of the same name is not the one that is selected", () => {
  const labels = { app: "api", [QUARANTINE_LABEL]: "another" };
  const [proof] = proofs("", { pod: podOf({}, labels) });
  assert.deepEqual(proof?.failures, []);
});
