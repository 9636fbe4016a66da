import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowedPorts, endpointAt } from "../written-network.fixture.ts";
import { API, cnp, INTERNET, intoApi, network, tcp } from "./cilium.fixture.ts";

describe("ports in Cilium's policies", () => {
  const ports = (...list: readonly object[]) =>
    intoApi([{ fromEndpoints: [{}], toPorts: [{ ports: list }] }])("shop/web");

  it("are of every protocol that has ports where none is stated", () => {
    assert.equal(ports({ port: "53" }), "TCP 53, UDP 53, SCTP 53");
    assert.equal(ports({ port: "53", protocol: "ANY" }), "TCP 53, UDP 53, SCTP 53");
    assert.equal(ports({ port: "53", protocol: "UDP" }), "UDP 53");
  });

  it("may be ranges, names, and all", () => {
    assert.equal(ports({ port: "80", endPort: 90, protocol: "TCP" }), "TCP 80-90");
    assert.equal(ports({ port: "80", endPort: 70, protocol: "TCP" }), "TCP 80");
    assert.equal(ports({ port: "HTTP", endPort: 90, protocol: "TCP" }), "TCP 8080", "endPort is ignored beside a name");
    assert.equal(ports({ port: "http" }), "TCP 8080");
    assert.equal(ports({ port: "absent" }), "none");
    assert.equal(ports({ port: "0", protocol: "TCP" }), "TCP");
    assert.equal(ports({ port: "0" }), "TCP, UDP, SCTP");
  });

  it("of protocols without ports are not told apart", () => {
    assert.equal(ports({ port: "0", protocol: "VRRP" }), "none ? other");
  });

  it("of ICMP are types, by number or name, of one family", () => {
    const icmps = [{ fields: [{ type: 8 }, { type: "EchoRequest", family: "IPv6" }] }];
    assert.equal(intoApi([{ fromEndpoints: [{}], icmps }])("shop/web"), "ICMP 8, ICMPv6 128");
    assert.equal(intoApi([{ icmps: [{ fields: [{ type: "EchoReply" }] }] }])(INTERNET), "ICMP 0");
  });
});

describe("requests in Cilium's policies", () => {
  const narrowing = (entry: object, more: object = {}) => {
    const egress = [{ toEndpoints: [{}], toPorts: [{ ports: [{ port: "80", protocol: "TCP" }], ...entry }], ...more }];
    const made = network([cnp({ ...API, egress })]);
    assert.deepEqual(made.gaps, []);
    assert.equal(allowedPorts(made, "shop/api", "shop/web"), "TCP 80");
    return made.rules.find(({ action }) => action === "accept")?.narrowing;
  };

  it("narrow a connection, and leave it open", () => {
    assert.equal(
      narrowing({ rules: { http: [{ method: "GET", path: "/public" }, {}] } }),
      "GET /public, any HTTP request",
    );
    assert.equal(narrowing({ rules: { dns: [{ matchPattern: "*.shop" }] } }), "DNS queries for *.shop");
    assert.equal(narrowing({ serverNames: ["a.b"] }), "TLS for a.b");
    assert.equal(
      narrowing({ listener: { name: "l", envoyConfig: { name: "c" } } }),
      "what the Envoy listener l lets through",
    );
    assert.equal(narrowing({}, { authentication: { mode: "required" } }), "connections with mutual authentication");
  });

  it("narrow nothing that another rule allows whole", () => {
    const rule = { fromEndpoints: [{}], toPorts: [{ ...tcp("80")[0], rules: { http: [{ path: "/" }] } }] };
    const made = network([cnp({ ...API, ingress: [rule, { fromEndpoints: [{}], toPorts: tcp("80") }] })]);
    const { stages } = made.explain(endpointAt(made, "shop/web"), endpointAt(made, "shop/api"));
    const [first] = stages.find(({ name }) => name === "network-ingress")?.steps ?? [];
    assert.deepEqual([first?.rule.field.slice(0, 3), first?.rule.narrowing], [["spec", "ingress", 1], undefined]);
  });

  it("narrow nothing where there are none", () => {
    assert.equal(narrowing({ rules: {} }), undefined);
    assert.equal(narrowing({ rules: { http: [] } }), undefined);
    assert.equal(narrowing({}, { authentication: { mode: "disabled" } }), undefined);
  });

  it("allow nothing where authentication always fails", () => {
    const rule = { fromEndpoints: [{}], authentication: { mode: "test-always-fail" } };
    assert.equal(intoApi([rule])("shop/web"), "none");
  });
});
