import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowedPorts, networkOf, objectText, podText } from "../written-network.fixture.ts";
import { API, ccnp, cnp, codes, config, INTERNET, intoApi, labels, network, tcp, WEB } from "./cilium.fixture.ts";

describe("who a Cilium policy is about", () => {
  it("selects pods of its own namespace only, and its peers too", () => {
    const made = network([cnp({ ...WEB, ingress: [{ fromEndpoints: [labels({ app: "api" })] }] })]);
    assert.equal(allowedPorts(made, "shop/api", "shop/web"), "all ports");
    assert.equal(allowedPorts(made, "shop/db", "shop/web"), "none");
    assert.equal(allowedPorts(made, "shop/db", "pay/web"), "all ports", "of another namespace");
  });

  it("replaces a namespace that its selector states", () => {
    const selector = labels({ app: "api", "k8s:io.kubernetes.pod.namespace": "pay" });
    const made = network([cnp({ endpointSelector: selector, ingress: [{}] })]);
    assert.equal(allowedPorts(made, "shop/web", "shop/api"), "none");
  });

  it("reaches other namespaces where the peer states one, whatever the source of the label", () => {
    for (const key of [
      "io.kubernetes.pod.namespace",
      "k8s:io.kubernetes.pod.namespace",
      "any:io.kubernetes.pod.namespace",
    ]) {
      const from = intoApi([{ fromEndpoints: [labels({ [key]: "pay", app: "web" })] }]);
      assert.equal(from("pay/web"), "all ports", key);
      assert.equal(from("shop/web"), "none", key);
    }
  });

  it("knows labels of namespaces, service accounts and the cluster", () => {
    const key = "io.cilium.k8s.namespace.labels.team";
    const byLabel = intoApi([{ fromEndpoints: [labels({ [key]: "two" })] }]);
    assert.equal(byLabel("pay/web"), "all ports");
    assert.equal(byLabel("shop/web"), "none");
    const account = { endpointSelector: labels({ "io.cilium.k8s.policy.serviceaccount": "api" }), ingress: [{}] };
    const byAccount = network([cnp(account)]);
    assert.equal(allowedPorts(byAccount, "shop/web", "shop/api"), "none");
    assert.equal(allowedPorts(byAccount, "shop/web", "shop/db"), "all ports");
    const cluster = cnp({ ...API, ingress: [{ fromEndpoints: [labels({ "io.cilium.k8s.policy.cluster": "two" })] }] });
    assert.equal(allowedPorts(network([cluster]), "shop/web", "shop/api"), "none ? all ports");
    assert.equal(
      allowedPorts(network([cluster, config({ "cluster-name": "two" })]), "shop/web", "shop/api"),
      "all ports",
    );
    assert.equal(allowedPorts(network([cluster, config({})]), "shop/web", "shop/api"), "none");
  });

  it("does not know labels of namespaces that were not read", () => {
    const key = "k8s:io.cilium.k8s.namespace.labels.team";
    const policy = cnp({ ...API, ingress: [{ fromEndpoints: [labels({ [key]: "two" })] }] });
    const made = networkOf([podText("shop/api app=api"), podText("pay/web app=web"), policy]);
    assert.equal(allowedPorts(made, "pay/web", "shop/api"), "none ? all ports");
    const name = labels({ "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": "pay" });
    const byName = networkOf([
      podText("shop/api app=api"),
      podText("pay/web app=web"),
      cnp({ ...API, ingress: [{ fromEndpoints: [name] }] }),
    ]);
    assert.equal(allowedPorts(byName, "pay/web", "shop/api"), "all ports");
  });

  it("selects pods of all namespaces where it is cluster-wide", () => {
    const made = network([ccnp({ ...WEB, ingress: [{ fromEndpoints: [{}] }] })]);
    for (const to of ["shop/web", "pay/web"]) {
      assert.equal(allowedPorts(made, "shop/api", to), "all ports");
      assert.equal(allowedPorts(made, INTERNET, to), "none");
    }
  });

  it("evaluates expressions", () => {
    const expression = (key: string, operator: string, values?: readonly string[]) => ({
      matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
    });
    const who = (selector: object) => {
      const from = intoApi([{ fromEndpoints: [selector] }]);
      return ["shop/web", "shop/db"].filter((pod) => from(pod) === "all ports");
    };
    assert.deepEqual(who(expression("role", "In", ["front", "x"])), ["shop/web"]);
    assert.deepEqual(who(expression("role", "NotIn", ["front"])), ["shop/db"]);
    assert.deepEqual(who(expression("k8s:role", "Exists")), ["shop/web", "shop/db"]);
    assert.deepEqual(who(expression("absent", "DoesNotExist")), ["shop/web", "shop/db"]);
    assert.deepEqual(who(expression("absent", "NotIn", ["x"])), ["shop/web", "shop/db"]);
  });

  it("is about several where it has specs", () => {
    const made = network([
      objectText("cilium.io/v2", "CiliumNetworkPolicy", "shop/policy", {
        specs: [
          { ...API, ingress: [{}] },
          { ...WEB, ingress: [{}] },
        ],
      }),
    ]);
    assert.equal(allowedPorts(made, "shop/db", "shop/api"), "none");
    assert.equal(allowedPorts(made, "shop/db", "shop/web"), "none");
    assert.equal(allowedPorts(made, "shop/web", "shop/db"), "all ports");
  });

  it("says that policies about nodes are not evaluated", () => {
    const host = ccnp({ nodeSelector: {}, ingress: [{ fromEntities: ["cluster"] }] });
    assert.deepEqual(codes(network([host])), ["network.host-policy"]);
    assert.deepEqual(codes(network([host, config({ "enable-host-firewall": "false" })])), [
      "network.policy-without-effect",
    ]);
  });
});

