/** The oracle against cases written by hand, each named by the sentence of the documents that it stands for. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { answeredLine, connectionOf } from "./lines.ts";
import { clusterPolicy, container, namespace, networkPolicy, node, pod } from "./made-objects.ts";
import { type ClusterFacts, oracle, type Readings } from "./oracle.ts";
import type { KubernetesObject } from "./oracle-objects.ts";

const CALICO = { cni: "calico" };

interface World {
  readonly objects: readonly KubernetesObject[];
  readonly facts?: ClusterFacts;
  readonly readings?: Readings;
}

function expect({ objects, facts, readings }: World, lines: readonly string[]): void {
  const judge = oracle(objects, facts, readings);
  assert.deepEqual(
    lines.map((line) => answeredLine(line, judge(connectionOf(line)))),
    lines,
  );
}

const shop = [
  namespace("shop", { team: "a" }),
  namespace("other", { team: "b" }),
  pod("shop/web", { labels: { app: "web" }, ip: "10.244.0.1", nodeName: "n1" }),
  pod("shop/api", { labels: { app: "api" }, ip: "10.244.0.2", nodeName: "n2" }),
  pod("other/job", { labels: { app: "job" }, ip: "10.244.0.3", nodeName: "n1" }),
];
const shopWith = (...policies: readonly KubernetesObject[]) => ({ objects: [...shop, ...policies], facts: CALICO });
const toApi = (...ingress: readonly Record<string, unknown>[]) =>
  networkPolicy("shop", { podSelector: { matchLabels: { app: "api" } }, ingress });

suite("NetworkPolicy: isolation", () => {
  test("where no policy selects a pod, everything gets through", () =>
    expect({ objects: shop }, ["shop/web shop/api allow", "192.0.2.1 shop/web allow", "shop/web 192.0.2.1 allow"]));
  test("a policy without rules isolates what it selects, and nobody else", () =>
    expect(shopWith(toApi()), ["shop/web shop/api deny", "192.0.2.1 shop/api deny", "shop/api shop/web allow"]));
  test("an empty podSelector selects every pod of the policy's own namespace", () =>
    expect(shopWith(networkPolicy("shop", { podSelector: {} })), [
      "other/job shop/web deny",
      "shop/web other/job allow",
    ]));
  test("a missing podSelector is an empty one", () =>
    expect(shopWith(networkPolicy("shop", {})), ["other/job shop/web deny", "shop/api other/job allow"]));
  test("without policyTypes a policy always isolates ingress, and egress only where it has rules for that", () =>
    expect(shopWith(networkPolicy("shop", { egress: [{ to: [{ podSelector: {} }] }] })), [
      "shop/web other/job deny",
      "other/job shop/web deny",
    ]));
  test("an empty list of egress rules alone isolates ingress only", () =>
    expect(shopWith(networkPolicy("shop", { egress: [] })), ["shop/web other/job allow", "other/job shop/web deny"]));
  test("an empty list of policyTypes is as good as none", () =>
    expect(shopWith(networkPolicy("shop", { policyTypes: [] })), ["other/job shop/web deny"]));
  test("policyTypes of Egress alone leaves ingress open, whatever ingress rules say", () =>
    expect(shopWith(networkPolicy("shop", { policyTypes: ["Egress"], ingress: [] })), [
      "shop/web other/job deny",
      "other/job shop/web allow",
    ]));
  test("policies add up: one that allows is enough", () =>
    expect(shopWith(toApi(), toApi({ from: [{ podSelector: { matchLabels: { app: "web" } } }] })), [
      "shop/web shop/api allow",
      "other/job shop/api deny",
    ]));
  test("the egress of the source and the ingress of the destination must both allow", () =>
    expect(
      shopWith(
        networkPolicy("shop", { policyTypes: ["Egress"], egress: [{ to: [{ podSelector: {} }] }] }),
        toApi({ from: [{ podSelector: { matchLabels: { app: "other" } } }] }),
      ),
      ["shop/web shop/api deny", "shop/web other/job deny", "shop/api shop/web allow"],
    ));
  test("the pod's own node gets in whatever the policies say; another node does not", () =>
    expect({ objects: [...shop, node("n1", ["10.0.0.1"]), node("n2", ["10.0.0.2"]), toApi()], facts: CALICO }, [
      "node:n2 shop/api allow",
      "node:n1 shop/api deny",
      "10.0.0.2 shop/api allow",
    ]));
  test("where a pod runs nowhere yet, whether a node is its own is not known", () =>
    expect({ objects: [pod("shop/api", { labels: { app: "api" } }), node("n1", ["10.0.0.1"]), toApi()] }, [
      "node:n1 shop/api unknown",
    ]));
  test("to the own node: the documents part, so that a denial is not known", () => {
    const objects = [...shop, networkPolicy("shop", { policyTypes: ["Egress"] })];
    const lines = (own: string) => [`shop/web node:n1 ${own}`, "shop/web node:n2 deny"];
    expect({ objects }, lines("unknown"));
    expect({ objects, readings: { toOwnNode: "policy" } }, lines("deny"));
    expect({ objects, readings: { toOwnNode: "allowed" } }, lines("allow"));
  });
  test("a pod reaches itself", () => expect(shopWith(networkPolicy("shop", {})), ["shop/web shop/web allow"]));
  test("what a NetworkPolicy does to ICMP is not defined", () => {
    expect(shopWith(toApi({})), ["shop/web shop/api ICMP unknown", "shop/api shop/web ICMP allow"]);
    expect({ ...shopWith(toApi({})), readings: { otherProtocols: "enforced" } }, ["shop/web shop/api ICMP allow"]);
  });
});

suite("NetworkPolicy: peers", () => {
  test("missing and empty from match every source", () =>
    expect(shopWith(toApi({})), ["other/job shop/api allow", "192.0.2.1 shop/api allow"]));
  test("an empty list of from is no from", () => expect(shopWith(toApi({ from: [] })), ["192.0.2.1 shop/api allow"]));
  test("a podSelector alone is about the policy's own namespace", () =>
    expect(shopWith(toApi({ from: [{ podSelector: {} }] })), ["shop/web shop/api allow", "other/job shop/api deny"]));
  test("an empty namespaceSelector selects all pods of all namespaces, and nothing outside", () =>
    expect(shopWith(toApi({ from: [{ namespaceSelector: {} }] })), [
      "other/job shop/api allow",
      "192.0.2.1 shop/api deny",
    ]));
  const team = { namespaceSelector: { matchLabels: { team: "b" } } };
  const web = { podSelector: { matchLabels: { app: "web" } } };
  test("both selectors in one element must hold", () =>
    expect(shopWith(toApi({ from: [{ ...team, ...web }] })), ["other/job shop/api deny", "shop/web shop/api deny"]));
  test("the selectors in two elements: either", () =>
    expect(shopWith(toApi({ from: [team, web] })), ["other/job shop/api allow", "shop/web shop/api allow"]));
  test("a namespace has its name as a label, even without its object", () =>
    expect(
      {
        objects: [
          pod("gone/job"),
          ...shop,
          toApi({ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gone" } } }] }),
        ],
      },
      ["gone/job shop/api allow", "other/job shop/api deny"],
    ));
  test("that label is the API server's, whatever the manifest says", () => {
    const lying = namespace("liar", { "kubernetes.io/metadata.name": "other" });
    const other = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } };
    expect({ objects: [lying, pod("liar/job"), ...shop, toApi({ from: [other] })] }, [
      "liar/job shop/api deny",
      "other/job shop/api allow",
    ]);
  });
  const byExpression = (expression: Record<string, unknown>) =>
    shopWith(toApi({ from: [{ namespaceSelector: {}, podSelector: { matchExpressions: [expression] } }] }));
  test("In: the label is there and among the values", () =>
    expect(byExpression({ key: "app", operator: "In", values: ["web", "x"] }), [
      "shop/web shop/api allow",
      "other/job shop/api deny",
    ]));
  test("NotIn matches where the label is absent", () =>
    expect(byExpression({ key: "tier", operator: "NotIn", values: ["web"] }), ["shop/web shop/api allow"]));
  test("NotIn does not match one of the values", () =>
    expect(byExpression({ key: "app", operator: "NotIn", values: ["web"] }), [
      "shop/web shop/api deny",
      "other/job shop/api allow",
    ]));
  test("Exists and DoesNotExist look at the key alone", () => {
    expect(byExpression({ key: "tier", operator: "Exists" }), ["shop/web shop/api deny"]);
    expect(byExpression({ key: "tier", operator: "DoesNotExist" }), ["shop/web shop/api allow"]);
  });
  test("an empty peer picks nobody", () => expect(shopWith(toApi({ from: [{}] })), ["shop/web shop/api deny"]));
});

suite("NetworkPolicy: ports", () => {
  const ports = (...list: readonly Record<string, unknown>[]) => shopWith(toApi({ ports: list }));
  test("an empty list of ports is all ports", () => expect(ports(), ["shop/web shop/api UDP:9 allow"]));
  test("a port without a protocol is TCP's", () =>
    expect(ports({ port: 80 }), ["shop/web shop/api TCP:80 allow", "shop/web shop/api UDP:80 deny"]));
  test("a protocol without a port is all of its ports", () =>
    expect(ports({ protocol: "SCTP" }), ["shop/web shop/api SCTP:7 allow", "shop/web shop/api TCP:7 deny"]));
  test("endPort ends a range that includes both", () =>
    expect(ports({ port: 80, endPort: 82 }), [
      "shop/web shop/api TCP:79 deny",
      "shop/web shop/api TCP:80 allow",
      "shop/web shop/api TCP:82 allow",
      "shop/web shop/api TCP:83 deny",
    ]));
  const named = (spec: Record<string, unknown>, ...policies: readonly KubernetesObject[]) => ({
    objects: [pod("shop/web"), pod("shop/api", { labels: { app: "api" }, ...spec }), ...policies],
  });
  const http = toApi({ ports: [{ port: "http" }] });
  test("a named port is what the destination pod calls so, on that protocol", () =>
    expect(named({ containers: [container("http:81", "dns:53/UDP")] }, http), [
      "shop/web shop/api TCP:81 allow",
      "shop/web shop/api TCP:80 deny",
      "shop/web shop/api UDP:53 deny",
    ]));
  test("a named port of an egress rule is the destination's, pod by pod", () =>
    expect(
      {
        objects: [
          pod("shop/web", { containers: [container("http:1")] }),
          pod("shop/api", { labels: { app: "api" }, containers: [container("http:81")] }),
          pod("shop/old", { containers: [container("http:8080")] }),
          networkPolicy("shop", { policyTypes: ["Egress"], egress: [{ ports: [{ port: "http" }] }] }),
        ],
      },
      ["shop/web shop/api TCP:81 allow", "shop/web shop/old TCP:81 deny", "shop/web 192.0.2.1 TCP:81 deny"],
    ));
  test("an init container's ports do not count, a sidecar's do", () => {
    const init = (extra: Record<string, unknown>) => ({ initContainers: [{ ...container("http:81"), ...extra }] });
    expect(named(init({}), http), ["shop/web shop/api TCP:81 deny"]);
    expect(named(init({ restartPolicy: "Always" }), http), ["shop/web shop/api TCP:81 allow"]);
  });
});

suite("NetworkPolicy: ipBlock", () => {
  const block = (cidr: string, ...except: readonly string[]) => toApi({ from: [{ ipBlock: { cidr, except } }] });
  test("addresses outside the cluster match by the CIDR, up to its edges", () =>
    expect(shopWith(block("192.0.2.0/24")), [
      "192.0.1.255 shop/api deny",
      "192.0.2.0 shop/api allow",
      "192.0.2.255 shop/api allow",
      "192.0.3.0 shop/api deny",
    ]));
  test("except takes a part out", () =>
    expect(shopWith(block("192.0.2.0/24", "192.0.2.128/25")), [
      "192.0.2.127 shop/api allow",
      "192.0.2.128 shop/api deny",
    ]));
  test("IPv6 addresses match IPv6 CIDRs alone", () =>
    expect(shopWith(block("2001:db8::/32"), block("0.0.0.0/0")), [
      "2001:db8:ffff::1 shop/api allow",
      "2001:db9::1 shop/api deny",
    ]));
  const objects = (cidr: string) => [...shop, block(cidr)];
  test("what an ipBlock makes of pods is the CNI's own", () => {
    expect({ objects: objects("10.244.0.0/31") }, ["shop/web shop/api unknown", "other/job shop/api deny"]);
    expect({ objects: objects("10.244.0.0/31"), facts: { cni: "flannel" } }, ["shop/web shop/api unknown"]);
    expect({ objects: objects("10.244.0.0/31"), facts: { cni: "cilium" } }, ["shop/web shop/api deny"]);
    expect({ objects: objects("10.244.0.0/31"), facts: CALICO }, ["shop/web shop/api allow"]);
  });
  test("a pod whose address nobody knows matches what holds all pods' CIDRs, and not what holds none", () => {
    const facts = { cni: "antrea", podCIDRs: ["10.244.0.0/16"] };
    const unplaced = (policy: KubernetesObject) => ({
      objects: [pod("shop/web"), pod("shop/api", { labels: { app: "api" } }), policy],
      facts,
    });
    expect(unplaced(block("10.0.0.0/8")), ["shop/web shop/api allow"]);
    expect(unplaced(block("10.0.0.0/8", "10.244.0.0/17", "10.244.128.0/17")), ["shop/web shop/api deny"]);
    expect(unplaced(block("10.0.0.0/8", "10.244.7.0/24")), ["shop/web shop/api unknown"]);
    expect(unplaced(block("192.168.0.0/16")), ["shop/web shop/api deny"]);
  });
  test("without pods' CIDRs their addresses are private ones", () => {
    const unplaced = (cidr: string) => [pod("shop/web"), pod("shop/api", { labels: { app: "api" } }), block(cidr)];
    expect({ objects: unplaced("8.8.8.0/24"), facts: CALICO }, ["shop/web shop/api deny"]);
    expect({ objects: unplaced("100.64.1.0/24"), facts: CALICO }, ["shop/web shop/api unknown"]);
    expect({ objects: unplaced("fd00::/8"), facts: CALICO }, ["shop/web shop/api unknown"]);
  });
  test("a node matches by its addresses, save with Cilium", () => {
    const nodes = [...objects("10.0.0.0/24"), node("n1", ["10.0.0.1"])];
    expect({ objects: nodes, facts: CALICO }, ["node:n1 shop/api allow"]);
    expect({ objects: nodes, facts: { cni: "cilium" } }, ["node:n1 shop/api deny"]);
  });
  test("a connection is allowed where one of the ends' families has a way", () => {
    const both = [
      pod("shop/web", { ip: ["10.244.0.1", "fd00::1"] }),
      pod("shop/api", { ip: ["10.244.0.2", "fd00::2"], labels: { app: "api" } }),
      block("fd00::/64"),
    ];
    const judge = oracle(both, CALICO);
    const connection = { from: { pod: "shop/web" }, to: { pod: "shop/api" }, protocol: "TCP", port: 80 } as const;
    assert.deepEqual(
      [judge(connection), judge({ ...connection, family: 4 }), judge({ ...connection, family: 6 })],
      ["allow", "deny", "allow"],
    );
  });
  test("nobody matches a CIDR of the other family, known address or not", () => {
    const objects = [
      pod("shop/api", { labels: { app: "api" } }),
      pod("shop/agent", { hostNetwork: true }),
      block("::/0"),
    ];
    const judge = oracle(objects, CALICO);
    const asked = (from: string, family: 4 | 6) =>
      judge({ from: { pod: from }, to: { pod: "shop/api" }, protocol: "TCP", port: 80, family });
    // Not known stays whether it is the pod's own node.
    assert.deepEqual([asked("shop/agent", 4), asked("shop/agent", 6)], ["unknown", "unknown"]);
    const placed = oracle(
      objects.map((each) => ({ ...each, spec: { ...(each.spec as object), nodeName: String(each.kind === "Pod") } })),
      CALICO,
    );
    assert.equal(
      placed({ from: { node: "n9" }, to: { pod: "shop/api" }, protocol: "TCP", port: 80, family: 4 }),
      "deny",
    );
    assert.equal(
      placed({ from: { node: "n9" }, to: { pod: "shop/api" }, protocol: "TCP", port: 80, family: 6 }),
      "unknown",
    );
  });
  test("an address of the pods' or Services' CIDRs that nobody is known to have is not known", () =>
    expect({ objects: shop, facts: { podCIDRs: ["10.244.0.0/16"], serviceCIDRs: ["10.96.0.0/16"] } }, [
      "shop/web 10.244.9.9 unknown",
      "shop/web 10.96.0.1 unknown",
      "shop/web 10.244.0.2 allow",
    ]));
});

suite("pods on the host's network", () => {
  const objects = (...policies: readonly KubernetesObject[]) => [
    ...shop,
    pod("shop/agent", { labels: { app: "agent" }, hostNetwork: true, nodeName: "n1" }),
    node("n1", ["10.0.0.1"], { zone: "a" }),
    ...policies,
  ];
  test("they are subject to no policy", () =>
    expect({ objects: objects(networkPolicy("shop", { policyTypes: ["Ingress", "Egress"] })) }, [
      "192.0.2.1 shop/agent allow",
      "shop/agent 192.0.2.1 allow",
    ]));
  test("a selector that would pick one leaves it open, one that would not does not", () => {
    expect({ objects: objects(toApi({ from: [{ podSelector: {} }] })) }, ["shop/agent shop/api unknown"]);
    expect({ objects: objects(toApi({ from: [{ podSelector: { matchLabels: { app: "web" } } }] })) }, [
      "shop/agent shop/api deny",
    ]);
  });
  test("by address they are their node", () =>
    expect({ objects: objects(toApi({ from: [{ ipBlock: { cidr: "10.0.0.1/32" } }] })), facts: CALICO }, [
      "shop/agent shop/api allow",
    ]));
  test("on the pod's own node they get in", () =>
    expect({ objects: objects(networkPolicy("shop", {})) }, ["shop/agent shop/web allow", "shop/agent shop/api deny"]));
  test("a rule that names nodes matches them by the node's labels", () => {
    const zone = (value: string) =>
      clusterPolicy("Admin", 1, { egress: [{ action: "Deny", to: [{ nodes: { matchLabels: { zone: value } } }] }] });
    expect({ objects: objects(zone("a")) }, ["shop/api shop/agent deny", "shop/api node:n1 deny"]);
    expect({ objects: objects(zone("b")) }, ["shop/api shop/agent allow"]);
  });
});
