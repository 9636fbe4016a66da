import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, oracle } from "./oracle.ts";
import { probeSpace, probes } from "./probes.ts";
import { randomCluster } from "./random-clusters.ts";

const SEEDS = Array.from({ length: 200 }, (_, index) => index);

test("a seed and its options make one cluster, and its probes", () => {
  const { objects, facts } = randomCluster(5);
  assert.deepEqual(randomCluster(5), { objects, facts });
  assert.notDeepEqual(randomCluster(6).objects, objects);
  const drawn = probes(objects, facts, { seed: 1, most: 100 });
  assert.deepEqual(probes(objects, facts, { seed: 1, most: 100 }), drawn);
});

test("everything that the policies can say occurs", () => {
  const text = JSON.stringify(SEEDS.map((seed) => randomCluster(seed)));
  const said = [
    ...["NetworkPolicy", "ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"].map(
      (kind) => `"kind":"${kind}"`,
    ),
    ...["endPort", "except", "hostNetwork", "initContainers", "restartPolicy", "destinationNamedPort", "namedPort"],
    ...["portRange", "range", "nodes", "networks", "Accept", "Allow", "Deny", "Pass", "Baseline", "services"],
    ...["In", "NotIn", "Exists", "DoesNotExist", "kubernetes.io/metadata.name", "podIPs", "ExternalIP"],
    ...['"policyTypes":[]', '"from":[]', '"to":[]', '"ports":[]', '"ingress":[]', '"egress":[]', '"except":[]'],
    ...["SCTP", "UDP", "cilium", "flannel", "podCIDRs", "nodeCIDRs", "serviceCIDRs", "fd00:244::", "10.244."],
  ];
  assert.deepEqual(
    said.filter((each) => !text.includes(each)),
    [],
  );
});

test("each verdict occurs often, and equal priorities matter", () => {
  const counts = { allow: 0, deny: 0, unknown: 0 };
  for (const seed of SEEDS) {
    const { objects, facts } = randomCluster(seed);
    const judge = oracle(objects, facts);
    for (const connection of probes(objects, facts, { seed, most: 100 })) counts[judge(connection)]++;
  }
  const all = counts.allow + counts.deny + counts.unknown;
  assert.ok(Math.min(counts.deny, counts.unknown) > all / 50, JSON.stringify(counts));
});

test("a decided cluster leaves open only what Readings name", () => {
  const open: Connection[] = [];
  for (const seed of SEEDS) {
    const { objects, facts } = randomCluster(seed, { decided: true });
    const judge = oracle(objects, facts, { otherProtocols: "enforced", toOwnNode: "policy" });
    for (const connection of probes(objects, facts, { seed, most: 100 })) {
      if (judge(connection) === "unknown") open.push(connection);
    }
  }
  assert.deepEqual(open, []);
});

test("the edges of every CIDR and port are asked, and nothing of the pods' ranges that no pod has", () => {
  const spec = {
    egress: [
      {
        to: [{ ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.128/25"] } }, { ipBlock: { cidr: "10.244.0.0/24" } }],
        ports: [{ port: 443, endPort: 445 }],
      },
    ],
  };
  const policy = { kind: "NetworkPolicy", metadata: { name: "edges" }, spec };
  const { ends, ports } = probeSpace([policy], {});
  const addresses = ends.flatMap((end) => ("address" in end ? [end.address] : []));
  for (const address of ["192.0.1.255", "192.0.2.0", "192.0.2.127", "192.0.2.128", "192.0.2.255", "192.0.3.0"]) {
    assert.ok(addresses.includes(address), address);
  }
  assert.ok(!addresses.some((address) => address.startsWith("10.244.0.")), addresses.join(" "));
  const numbers = ports.flatMap(({ protocol, port }) => (protocol === "UDP" ? [port] : []));
  assert.deepEqual(numbers, [80, 442, 443, 445, 446]);
});