describe("what lists without items mean to Cilium", () => {
  it("a rule of nothing isolates, and allows nobody", () => {
    const from = intoApi([{}]);
    assert.equal(from("shop/web"), "none");
    assert.equal(from(INTERNET), "none");
  });

  it("an empty selector is the namespace, an empty list of them nobody", () => {
    assert.equal(intoApi([{ fromEndpoints: [{}] }])("shop/web"), "all ports");
    assert.equal(intoApi([{ fromEndpoints: [{}] }])("pay/web"), "none");
    assert.equal(intoApi([{ fromEndpoints: [{}] }])(INTERNET), "none");
    for (const member of ["fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet", "fromNodes"]) {
      assert.equal(intoApi([{ [member]: [], toPorts: tcp("80") }])("shop/web"), "none", member);
    }
  });

  it("ports without peers are everybody's", () => {
    const from = intoApi([{ toPorts: tcp("80") }]);
    assert.equal(from("pay/web"), "TCP 80");
    assert.equal(from(INTERNET), "TCP 80");
    assert.equal(intoApi([{ toPorts: [] }])("shop/web"), "none", "no ports stated: a rule of nothing");
    assert.equal(intoApi([{ fromEndpoints: [{}], toPorts: [{}] }])("shop/web"), "none", "an entry of no ports");
  });

  it("a policy without rules is none to Cilium, so nobody knows what was meant", () => {
    for (const spec of [API, { ...API, ingress: [] }, { ...API, ingress: null, egress: [] }]) {
      assert.equal(allowedPorts(network([cnp(spec)]), "shop/web", "shop/api"), "none ? all ports");
    }
  });

  it("isolates only in directions that have rules", () => {
    const made = network([cnp({ ...API, ingress: [{}] })]);
    assert.equal(allowedPorts(made, "shop/api", "shop/web"), "all ports");
    const both = network([cnp({ ...API, ingressDeny: [{}], egressDeny: [{}] })]);
    assert.equal(allowedPorts(both, "shop/api", "shop/web"), "none");
    assert.equal(allowedPorts(both, "shop/web", "shop/api"), "none");
  });

  it("does not isolate where enableDefaultDeny is off", () => {
    const made = network([cnp({ ...API, ingress: [{ fromEndpoints: [{}] }], enableDefaultDeny: { ingress: false } })]);
    assert.equal(allowedPorts(made, "pay/web", "shop/api"), "all ports");
    const off = config({ "enable-non-default-deny-policies": "false" });
    const ignored = network([cnp({ ...API, ingress: [{}], enableDefaultDeny: { ingress: false } }), off]);
    assert.equal(allowedPorts(ignored, "pay/web", "shop/api"), "none");
    const true_ = network([cnp({ ...API, ingress: [{}], enableDefaultDeny: { egress: true } })]);
    assert.equal(allowedPorts(true_, "shop/api", "shop/web"), "all ports", "of a direction without rules");
  });
});

