/** The judges of the network layer against real packets: what nftables lets through is what the oracle says. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { suite, test } from "node:test";
import { namespacesOf, verdictOf } from "./disagreements.ts";
import { cannotEnforce, enforce } from "./enforcement/enforce.ts";
import { answeredLine, connectionOf } from "./lines.ts";
import {
  adminPolicy,
  baselinePolicy,
  clusterPolicy,
  container,
  namespace,
  networkPolicy,
  node,
  pod,
} from "./made-objects.ts";
import { networkOf } from "./network-of.ts";
import { type ClusterFacts, type Connection, oracle, type Verdict } from "./oracle.ts";
import type { KubernetesObject } from "./oracle-objects.ts";
import { hostProbes, probeSpace } from "./probes.ts";
import { randomCluster } from "./random-clusters.ts";

const skip = cannotEnforce() ?? false;

/** As the router enforces what the documents leave open (enforcement/nftables.ts). */
const READINGS = { otherProtocols: "enforced", toOwnNode: "policy" } as const;

/** What the engine says, where it decides; what it calls unknown is one of the two that it may be. */
function evaluated(objects: readonly KubernetesObject[], facts: ClusterFacts): (connection: Connection) => Verdict {
  const network = networkOf([...objects, ...namespacesOf(objects)], facts);
  return (connection) => verdictOf(network, connection) ?? "unknown";
}

/** Each line ends with reached or refused; the oracle has to say the same, and the engine where it decides. */
async function expect(objects: readonly KubernetesObject[], lines: readonly string[]): Promise<void> {
  const judge = oracle(objects, { cni: "calico" }, READINGS);
  const results = await enforce(objects, lines.map(connectionOf));
  assert.equal(results.length, lines.length, "each line is of one family");
  assert.deepEqual(
    lines.map((line, index) => answeredLine(line, results[index]?.reached ? "reached" : "refused")),
    lines,
  );
  assert.deepEqual(
    lines.map((line) => answeredLine(line, judge(connectionOf(line)) === "allow" ? "reached" : "refused")),
    lines,
  );
  const engine = evaluated(objects, { cni: "calico" });
  const answers = { allow: "reached", deny: "refused" };
  assert.deepEqual(
    lines.flatMap((line) => {
      const verdict = engine(connectionOf(line));
      return verdict === "unknown" || line.endsWith(answers[verdict]) ? [] : [`${line}, and the engine: ${verdict}`];
    }),
    [],
  );
}

const shop = [
  namespace("shop", { team: "a" }),
  namespace("other", { team: "b" }),
  node("n1", ["10.0.0.1"], { zone: "a" }),
  node("n2", ["10.0.0.2"], { zone: "b" }),
  pod("shop/web", { labels: { app: "web" }, ip: "10.244.0.1", nodeName: "n1", containers: [container("http:80")] }),
  pod("shop/api", {
    labels: { app: "api" },
    ip: "10.244.0.2",
    nodeName: "n2",
    containers: [container("http:8080", "dns:53/UDP", "signal:9/SCTP")],
  }),
  pod("other/job", { labels: { app: "job" }, ip: "10.244.0.3", nodeName: "n1" }),
];
const api = { podSelector: { matchLabels: { app: "api" } } };

