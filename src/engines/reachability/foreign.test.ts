import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { formatPorts, type Network } from "./model.ts";
import type { ClusterSettings } from "./settings.ts";
import { allowedPorts, endpointAt, namespaceText, networkOf, objectText, podText } from "./written-network.fixture.ts";

const INTERNET = "8.8.8.8";
const UNKNOWN = "none ? all ports";
const PODS = [
  podText("shop/web app=web"),
  podText("shop/api app=api", { account: "api" }),
  podText("pay/web app=web"),
  podText("shop/agent app=api", { host: true }),
  namespaceText("shop", "team: one"),
  namespaceText("pay", "team: two"),
  objectText("v1", "ServiceAccount", "shop/api", {}).replace('"shop"}', '"shop","labels":{"tier":"back"}}'),
];

function network(texts: readonly string[], settings: Partial<ClusterSettings> = {}): Network {
  return networkOf([...PODS, ...texts], settings);
}

function calico(kind: string, spec: object, group = "projectcalico.org"): string {
  return objectText(`${group}/v3`, kind, kind.includes("Global") ? "policy" : "shop/policy", { spec });
}

function codes({ gaps }: Network): string[] {
  return gaps.map(({ code }) => code);
}

/** Pods into and out of which it is unknown what is let through: by the end that no policy but this one is about. */
function unknownPods(made: Network): { readonly into: readonly string[]; readonly outOf: readonly string[] } {
  const pods = ["shop/web", "shop/api", "pay/web"];
  return {
    into: pods.filter((pod) => allowedPorts(made, INTERNET, pod) === UNKNOWN),
    outOf: pods.filter((pod) => allowedPorts(made, pod, INTERNET) === UNKNOWN),
  };
}

describe("Calico's policies", () => {
  it("make the pods that they select unknown, in the directions that they have", () => {
    const allow = [{ action: "Allow" }];
    const made = network([calico("NetworkPolicy", { selector: "app == 'api'", ingress: allow })]);
    assert.deepEqual(unknownPods(made), { into: ["shop/api"], outOf: [] });
    assert.deepEqual(codes(made), ["network.foreign-policy"]);
    const egress = network([calico("NetworkPolicy", { selector: "app == 'api'", egress: allow })]);
    assert.deepEqual(unknownPods(egress), { into: [], outOf: ["shop/api"] });
    const both = network([
      calico("NetworkPolicy", { egress: allow, types: ["Ingress", "Egress"] }, "crd.projectcalico.org"),
    ]);
    assert.deepEqual(unknownPods(both), { into: ["shop/web", "shop/api"], outOf: ["shop/web", "shop/api"] });
    const neither = network([calico("NetworkPolicy", {})]);
    assert.deepEqual(unknownPods(neither), { into: ["shop/web", "shop/api"], outOf: [] });
  });

  it("select by namespaces and service accounts", () => {
    const into = (spec: object) => unknownPods(network([calico("GlobalNetworkPolicy", spec)])).into;
    assert.deepEqual(into({}), ["shop/web", "shop/api", "pay/web"]);
    assert.deepEqual(into({ namespaceSelector: "team == 'two'" }), ["pay/web"]);
    assert.deepEqual(into({ namespaceSelector: "projectcalico.org/name == 'shop'" }), ["shop/web", "shop/api"]);
    assert.deepEqual(into({ selector: "projectcalico.org/namespace in {'pay'}" }), ["pay/web"]);
    assert.deepEqual(into({ serviceAccountSelector: "projectcalico.org/name == 'api'" }), ["shop/api"]);
    // Accounts of the other pods were not read.
    assert.deepEqual(into({ serviceAccountSelector: "tier == 'back'" }), ["shop/web", "shop/api", "pay/web"]);
    assert.deepEqual(into({ serviceAccountSelector: "tier == 'back'", selector: "app == 'api'" }), ["shop/api"]);
  });

  it("leave nothing known of their scope where a selector cannot be read", () => {
    const made = network([calico("NetworkPolicy", { selector: "app = 'api'" })]);
    assert.deepEqual(unknownPods(made).into, ["shop/web", "shop/api"]);
    assert.ok(codes(made).includes("network.invalid-policy"));
  });

  it("leave nothing known where they are held before a pod's own", () => {
    const made = network([
      calico("GlobalNetworkPolicy", { selector: "has(host)", preDNAT: true, applyOnForward: true }),
    ]);
    assert.deepEqual(unknownPods(made).into, ["shop/web", "shop/api", "pay/web"]);
  });

  it("may be about nodes only, which is said", () => {
    const made = network([calico("GlobalNetworkPolicy", { selector: "has(host)" })]);
    assert.deepEqual(unknownPods(made).into, []);
    assert.deepEqual(codes(made), ["network.foreign-policy"]);
    assert.deepEqual(codes(network([calico("NetworkPolicy", { selector: "has(host)" })])), []);
    assert.deepEqual(codes(network([calico("HostEndpoint", { node: "n1" })])), ["network.foreign-policy"]);
  });

  it("have no effect where they are staged, which is said; sets and tiers have none of their own", () => {
    const made = network([calico("StagedNetworkPolicy", { selector: "all()" })]);
    assert.deepEqual(unknownPods(made).into, []);
    assert.deepEqual(codes(made), ["network.policy-without-effect"]);
    for (const kind of ["Tier", "GlobalNetworkSet", "NetworkSet"])
      assert.deepEqual(codes(network([calico(kind, {})])), []);
  });

  it("have no effect with another CNI", () => {
    const policy = calico("NetworkPolicy", {});
    const made = network([policy], { cni: "cilium" });
    assert.deepEqual(codes(made), ["network.policy-of-other-cni"]);
    assert.deepEqual(unknownPods(made).into, []);
    assert.deepEqual(unknownPods(network([policy], { cni: "calico" })).into, ["shop/web", "shop/api"]);
  });

  it("are unknown whatever other policies say", () => {
    const deny = objectText("networking.k8s.io/v1", "NetworkPolicy", "shop/deny", { spec: { podSelector: {} } });
    const made = network([deny, calico("NetworkPolicy", { selector: "app == 'api'" })]);
    assert.equal(allowedPorts(made, "pay/web", "shop/api"), UNKNOWN);
    assert.equal(allowedPorts(made, "pay/web", "shop/web"), "none");
  });
});

