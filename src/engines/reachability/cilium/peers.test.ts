import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowedPorts, objectText } from "../written-network.fixture.ts";
import { API, cnp, codes, config, INTERNET, labels, METADATA, network, tcp } from "./cilium.fixture.ts";

describe("entities of Cilium", () => {
  const egress = (...names: readonly string[]) => {
    const made = network([cnp({ ...API, egress: [{ toEntities: names }] })]);
    return (to: string) => allowedPorts(made, "shop/api", to);
  };

  it("world is outside the cluster, metadata services among it", () => {
    const to = egress("world");
    assert.equal(to(INTERNET), "all ports");
    assert.equal(to(METADATA), "all ports");
    assert.equal(to("192.168.1.1"), "all ports");
    assert.equal(to("shop/web"), "none");
    assert.equal(to("node"), "none");
  });

  it("world of one family is known by its reserved label, in a cluster of both", () => {
    const policy = cnp({ ...API, egress: [{ toEndpoints: [labels({ "reserved:world-ipv4": "" })] }] });
    const dual = (stated: Readonly<Record<string, string>>) => network([policy, config(stated)]);
    const both = dual({ "enable-ipv4": "true", "enable-ipv6": "true" });
    assert.equal(allowedPorts(both, "shop/api", INTERNET), "all ports");
    assert.equal(allowedPorts(both, "shop/api", "2001:4860::1"), "none");
    assert.equal(allowedPorts(dual({ "enable-ipv4": "true", "enable-ipv6": "false" }), "shop/api", INTERNET), "none");
    assert.equal(allowedPorts(network([policy]), "shop/api", INTERNET), "none ? all ports");
    const entity = cnp({ ...API, egress: [{ toEntities: ["world-ipv4"] }] });
    assert.deepEqual(codes(network([entity])), ["network.invalid-policy"], "which the API server does not take");
  });

  it("cluster is pods, nodes and not outside", () => {
    const to = egress("cluster");
    assert.equal(to("pay/web"), "all ports");
    assert.equal(to("shop/agent"), "all ports");
    assert.equal(to("node"), "all ports");
    assert.equal(to(INTERNET), "none");
    assert.equal(to("kubernetes.default.svc"), "all ports");
  });

  it("all is all, none and health are nobody", () => {
    assert.equal(egress("all")(INTERNET), "all ports");
    for (const name of ["none", "health", "init"]) assert.equal(egress(name)("shop/web"), "none", name);
  });

  it("host and remote-node are the node, which of the two is not known", () => {
    assert.equal(egress("host", "remote-node")("shop/web"), "none");
    assert.match(egress("host")("node"), /\? all ports$/);
    assert.match(egress("remote-node")("node"), /\? all ports$/);
  });

  it("kube-apiserver has its name, and may be a node", () => {
    const to = egress("kube-apiserver");
    assert.equal(to("kubernetes.default.svc"), "all ports");
    assert.match(to("node"), /\? all ports$/);
    assert.equal(to(INTERNET), "none");
    assert.equal(to("shop/web"), "none");
  });

  it("takes pods that the configuration adds for possible", () => {
    const added = config({ "policy-entity-selectors": '{"kube-apiserver": {"matchLabels": {"app": "web"}}}' });
    const made = network([cnp({ ...API, egress: [{ toEntities: ["kube-apiserver"] }] }), added]);
    assert.equal(allowedPorts(made, "shop/api", "shop/web"), "none ? all ports");
  });

  it("are selected by reserved labels too, without any namespace", () => {
    const outside = (from: object) => {
      const one = config({ "enable-ipv4": "true", "enable-ipv6": "false" });
      const made = network([cnp({ ...API, ingress: [{ fromEndpoints: [from] }] }), one]);
      return (pod: string) => allowedPorts(made, pod, "shop/api");
    };
    assert.equal(outside(labels({ "reserved:world": "" }))(INTERNET), "all ports");
    assert.equal(outside(labels({ "reserved:world": "" }))("shop/web"), "none");
    const anybodyElse = { matchExpressions: [{ key: "reserved:world", operator: "DoesNotExist" }] };
    assert.equal(outside(anybodyElse)(INTERNET), "none");
    assert.equal(outside(anybodyElse)("pay/web"), "all ports");
    assert.equal(outside(labels({ "reserved:health": "" }))("shop/web"), "none");
  });
});