suite("policies enforced for real", { skip }, () => {
  test("without policies all ends reach one another, by every protocol", () =>
    expect(shop, [
      "shop/web shop/api reached",
      "shop/web shop/api UDP:53 reached",
      "shop/web shop/api SCTP:9 reached",
      "shop/web shop/api ICMP reached",
      "192.0.2.1 shop/api reached",
      "shop/api 192.0.2.1 ICMP reached",
      "node:n1 shop/api reached",
      "shop/api node:n1 SCTP:9 reached",
    ]));
  test("isolation, selectors, and the own node", () =>
    expect(
      [
        ...shop,
        networkPolicy("shop", { ...api, ingress: [{ from: [{ podSelector: {} }] }] }),
        networkPolicy("other", { policyTypes: ["Egress"], egress: [{ to: [{ namespaceSelector: {}, ...api }] }] }),
      ],
      [
        "shop/web shop/api reached",
        "other/job shop/api refused",
        "other/job shop/web refused",
        "192.0.2.1 shop/api refused",
        "192.0.2.1 shop/web reached",
        "192.0.2.1 shop/web ICMP reached",
        "192.0.2.1 shop/api ICMP refused",
        "node:n1 shop/api refused",
        "node:n2 shop/api reached",
        "shop/api shop/api reached",
      ],
    ));
  test("ports: ranges, names, protocols", () =>
    expect(
      [
        ...shop,
        networkPolicy("shop", {
          ...api,
          ingress: [
            // `signal` is a port of SCTP, so that TCP has none of this name.
            {
              ports: [
                { port: 90, endPort: 92 },
                { port: "http" },
                { protocol: "UDP", port: "dns" },
                { port: "signal" },
              ],
            },
            { from: [{ podSelector: {} }], ports: [{ protocol: "SCTP" }] },
          ],
        }),
        networkPolicy("other", { policyTypes: ["Egress"], egress: [{ ports: [{ port: "http" }] }] }),
      ],
      [
        "shop/web shop/api TCP:89 refused",
        "shop/web shop/api TCP:90 reached",
        "shop/web shop/api TCP:92 reached",
        "shop/web shop/api TCP:93 refused",
        "shop/web shop/api UDP:91 refused",
        "shop/web shop/api TCP:8080 reached",
        "shop/web shop/api UDP:53 reached",
        "shop/web shop/api SCTP:9 reached",
        "192.0.2.1 shop/api SCTP:9 refused",
        "other/job shop/api TCP:8080 reached",
        "other/job shop/web TCP:80 reached",
        "other/job shop/web TCP:8080 refused",
        "other/job 192.0.2.1 TCP:8080 refused",
      ],
    ));
  test("a pod on the host's network is its node", () =>
    expect(
      [
        ...shop,
        pod("other/agent", { labels: { app: "agent" }, hostNetwork: true, nodeName: "n1" }),
        networkPolicy("shop", { ingress: [{ from: [{ podSelector: {} }] }] }),
        networkPolicy("other", { policyTypes: ["Ingress", "Egress"] }),
      ],
      [
        "other/agent shop/web reached",
        "other/agent shop/api refused",
        "other/agent 192.0.2.1 reached",
        "192.0.2.1 other/agent reached",
        "other/job other/agent refused",
      ],
    ));
  test("what the API server completes, and sidecars", () =>
    expect(
      [
        pod("red/one", { ip: "10.244.0.1", nodeName: "n1" }),
        pod("blue/two", { ip: "10.244.0.2", nodeName: "n1" }),
        pod("green/three", {
          ip: "10.244.0.3",
          nodeName: "n1",
          initContainers: [container("early:81"), { ...container("side:82"), restartPolicy: "Always" }],
        }),
        networkPolicy("red", { policyTypes: [], egress: [] }),
        networkPolicy("blue", { policyTypes: ["Egress"], ingress: [] }),
        networkPolicy("green", { ingress: [{ from: [], ports: [{ port: "early" }, { port: "side" }] }] }),
        networkPolicy("green", { egress: [{ to: [], ports: [] }] }),
      ],
      [
        "red/one green/three TCP:82 reached",
        "blue/two red/one refused",
        "blue/two green/three TCP:82 refused",
        "red/one blue/two reached",
        "green/three blue/two reached",
        "192.0.2.1 green/three TCP:81 refused",
        "192.0.2.1 green/three TCP:82 reached",
        "192.0.2.1 red/one refused",
      ],
    ));
  const both = (id: string, last: number, labels = {}) =>
    pod(id, { labels, ip: [`10.244.0.${last}`, `fd00:244::${last}`], nodeName: "n1" });
  test("ipBlock and except, IPv4 and IPv6", () =>
    expect(
      [
        both("shop/web", 1),
        both("shop/api", 2, { app: "api" }),
        networkPolicy("shop", {
          ...api,
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            { from: [{ ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.128/25", "192.0.2.7/32"] } }] },
            { from: [{ ipBlock: { cidr: "2001:db8::/32", except: ["2001:db8:8000::/33"] } }] },
            { from: [{ ipBlock: { cidr: "10.244.0.1/32" } }] },
          ],
          egress: [{ to: [{ ipBlock: { cidr: "::/0" } }] }],
        }),
      ],
      [
        "192.0.2.0 shop/api reached",
        "192.0.2.7 shop/api refused",
        "192.0.2.127 shop/api reached",
        "192.0.2.128 shop/api refused",
        "192.0.3.0 shop/api refused",
        "2001:db8:7fff::1 shop/api UDP:80 reached",
        "2001:db8:8000::1 shop/api UDP:80 refused",
        "2001:db9::1 shop/api refused",
        "10.244.0.1 shop/api reached",
        "fd00:244::1 shop/api refused",
        "shop/api 2001:db9::1 ICMP reached",
        "shop/api 192.0.2.1 refused",
        "shop/api fd00:244::1 SCTP:80 reached",
      ],
    ));
  test("tiers, in their order and by priority", () =>
    expect(
      [
        ...shop,
        clusterPolicy("Admin", 20, {
          ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
          egress: [{ action: "Deny", to: [{ networks: ["192.0.2.0/24"] }, { nodes: { matchLabels: { zone: "a" } } }] }],
        }),
        clusterPolicy("Admin", 10, {
          subject: { pods: { namespaceSelector: { matchLabels: { team: "a" } }, ...api } },
          ingress: [
            { action: "Accept", from: [{ namespaces: {} }], protocols: [{ destinationNamedPort: "dns" }] },
            {
              action: "Pass",
              from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "web" } } } }],
              protocols: [{ tcp: { destinationPort: { range: { start: 80, end: 90 } } } }, { sctp: {} }],
            },
          ],
        }),
        networkPolicy("shop", { ...api, ingress: [{ ports: [{ port: 81 }] }] }),
        clusterPolicy("Baseline", 0, { egress: [{ action: "Deny", to: [{ networks: ["198.51.100.0/24"] }] }] }),
      ],
      [
        "shop/web shop/api TCP:79 refused",
        "shop/web shop/api TCP:80 refused",
        "shop/web shop/api TCP:81 reached",
        "shop/web shop/api SCTP:9 refused",
        "other/job shop/api TCP:81 refused",
        "other/job shop/api UDP:53 reached",
        "shop/api shop/web refused",
        "192.0.2.9 shop/api TCP:81 reached",
        "192.0.2.9 shop/api refused",
        "192.0.2.9 shop/web reached",
        "shop/web 192.0.2.9 ICMP refused",
        "shop/web 198.51.100.1 refused",
        "shop/web 203.0.113.1 reached",
        "shop/api node:n1 refused",
        "shop/api node:n2 reached",
      ],
    ));
  test("the tiers' older objects, and rules that fail closed", () =>
    expect(
      [
        ...shop,
        adminPolicy(1, {
          subject: { pods: { namespaceSelector: {}, ...api } },
          ingress: [
            { action: "Allow", from: [{ namespaces: {} }, { later: {} }] },
            { action: "Allow", from: [{ namespaces: {} }], ports: [{ portRange: { start: 80, end: 81 } }] },
          ],
        }),
        adminPolicy(2, {
          subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "web" } } } },
          ingress: [{ action: "Pass", from: [{ later: {} }] }],
        }),
        baselinePolicy({ ingress: [{ action: "Deny", from: [{ namespaces: { matchLabels: { team: "b" } } }] }] }),
      ],
      [
        "other/job shop/api TCP:81 reached",
        "other/job shop/api TCP:82 refused",
        "shop/web shop/api TCP:82 reached",
        "192.0.2.1 shop/web refused",
        "node:n1 shop/web reached",
        "192.0.2.1 shop/api reached",
      ],
    ));
  test("random clusters", async () => {
    const counts = { reached: 0, refused: 0 };
    let decided = 0;
    for (let seed = 100; seed < 110; seed++) {
      const { objects, facts } = randomCluster(seed, { decided: true });
      const judge = oracle(objects, facts, READINGS);
      const results = await enforce(objects, hostProbes(probeSpace(objects, facts), 5));
      const wrong = results.filter(
        ({ probe, family, reached }) => (judge({ ...probe, family }) === "allow") !== reached,
      );
      assert.deepEqual(wrong.slice(0, 5), [], `seed ${seed}: ${wrong.length} of ${results.length}`);
      for (const { reached } of results) counts[reached ? "reached" : "refused"]++;
      const engine = evaluated(objects, facts);
      const answers = results.map(({ probe, family, reached }) => ({ probe, family, reached, engine: engine(probe) }));
      const said = answers.filter((one) => one.engine !== "unknown");
      const untrue = said.filter((one) => (one.engine === "allow") !== one.reached);
      assert.deepEqual(untrue.slice(0, 5), [], `seed ${seed}: ${untrue.length} of ${said.length} by the engine`);
      decided += said.length;
    }
    const all = counts.reached + counts.refused;
    assert.ok(Math.min(counts.reached, counts.refused) > 1000, JSON.stringify(counts));
    assert.ok(decided > all * 0.8, `the engine decides ${decided} of ${all}`);
  });
  test("nothing of it is left on the machine, or ever was", async () => {
    const machine = () => [Object.keys(networkInterfaces()), namesOf("/run/netns")];
    const before = machine();
    const running = enforce(shop, [connectionOf("shop/web shop/api reached")]);
    assert.deepEqual(machine(), before);
    assert.equal((await running)[0]?.reached, true);
    assert.deepEqual(machine(), before);
  });
});

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