describe("policies of other CNIs, clouds and meshes", () => {
  const cases: readonly (readonly [string, string, object, readonly string[], readonly string[]])[] = [
    [
      "crd.antrea.io/v1beta1",
      "NetworkPolicy",
      { appliedTo: [{ podSelector: { matchLabels: { app: "api" } } }], ingress: [{}] },
      ["shop/api"],
      [],
    ],
    [
      "crd.antrea.io/v1beta1",
      "NetworkPolicy",
      { ingress: [{ appliedTo: [{ serviceAccount: { name: "api" } }] }] },
      ["shop/api"],
      [],
    ],
    [
      "crd.antrea.io/v1beta1",
      "ClusterNetworkPolicy",
      { appliedTo: [{ namespaceSelector: { matchLabels: { team: "two" } } }], egress: [{}] },
      [],
      ["pay/web"],
    ],
    [
      "crd.antrea.io/v1beta1",
      "ClusterNetworkPolicy",
      { appliedTo: [{ group: "some" }], ingress: [{}] },
      ["shop/web", "shop/api", "pay/web"],
      [],
    ],
    ["crd.antrea.io/v1beta1", "ClusterNetworkPolicy", { appliedTo: [{ nodeSelector: {} }], ingress: [{}] }, [], []],
    ["k8s.ovn.org/v1", "EgressFirewall", { egress: [{ type: "Deny" }] }, [], ["shop/web", "shop/api"]],
    ["network.openshift.io/v1", "EgressNetworkPolicy", { egress: [] }, [], ["shop/web", "shop/api"]],
    ["kubeovn.io/v1", "Subnet", { private: true, namespaces: ["pay"] }, ["pay/web"], ["pay/web"]],
    ["kubeovn.io/v1", "Subnet", { namespaces: ["pay"] }, [], []],
    [
      "vpcresources.k8s.aws/v1beta1",
      "SecurityGroupPolicy",
      { podSelector: { matchLabels: { app: "api" } } },
      ["shop/api"],
      ["shop/api"],
    ],
    [
      "networking.k8s.aws/v1alpha1",
      "ApplicationNetworkPolicy",
      { podSelector: {}, policyTypes: ["Egress"] },
      [],
      ["shop/web", "shop/api"],
    ],
    [
      "networking.k8s.aws/v1alpha1",
      "ClusterNetworkPolicy",
      { subject: { namespaces: { matchLabels: { team: "two" } } }, ingress: [{}] },
      ["pay/web"],
      [],
    ],
    [
      "networking.gke.io/v1alpha1",
      "FQDNNetworkPolicy",
      { podSelector: { matchLabels: { app: "api" } }, egress: [] },
      [],
      ["shop/api"],
    ],
    ["neuvector.com/v1", "NvSecurityRule", {}, ["shop/web", "shop/api"], ["shop/web", "shop/api"]],
    ["consul.hashicorp.com/v1alpha1", "ServiceIntentions", {}, ["shop/web", "shop/api", "pay/web"], []],
    ["access.smi-spec.io/v1alpha3", "TrafficTarget", {}, ["shop/web", "shop/api"], []],
    ["policy.openservicemesh.io/v1alpha1", "Egress", {}, [], ["shop/web", "shop/api"]],
    ["example.com/v1", "SomeNetworkPolicy", {}, ["shop/web", "shop/api"], ["shop/web", "shop/api"]],
    ["example.com/v1", "AuthorizationPolicy", {}, ["shop/web", "shop/api"], []],
  ];
  for (const [apiVersion, kind, spec, into, outOf] of cases) {
    it(`make what they select unknown: ${kind} of ${apiVersion} ${JSON.stringify(spec)}`, () => {
      const made = network([objectText(apiVersion, kind, "shop/policy", { spec })]);
      assert.deepEqual(unknownPods(made), { into, outOf });
      const said = into.length + outOf.length > 0 || kind === "ClusterNetworkPolicy";
      assert.deepEqual(codes(made), said ? ["network.foreign-policy"] : []);
    });
  }

  it("are about all pods where a kind that nobody knows states no namespace", () => {
    const made = network([objectText("example.com/v1", "GlobalNetworkPolicies", "policy", {})]);
    assert.deepEqual(unknownPods(made).into, ["shop/web", "shop/api", "pay/web"]);
  });

  it("leave known what they are not about", () => {
    const firewall = objectText("k8s.ovn.org/v1", "EgressFirewall", "shop/default", { spec: { egress: [] } });
    assert.equal(allowedPorts(network([firewall]), "shop/web", "pay/web"), "all ports");
  });

  it("are named by the pods in an annotation: security groups of Kube-OVN", () => {
    const annotated = podText("shop/kept app=kept").replace(
      "labels:",
      "annotations: {ovn.kubernetes.io/security_groups: 'a,sg'}, labels:",
    );
    const made = network([annotated, objectText("kubeovn.io/v1", "SecurityGroup", "sg", { spec: {} })]);
    assert.equal(allowedPorts(made, INTERNET, "shop/kept"), UNKNOWN);
    assert.equal(allowedPorts(made, INTERNET, "shop/web"), "all ports");
  });

  it("are said where they are about no end that rules are held at", () => {
    for (const [apiVersion, kind] of [
      ["k8s.cni.cncf.io/v1beta1", "MultiNetworkPolicy"],
      ["cilium.io/v2", "CiliumLocalRedirectPolicy"],
    ] as const) {
      const made = network([objectText(apiVersion, kind, "shop/policy", { spec: {} })]);
      assert.deepEqual(codes(made), ["network.foreign-policy"]);
      assert.deepEqual(unknownPods(made), { into: [], outOf: [] });
    }
  });

  it("may be made of other objects, which is said", () => {
    const generate = (kind: string) => ({
      rules: [{ name: "a", generate: { kind, apiVersion: "x/v1", name: "deny" } }],
    });
    const gaps = (apiVersion: string, kind: string, spec: object) =>
      codes(network([objectText(apiVersion, kind, "shop/policy", { spec })]));
    const generated = ["network.generated-policies"];
    assert.deepEqual(gaps("kyverno.io/v1", "ClusterPolicy", generate("NetworkPolicy")), generated);
    assert.deepEqual(gaps("kyverno.io/v1", "ClusterPolicy", generate("ConfigMap")), []);
    assert.deepEqual(gaps("kyverno.io/v1", "ClusterPolicy", { rules: [{ name: "a", validate: {} }] }), []);
    assert.deepEqual(gaps("k8s.otterize.com/v1alpha3", "ClientIntents", {}), generated);
    assert.deepEqual(gaps("capsule.clastix.io/v1beta2", "Tenant", { networkPolicies: { items: [{}] } }), generated);
    assert.deepEqual(gaps("capsule.clastix.io/v1beta2", "Tenant", {}), []);
  });

  it("are none of those that are evaluated", () => {
    const plain = objectText("networking.k8s.io/v1", "NetworkPolicy", "shop/plain", { spec: { podSelector: {} } });
    assert.deepEqual(codes(network([plain])), []);
  });
});