describe("addresses in Cilium's policies", () => {
  const egress = (rule: object, ...more: readonly string[]) => {
    const made = network([cnp({ ...API, egress: [rule] }), ...more]);
    return (to: string) => allowedPorts(made, "shop/api", to);
  };

  it("are never a pod's or a node's", () => {
    const to = egress({ toCIDR: ["0.0.0.0/0", "::/0"] });
    assert.equal(to(INTERNET), "all ports");
    assert.equal(to("2001:4860::1"), "all ports");
    assert.equal(to(METADATA), "all ports");
    assert.equal(to("shop/web"), "none");
    assert.equal(to("node"), "none");
  });

  it("are a node's where the configuration says so", () => {
    const to = egress({ toCIDR: ["0.0.0.0/0"] }, config({ "policy-cidr-match-mode": "nodes" }));
    assert.match(to("node"), /all ports$/);
    assert.equal(to("shop/web"), "none");
  });

  it("may be single, and have exceptions", () => {
    assert.equal(egress({ toCIDR: ["1.2.3.4"] })("1.2.3.4"), "all ports");
    assert.equal(egress({ toCIDR: ["1.2.3.4"] })("1.2.3.5"), "none");
    const but = egress({ toCIDRSet: [{ cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] }] });
    assert.equal(but(METADATA), "none");
    assert.equal(but(INTERNET), "all ports");
  });

  it("may be a group, by name or label", () => {
    const group = `apiVersion: cilium.io/v2alpha1
kind: CiliumCIDRGroup
metadata: {name: partners, labels: {kind: partner}}
spec: {externalCIDRs: [1.2.3.0/24]}
`;
    assert.equal(egress({ toCIDRSet: [{ cidrGroupRef: "partners" }] }, group)("1.2.3.4"), "all ports");
    const but = { toCIDRSet: [{ cidrGroupRef: "partners", except: ["1.2.3.4/32"] }] };
    assert.equal(egress(but, group)("1.2.3.4"), "none");
    assert.equal(egress(but, group)("1.2.3.5"), "all ports");
    const bySelector = { toCIDRSet: [{ cidrGroupSelector: labels({ kind: "partner" }) }] };
    assert.equal(egress(bySelector, group)("1.2.3.4"), "all ports");
    assert.equal(egress(bySelector, group)(INTERNET), "none");
    assert.equal(egress({ toCIDRSet: [{ cidrGroupRef: "others" }] }, group)(INTERNET), "none ? all ports");
    assert.equal(egress({ toCIDRSet: [{ cidrGroupRef: "others" }] }, group)("shop/web"), "none");
    const broken = group.replace("1.2.3.0/24", "nonsense");
    assert.equal(egress({ toCIDRSet: [{ cidrGroupRef: "partners" }] }, broken)(INTERNET), "none ? all ports");
  });

  it("of a cloud's security group are not known", () => {
    const to = egress({ toGroups: [{ aws: { securityGroupsIds: ["sg-1"] } }], toPorts: tcp("443") });
    assert.equal(to(INTERNET), "none ? TCP 443");
    assert.equal(to("shop/web"), "none");
  });
});

describe("services, domains and nodes in Cilium's policies", () => {
  const service = (spec: object, name = "api") => objectText("v1", "Service", `shop/${name}`, { spec });
  const from = (rule: object, ...more: readonly string[]) => {
    const made = network([cnp({ endpointSelector: labels({ app: "web" }), egress: [rule] }), ...more]);
    return (to: string) => allowedPorts(made, "shop/web", to);
  };
  const byName = { toServices: [{ k8sService: { serviceName: "api", namespace: "shop" } }] };

  it("a service is the pods that it selects", () => {
    const to = from(byName, service({ selector: { app: "api" } }));
    assert.equal(to("shop/api"), "all ports");
    assert.equal(to("shop/db"), "none");
    assert.equal(to(INTERNET), "none");
  });

  it("a service may be chosen by its labels", () => {
    const labelled = JSON.parse(service({ selector: { app: "api" } }));
    labelled.metadata.labels = { tier: "back" };
    const to = from(
      { toServices: [{ k8sServiceSelector: { selector: labels({ tier: "back" }) } }] },
      `${JSON.stringify(labelled)}\n`,
    );
    assert.equal(to("shop/api"), "all ports");
    assert.equal(to("shop/db"), "none");
  });

  it("a service without a selector is its endpoints' addresses", () => {
    const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: api-1, namespace: shop, labels: {kubernetes.io/service-name: api}}
addressType: IPv4
endpoints: [{addresses: [9.9.9.9]}]
`;
    const to = from(byName, service({ ports: [{ port: 80 }] }), slice);
    assert.equal(to("9.9.9.9"), "all ports");
    assert.equal(to(INTERNET), "none");
    assert.equal(from(byName, service({ ports: [{ port: 80 }] }))(INTERNET), "none ? all ports");
  });

  it("a service that was not read is unknown", () => {
    assert.equal(from(byName)("shop/api"), "none ? all ports");
  });

  it("domains are ends of their own", () => {
    const to = from({
      toFQDNs: [{ matchName: "API.example.com." }, { matchPattern: "*.example.org" }],
      toPorts: tcp("443"),
    });
    assert.equal(to("api.example.com"), "TCP 443");
    assert.equal(to("*.example.org"), "TCP 443");
    assert.equal(to(INTERNET), "none");
    assert.equal(to(METADATA), "none");
  });

  it("every domain is every address", () => {
    const to = from({ toFQDNs: [{ matchPattern: "*" }] });
    assert.equal(to(INTERNET), "all ports");
    assert.equal(to(METADATA), "all ports");
    assert.equal(to("shop/api"), "none");
  });

  it("nodes are known by labels where Cilium tells them apart", () => {
    const node = `apiVersion: v1
kind: Node
metadata: {name: n1, labels: {zone: a}}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {zone: b}}
`;
    const rule = { toNodes: [labels({ zone: "a" })] };
    const on = config({ "enable-node-selector-labels": "true" });
    assert.equal(from(rule, node, on)("n1"), "all ports");
    assert.equal(from(rule, node, on)("n2"), "none");
    assert.equal(from(rule, node)("n1"), "none ? all ports");
  });
});
