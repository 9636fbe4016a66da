/** A quarantine's policy, enforced for real: where it is proven no packet passes, and where the proof fails the one that it names does. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { noSettings } from "../../src/engines/reachability/settings.ts";
import { proveQuarantine, QUARANTINE_LABEL, quarantinePolicies } from "../../src/fix/network/quarantine.ts";
import { cannotEnforce, type Enforced, enforce, type Probe } from "./enforcement/enforce.ts";

const skip = cannotEnforce() ?? false;
const uid = "0b5f1c1e-1111-4222-8333-444455556666";

type Object_ = {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: object };
  [key: string]: unknown;
};

const namespace = (name: string): Object_ => ({
  ...{ apiVersion: "v1", kind: "Namespace" },
  metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
});
const node = (name: string, ...addresses: string[]): Object_ => ({
  ...{ apiVersion: "v1", kind: "Node", metadata: { name } },
  status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
});
function pod(space: string, name: string, on: string, last: number): Object_ {
  const podIPs = [{ ip: `10.244.0.${last}` }, { ip: `fd00:244::${last}` }];
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: { name, namespace: space, labels: { app: name } },
    spec: { nodeName: on, containers: [{ name: "main", image: "main" }] },
    status: { podIP: podIPs[0]?.ip, podIPs },
  };
}

const api = pod("shop", "api", "n1", 2);
const others = [
  ...[
    namespace("shop"),
    namespace("monitoring"),
    node("n1", "10.0.0.1", "fd00:10::1"),
    node("n2", "10.0.0.2", "fd00:10::2"),
  ],
  ...[pod("shop", "web", "n1", 3), pod("shop", "database", "n2", 4), pod("monitoring", "prometheus", "n2", 5)],
];
const allow = (name: string, spec: object): Object_ => ({
  ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  metadata: { name, namespace: "shop" },
  spec,
});
/** Closes what is not this pod's, so that there is something that it must leave as it is. */
const database = allow("database", {
  podSelector: { matchLabels: { app: "database" } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }],
});
const metrics = allow("metrics", {
  podSelector: { matchLabels: { app: "api" } },
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }] }],
});

function quarantined(policies: readonly Object_[]) {
  const all = [api, ...others, ...policies];
  const settings = { ...noSettings, cni: "calico" as const };
  const manifests = readManifests([{ path: "cluster", text: all.map((one) => JSON.stringify(one)).join("\n---\n") }]);
  const subject = { namespace: "shop", name: "api", uid, object: api };
  const [policy] = quarantinePolicies(subject, settings);
  assert.ok(policy);
  const labels = { ...api.metadata.labels, [QUARANTINE_LABEL]: uid };
  return {
    failures: proveQuarantine(manifests, settings, subject, policy).failures,
    objects: [{ ...api, metadata: { ...api.metadata, labels } }, ...others, ...policies, policy.object],
  };
}

const ends: readonly Probe["from"][] = [
  ...["shop/web", "shop/database", "monitoring/prometheus"].map((name) => ({ pod: name })),
  { node: "n2" },
  ...["192.0.2.1", "2001:db8::1", "169.254.169.254"].map((address) => ({ address })),
];
const own = { pod: "shop/api" };
const probes: readonly Probe[] = ends.flatMap((end) =>
  [
    { from: end, to: own },
    { from: own, to: end },
  ].flatMap((pair): Probe[] => [
    ...[53, 443, 8080].flatMap((port) => (["TCP", "UDP"] as const).map((protocol) => ({ ...pair, protocol, port }))),
    { ...pair, protocol: "ICMP" },
  ]),
);
const rest: readonly Probe[] = [
  { from: { pod: "shop/web" }, to: { pod: "shop/database" }, protocol: "TCP", port: 5432 },
  { from: { pod: "monitoring/prometheus" }, to: { pod: "shop/web" }, protocol: "TCP", port: 8080 },
];

const textOf = ({ probe: { from, to, protocol, port }, family }: Enforced) => {
  const end = (one: Probe["from"]) => ("pod" in one ? one.pod : "node" in one ? one.node : one.address);
  return `${end(from)} -> ${end(to)} ${protocol}${port === undefined ? "" : ` ${port}`} (IPv${family})`;
};
const reachedOf = (results: readonly Enforced[]) => results.filter(({ reached }) => reached).map(textOf);

suite("a quarantine with real packets", { skip }, () => {
  test("where it is proven nothing reaches the pod and it reaches nothing; all others go on", async () => {
    const { failures, objects } = quarantined([database]);
    assert.deepEqual(failures, []);
    const results = await enforce(objects, probes);
    assert.ok(results.length >= 100, `${results.length}`);
    assert.deepEqual(reachedOf(results), []);
    assert.deepEqual(reachedOf(await enforce(objects, rest)).length, 4);
    // The same probes pass without it.
    const open = await enforce([api, ...others, database], probes);
    assert.ok(reachedOf(open).length > results.length / 2, `${reachedOf(open).length}`);
  });

  test("where the proof fails, what it names passes", async () => {
    const { failures, objects } = quarantined([metrics]);
    assert.deepEqual(failures, [
      "monitoring/Pod/prometheus -> shop/Pod/api would still connect, allowed by NetworkPolicy shop/metrics",
    ]);
    const reached = reachedOf(await enforce(objects, probes));
    assert.ok(reached.length > 0);
    assert.deepEqual(
      reached.filter((one) => !one.startsWith("monitoring/prometheus -> shop/api ")),
      [],
    );
  });
});