describe("denials of Cilium", () => {
  const deny = cnp(
    { ...API, ingressDeny: [{ fromEndpoints: [labels({ app: "web" })], toPorts: tcp("80") }] },
    "shop/deny",
  );
  const allow = cnp({ ...API, ingress: [{ fromEndpoints: [{}] }] });
  const plain = objectText("networking.k8s.io/v1", "NetworkPolicy", "shop/plain", {
    spec: { podSelector: labels({ app: "api" }), ingress: [{ from: [{ podSelector: {} }] }] },
  });

  it("beat what Cilium's policies and NetworkPolicy allow", () => {
    for (const policy of [allow, plain]) {
      const made = network([policy, deny]);
      assert.match(allowedPorts(made, "shop/web", "shop/api"), /^TCP 1-79,81-65535, UDP, SCTP/);
      assert.equal(allowedPorts(made, "shop/db", "shop/api"), "all ports");
    }
  });

  it("are a union with NetworkPolicy in what they allow", () => {
    const made = network([plain, cnp({ ...API, ingress: [{ fromEntities: ["world"], toPorts: tcp("443") }] })]);
    assert.equal(allowedPorts(made, "shop/web", "shop/api"), "all ports");
    assert.equal(allowedPorts(made, INTERNET, "shop/api"), "TCP 443");
    assert.equal(allowedPorts(made, "pay/web", "shop/api"), "none");
  });

  it("isolate, as allowing does", () => {
    assert.equal(allowedPorts(network([deny]), "shop/db", "shop/api"), "none");
  });

  it("cannot be by domain or request", () => {
    const byName = cnp({ ...API, egressDeny: [{ toFQDNs: [{ matchName: "a.b" }] }] });
    assert.deepEqual(codes(network([byName])), ["network.invalid-policy"]);
    const request = cnp({ ...API, ingressDeny: [{ toPorts: [{ ...tcp("80")[0], rules: { http: [{}] } }] }] });
    assert.deepEqual(codes(network([request])), ["network.invalid-policy"]);
  });
});

describe("policies that Cilium or the API server refuses", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["two members", { fromEndpoints: [{}], fromEntities: ["world"] }],
    ["an unknown field", { fromEndpoint: [{}], toPorts: tcp("80") }],
    ["an unknown entity", { fromEntities: ["internet"] }],
    ["no CIDR", { fromCIDR: ["10.0.0.0/33"] }],
    ["an exception outside", { fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["11.0.0.0/8"] }] }],
    ["an address for a CIDR", { fromCIDRSet: [{ cidr: "10.0.0.1" }] }],
    ["a port as a number", { toPorts: [{ ports: [{ port: 80 }] }] }],
    ["no port", { toPorts: [{ ports: [{ protocol: "TCP" }] }] }],
    ["a protocol in small letters", { toPorts: [{ ports: [{ port: "53", protocol: "udp" }] }] }],
    ["an unknown protocol", { toPorts: [{ ports: [{ port: "80", protocol: "HTTP" }] }] }],
    ["ports beside ICMP", { toPorts: tcp("80"), icmps: [{ fields: [{ type: 8 }] }] }],
    ["DNS rules into pods", { toPorts: [{ ports: [{ port: "53", protocol: "UDP" }], rules: { dns: [{}] } }] }],
    ["HTTP rules over UDP", { toPorts: [{ ports: [{ port: "53", protocol: "UDP" }], rules: { http: [{}] } }] }],
    ["rules of two protocols", { toPorts: [{ ...tcp("80")[0], rules: { http: [{}], kafka: [{}] } }] }],
    ["a listener into pods", { toPorts: [{ ...tcp("80")[0], listener: { name: "a" } }] }],
    ["an unknown operator", { fromEndpoints: [{ matchExpressions: [{ key: "a", operator: "Gt" }] }] }],
    ["no values", { fromEndpoints: [{ matchExpressions: [{ key: "a", operator: "In" }] }] }],
    ["requirements that were removed", { fromRequires: [labels({ a: "b" })] }],
    ["a selector in place of a list", { fromEndpoints: {} }],
    ["a rule that is none", "all"],
  ];
  for (const [what, rule] of refused) {
    it(`are unknown for the pods that they select: ${what}`, () => {
      const made = network([cnp({ ...API, ingress: [rule] })]);
      assert.deepEqual(codes(made), ["network.invalid-policy"]);
      assert.match(allowedPorts(made, "shop/web", "shop/api"), /^none \? /);
      assert.equal(allowedPorts(made, "shop/web", "shop/db"), "all ports", "of no other pods");
    });
  }

  it("are unknown where the whole is wrong", () => {
    for (const spec of [
      { ...API, nodeSelector: {}, ingress: [{}] },
      { ingress: [{}] },
      { nodeSelector: {}, ingress: [{}] },
      { ...API, ingress: [{}], ingres: [] },
    ]) {
      assert.ok(codes(network([cnp(spec)])).includes("network.invalid-policy"), JSON.stringify(spec));
    }
    assert.deepEqual(codes(network([objectText("cilium.io/v2", "CiliumNetworkPolicy", "shop/none", {})])), [
      "network.invalid-policy",
    ]);
  });

  it("needs the proxy for requests", () => {
    const rule = { fromEndpoints: [{}], toPorts: [{ ...tcp("80")[0], rules: { http: [{ path: "/" }] } }] };
    const made = network([cnp({ ...API, ingress: [rule] }), config({ "enable-l7-proxy": "false" })]);
    assert.deepEqual(codes(made), ["network.invalid-policy"]);
  });
});

