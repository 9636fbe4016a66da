/** Policies that are made to cost much, or to be misread: bounded, and unknown with their place. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { readManifests } from "../kubernetes/manifests.ts";
import { formatPorts, type Network } from "./model.ts";
import { readNetwork } from "./network.ts";
import { noSettings } from "./settings.ts";

const PODS = ["web", "api"]
  .map((name) => ({
    kind: "Pod",
    metadata: { name, namespace: "shop", labels: { app: name } },
    spec: { containers: [] },
  }))
  .map((pod) => JSON.stringify({ apiVersion: "v1", ...pod }));

function networkOf(...policies: readonly (object | string)[]): Network {
  const texts = policies.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return readNetwork(readManifests([{ path: "a.yaml", text: [...PODS, ...texts].join("\n---\n") }]), noSettings);
}

function policy(spec: object): object {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "policy", namespace: "shop" },
    spec,
  };
}

const between = (network: Network) => {
  const { allowed, unknown } = network.connection(0, 1);
  return `${formatPorts(allowed)} ? ${formatPorts(unknown)}`;
};

const first = ({ gaps }: Network) => gaps.map(({ code, reason }) => `${code}: ${reason}`)[0];

describe("policies that are made to cost much", () => {
  test("10,000 peers of selectors are read", () => {
    const from = Array.from({ length: 10_000 }, (_, index) => ({ podSelector: { matchLabels: { app: `a${index}` } } }));
    assert.equal(between(networkOf(policy({ ingress: [{ from }] }))), "none ? none");
    const more = [...from, { podSelector: { matchLabels: { app: "web" } } }];
    assert.equal(between(networkOf(policy({ ingress: [{ from: more }] }))), "all ports ? none");
  });

  test("more peers than are read make what they may allow unknown", () => {
    const from = Array.from({ length: 20_001 }, () => ({ podSelector: { matchLabels: { app: "a" } } }));
    const network = networkOf(policy({ ingress: [{ from }] }));
    assert.equal(between(network), "none ? all ports");
    assert.match(first(network) ?? "", /^network.invalid-policy: spec.ingress\[0\].from has more than 20000 peers/);
  });

  test("overlapping CIDRs by the thousand", () => {
    const from = Array.from({ length: 8_000 }, (_, index) => ({
      ipBlock: { cidr: `${(index % 200) + 1}.${index % 256}.0.0/${8 + (index % 25)}` },
    }));
    const network = networkOf(policy({ ingress: [{ from }] }));
    assert.equal(network.gaps.length, 0);
    assert.ok(network.endpoints.length < 20_000);
  });

  test("more CIDRs than are kept apart are unknown by name", () => {
    const from = Array.from({ length: 9_000 }, (_, index) => ({
      ipBlock: { cidr: `${(index >> 8) + 1}.${index & 255}.1.0/24` },
    }));
    const many = Array.from({ length: 7 }, (_, index) => ({
      ...policy({
        ingress: [
          { from: from.map(({ ipBlock }) => ({ ipBlock: { cidr: ipBlock.cidr.replace(".1.0", `.${index}.0`) } })) },
        ],
      }),
      metadata: { name: `policy-${index}`, namespace: "shop" },
    }));
    const network = networkOf(...many);
    assert.match(network.gaps.map(({ reason }) => reason).join(), /more than 50000 CIDRs in network policies/);
  });

  test("selectors without end are refused where they stand", () => {
    const matchExpressions = Array.from({ length: 100_000 }, (_, index) => ({
      key: `k${index}`,
      operator: "DoesNotExist",
    }));
    const network = networkOf(policy({ podSelector: { matchExpressions }, ingress: [] }));
    assert.match(first(network) ?? "", /spec.podSelector has more than 200 requirements/);
    assert.equal(between(network), "none ? all ports");
  });

  test("a text that contains itself is no object, and nothing hangs", () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, namespace: shop}
spec: &spec
  podSelector: {}
  ingress: [{from: [{podSelector: *spec}]}]
`;
    const { gaps } = readManifests([{ path: "a.yaml", text }]);
    assert.ok(gaps.length > 0);
    assert.equal(between(networkOf(text)), "all ports ? none");
  });
});

describe("policies that the API server would not take", () => {
  const everything = [{ from: [] }];
  const cases: readonly [string, object][] = [
    ["a CIDR that is none", { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0" } }] }] }],
    [
      "an exception outside its CIDR",
      { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["11.0.0.0/8"] } }] }] },
    ],
    ["an unknown operator", { podSelector: { matchExpressions: [{ key: "a", operator: "Is" }] }, ingress: everything }],
    ["a range that goes back", { ingress: [{ ports: [{ port: 90, endPort: 80 }] }] }],
    ["a range from a name", { ingress: [{ ports: [{ port: "http", endPort: 80 }] }] }],
    ["a port of no protocol", { ingress: [{ ports: [{ protocol: "tcp", port: 80 }] }] }],
    ["a port that is too large", { ingress: [{ ports: [{ port: 70_000 }] }] }],
    ["a type that is none", { policyTypes: ["ingress"], ingress: everything }],
    ["a peer of nothing", { ingress: [{ from: [{}] }] }],
    ["a block beside a selector", { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] }] }],
    ["a text for a list", { ingress: "everything" }],
    [
      "a label that is none",
      { podSelector: { matchExpressions: [{ key: "a b", operator: "DoesNotExist" }] }, ingress: everything },
    ],
  ];
  for (const [name, spec] of cases) {
    test(`${name} is unknown, and told with its place`, () => {
      const network = networkOf(policy(spec));
      const unknown = network.explain(0, 1).unknown;
      assert.equal(formatPorts(unknown), "all ports");
      assert.match(first(network) ?? "", /^network.invalid-policy: spec/);
    });
  }
});

test("whatever stands in a policy, nothing is thrown, and no pod is both open and closed", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        80,
        -1,
        "",
        "TCP",
        "http",
        "10.0.0.0/8",
        "shop",
        "app",
        "Exists",
        "In",
        "Accept",
      ),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...["from", "to", "ports", "port", "endPort", "protocol", "podSelector", "namespaceSelector", "matchLabels"],
          ...[
            "matchExpressions",
            "key",
            "operator",
            "values",
            "ipBlock",
            "cidr",
            "except",
            "ingress",
            "egress",
            "action",
          ],
          ...["subject", "namespaces", "pods", "tier", "priority", "networks", "protocols", "tcp", "policyTypes"],
        ),
        tie("any"),
        { maxKeys: 5 },
      ),
    ),
  })).any;
  const kinds = fc.constantFrom(
    ["networking.k8s.io/v1", "NetworkPolicy"],
    ["policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"],
    ["policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"],
    ["policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"],
  );
  fc.assert(
    fc.property(kinds, value, ([apiVersion, kind], spec) => {
      const network = networkOf({ apiVersion, kind, metadata: { name: "default", namespace: "shop" }, spec });
      const { allowed, unknown } = network.connection(0, 1);
      assert.equal(network.portSets.intersect(allowed, unknown), network.portSets.none);
      network.explain(0, 1);
      for (const edge of network.edges()) assert.ok(edge.to.length > 0);
    }),
    runs(300),
  );
});