describe("whatever a foreign policy says", () => {
  const value = fc.oneof(
    fc.constantFrom("", "app == 'api'", "(", "all()", "Ingress", true, 3, null),
    fc.constantFrom<unknown>({}, [], [{}], ["Ingress"], { matchLabels: { app: "api" } }, { matchLabels: [] }, [
      { podSelector: {} },
    ]),
  );
  const spec = fc.dictionary(
    fc.constantFrom(
      "selector",
      "namespaceSelector",
      "types",
      "ingress",
      "egress",
      "appliedTo",
      "podSelector",
      "subject",
      "preDNAT",
      "network",
      "acls",
    ),
    value,
    { maxKeys: 5 },
  );
  const kinds = [
    ["projectcalico.org/v3", "NetworkPolicy"],
    ["projectcalico.org/v3", "GlobalNetworkPolicy"],
    ["crd.antrea.io/v1beta1", "ClusterNetworkPolicy"],
    ["k8s.ovn.org/v1", "EgressFirewall"],
    ["networking.k8s.aws/v1alpha1", "ClusterNetworkPolicy"],
    ["kubeovn.io/v1", "Subnet"],
  ] as const;

  it("never closes a port, nor throws", () => {
    const ends = ["shop/web", "shop/api", "pay/web", INTERNET];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.oneof(spec, value), ([apiVersion, kind], body) => {
        const made = network([objectText(apiVersion, kind, "shop/policy", { spec: body })]);
        for (const from of ends) {
          for (const to of ends.filter((one) => one !== from)) {
            const { allowed, unknown } = made.connection(endpointAt(made, from), endpointAt(made, to));
            assert.equal(formatPorts(made.portSets.union(allowed, unknown)), "all ports");
          }
        }
      }),
      runs(150),
    );
  });
});