describe("the configuration of Cilium", () => {
  const isolated = cnp({ ...API, ingress: [{}] });

  it("may keep policies from having effect", () => {
    for (const data of [
      { "enable-policy": "never" },
      { "policy-audit-mode": "true" },
      { "enable-cilium-network-policy": "false" },
    ]) {
      const made = network([isolated, config(data)]);
      assert.equal(allowedPorts(made, "shop/web", "shop/api"), "all ports", JSON.stringify(data));
      assert.deepEqual(codes(made), ["network.policy-without-effect"]);
    }
  });

  it("may keep others' policies from having effect", () => {
    const plain = objectText("networking.k8s.io/v1", "NetworkPolicy", "shop/plain", { spec: { podSelector: {} } });
    const into = (data: Readonly<Record<string, string>>) =>
      allowedPorts(network([plain, config(data)]), "shop/web", "shop/api");
    assert.equal(into({}), "none");
    assert.equal(into({ "enable-policy": "never" }), "all ports");
    assert.equal(into({ "policy-audit-mode": "true" }), "all ports");
    assert.equal(into({ "enable-k8s-networkpolicy": "false" }), "none ? all ports");
  });

  it("may isolate all pods", () => {
    const made = network([
      cnp({ ...API, ingress: [{ fromEntities: ["all"] }] }),
      config({ "enable-policy": "always" }),
    ]);
    assert.equal(allowedPorts(made, "shop/web", "shop/db"), "none");
    assert.equal(allowedPorts(made, "shop/web", "shop/api"), "none", "which nothing lets out of shop/web");
    assert.equal(allowedPorts(made, INTERNET, "shop/api"), "all ports");
  });

  it("decides which labels there are to select by", () => {
    const versioned = podText(
      "shop/v app=v pod-template-hash=1 zone.beta.kubernetes.io/x=1 app.kubernetes.io/name=v team=a",
    );
    const from = (label: string, value: string, data?: Readonly<Record<string, string>>) => {
      const policy = cnp({ ...API, ingress: [{ fromEndpoints: [labels({ [label]: value })] }] });
      return allowedPorts(
        network([versioned, policy, ...(data === undefined ? [] : [config(data)])]),
        "shop/v",
        "shop/api",
      );
    };
    assert.equal(from("pod-template-hash", "1", {}), "none");
    assert.equal(from("zone.beta.kubernetes.io/x", "1", {}), "none");
    assert.equal(from("app.kubernetes.io/name", "v", {}), "all ports");
    assert.equal(from("pod-template-hash", "1"), "none ? all ports", "without the configuration");
    assert.equal(from("team", "a", { labels: "k8s:app" }), "none", "inclusive patterns leave out the rest");
    assert.equal(from("app", "v", { labels: "k8s:app" }), "all ports");
    assert.equal(from("app.kubernetes.io/name", "v", { labels: "k8s:app" }), "all ports");
    assert.equal(from("team", "a", { labels: "k8s:!team" }), "none");
    assert.equal(from("app", "v", { labels: "k8s:!team" }), "all ports");
    assert.equal(from("team", "a", { labels: "k8s:(a|t)eam" }), "none ? all ports", "a pattern that is not read");
  });

  it("is not used where several differ, or nodes have their own", () => {
    const second = objectText("v1", "ConfigMap", "other/cilium-config", { data: { "enable-policy": "never" } });
    const made = network([isolated, config({ "enable-policy": "always" }), second]);
    assert.deepEqual(codes(made), ["network.cilium-config"]);
    assert.equal(allowedPorts(made, "shop/web", "shop/api"), "none");
    const nodes = objectText("cilium.io/v2", "CiliumNodeConfig", "kube-system/some", { spec: { defaults: {} } });
    assert.deepEqual(codes(network([isolated, nodes])), ["network.cilium-config"]);
  });

  it("is of no interest where another CNI enforces policies", () => {
    for (const cni of ["calico", "none"] as const) {
      const made = network([isolated], { cni });
      assert.deepEqual(codes(made), ["network.policy-of-other-cni"]);
      assert.equal(allowedPorts(made, "shop/web", "shop/api"), "all ports");
    }
    assert.equal(allowedPorts(network([isolated], { cni: "cilium" }), "shop/web", "shop/api"), "none");
  });
});

describe("rules of Cilium", () => {
  it("name the policy, their field and a document", () => {
    const made = network([
      cnp({ ...API, ingress: [{ fromEndpoints: [{}], toPorts: tcp("80") }, { fromEntities: ["world"] }] }),
    ]);
    assert.deepEqual(
      made.rules.map(({ field, action, role }) => [field.join("."), action, role]),
      [
        ["spec.ingress.0.toPorts.0", "accept", undefined],
        ["spec.ingress.1", "accept", undefined],
        ["spec.ingress", "deny", "isolation"],
      ],
    );
    assert.ok(made.rules.every(({ source }) => source?.startsWith("https://docs.cilium.io/")));
  });
});
