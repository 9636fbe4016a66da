import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Answer,
  AUTHZ,
  ask,
  askUdp,
  deployment,
  find,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  service,
} from "../mesh/network.fixture.ts";

const cluster = [
  istioConfig(),
  namespace("istio-system"),
  namespace("shop"),
  namespace("other"),
  deployment("shop/api", { proxy: "istio-proxy" }),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("other/in", { proxy: "istio-proxy" }),
  deployment("other/plain"),
];

type Spec = Readonly<Record<string, unknown>>;

function withPolicy(spec: Spec, metadata: Spec = {}, more: readonly Spec[] = []) {
  return networkOf([...cluster, ...more, object(`${AUTHZ} shop/policy`, spec, metadata)]);
}

/** To shop/api:8080 from web, in, plain, and the internet. */
function reach(network: ReturnType<typeof networkOf>, port = 8080): readonly Answer[] {
  return ["shop/web", "other/in", "other/plain", "internet"].map((from) => ask(network, from, "shop/api", port));
}

const from = (source: Spec): Spec => ({ rules: [{ from: [{ source }] }] });

describe("AuthorizationPolicy", () => {
  test("without an ALLOW policy everything is let in", () => {
    assert.deepEqual(reach(networkOf(cluster)), ["allowed", "allowed", "allowed", "allowed"]);
  });

  test("ALLOW without rules denies everything, one with an empty rule allows it", () => {
    for (const spec of [{}, { action: "ALLOW" }, { rules: [] }]) {
      assert.deepEqual(reach(withPolicy(spec)), ["denied", "denied", "denied", "denied"]);
    }
    const all = withPolicy({ rules: [{}] });
    assert.deepEqual(reach(all), ["allowed", "allowed", "allowed", "allowed"]);
    assert.ok(notes(all).includes("mesh.allows-everyone"));
  });

  test("TCP alone is authorized", () => {
    assert.equal(askUdp(withPolicy({}), "other/plain", "shop/api", 53), "allowed");
  });

  test("principals, by name, prefix, suffix and presence", () => {
    const of = (value: string) => reach(withPolicy(from({ principals: [value] })));
    assert.deepEqual(of("cluster.local/ns/shop/sa/web"), ["allowed", "denied", "denied", "denied"]);
    assert.deepEqual(of("cluster.local/ns/other/*"), ["denied", "allowed", "denied", "denied"]);
    assert.deepEqual(of("*/sa/web"), ["allowed", "denied", "denied", "denied"]);
    assert.deepEqual(of("*"), ["allowed", "allowed", "denied", "denied"]);
    assert.deepEqual(of("cluster.local/ns/shop/sa/we"), ["denied", "denied", "denied", "denied"]);
  });

  test("namespaces, with a wildcard anywhere", () => {
    const of = (value: string) => reach(withPolicy(from({ namespaces: [value] })));
    assert.deepEqual(of("shop"), ["allowed", "denied", "denied", "denied"]);
    assert.deepEqual(of("*"), ["allowed", "allowed", "denied", "denied"]);
    assert.deepEqual(of("o*r"), ["denied", "allowed", "denied", "denied"]);
  });

  test("serviceAccounts, short ones of the policy's own namespace", () => {
    const of = (value: string) => reach(withPolicy(from({ serviceAccounts: [value] })));
    assert.deepEqual(of("web"), ["allowed", "denied", "denied", "denied"]);
    assert.deepEqual(of("other/in"), ["denied", "allowed", "denied", "denied"]);
  });

  test("all fields of a source must match, any source may", () => {
    const both = withPolicy(from({ namespaces: ["other"], principals: ["*/sa/web"] }));
    assert.deepEqual(reach(both), ["denied", "denied", "denied", "denied"]);
    const either = withPolicy({
      rules: [{ from: [{ source: { namespaces: ["other"] } }, { source: { principals: ["*/sa/web"] } }] }],
    });
    assert.deepEqual(reach(either), ["allowed", "allowed", "denied", "denied"]);
  });

  test("a negative condition matches whoever presents no identity (ISTIO-SECURITY-2021-004)", () => {
    const network = withPolicy(from({ notNamespaces: ["shop"] }));
    assert.deepEqual(reach(network), ["denied", "allowed", "allowed", "allowed"]);
    assert.ok(notes(network).includes("mesh.allows-plaintext"));
    assert.deepEqual(reach(withPolicy(from({ notPrincipals: ["*"] }))), ["denied", "denied", "allowed", "allowed"]);
    assert.deepEqual(reach(withPolicy({ action: "DENY", ...from({ notPrincipals: ["*"] }) })), [
      "allowed",
      "allowed",
      "denied",
      "denied",
    ]);
  });

  test("a positive and a negative one together leave out plaintext", () => {
    const network = withPolicy(from({ namespaces: ["*"], notNamespaces: ["other"] }));
    assert.deepEqual(reach(network), ["allowed", "denied", "denied", "denied"]);
  });

  test("DENY goes before ALLOW", () => {
    const deny = object(`${AUTHZ} shop/deny`, { action: "DENY", ...from({ namespaces: ["other"] }) });
    assert.deepEqual(reach(withPolicy({ rules: [{}] }, {}, [deny])), ["allowed", "denied", "allowed", "allowed"]);
  });

  test("ports are the pod's, and all TCP where none are named", () => {
    const network = withPolicy({
      rules: [{ to: [{ operation: { ports: ["8080"] } }, { operation: { ports: ["9090"] } }] }],
    });
    assert.deepEqual(
      [8080, 9090, 9091].map((port) => ask(network, "other/plain", "shop/api", port)),
      ["allowed", "allowed", "denied"],
    );
    const others = withPolicy({ action: "DENY", rules: [{ to: [{ operation: { notPorts: ["8080"] } }] }] });
    assert.deepEqual(
      [8080, 9090].map((port) => ask(others, "other/plain", "shop/api", port)),
      ["allowed", "denied"],
    );
  });

  test("ports of the proxy itself are held by nobody", () => {
    assert.equal(ask(withPolicy({}), "other/plain", "shop/api", 15_090), "allowed");
  });

  test("conditions of the connection", () => {
    const when = (key: string, values: Spec) => reach(withPolicy({ rules: [{ when: [{ key, ...values }] }] }));
    assert.deepEqual(when("source.namespace", { values: ["shop"] }), ["allowed", "denied", "denied", "denied"]);
    assert.deepEqual(when("source.namespace", { notValues: ["shop"] }), ["denied", "allowed", "allowed", "allowed"]);
    assert.deepEqual(when("source.principal", { values: ["*"] }), ["allowed", "allowed", "denied", "denied"]);
    assert.deepEqual(when("source.serviceAccount", { values: ["shop/web"] }), [
      "allowed",
      "denied",
      "denied",
      "denied",
    ]);
    assert.deepEqual(when("destination.port", { values: ["9090"] }), ["denied", "denied", "denied", "denied"]);
    assert.deepEqual(when("destination.ip", { values: ["10.0.0.0/8"] }), ["unknown", "unknown", "unknown", "unknown"]);
  });

  test("addresses: of the internet, and of pods where they are known", () => {
    const block = (source: Spec, podCidrs: Spec = {}) =>
      networkOf([...cluster, object(`${AUTHZ} shop/policy`, from(source))], podCidrs);
    const outside = block({ ipBlocks: ["203.0.113.0/24"] });
    assert.equal(ask(outside, "203.0.113.0/24", "shop/api"), "allowed");
    assert.equal(ask(outside, "internet", "shop/api"), "denied");
    const pods = { podCidrs: [{ family: 4, first: 0x0a000000n, last: 0x0a00ffffn }] };
    assert.equal(ask(block({ ipBlocks: ["203.0.113.0/24"] }, pods), "shop/web", "shop/api"), "denied");
    assert.equal(
      ask(block({ ipBlocks: ["10.0.0.0/8"], namespaces: ["shop"] }, pods), "shop/web", "shop/api"),
      "allowed",
    );
    assert.equal(
      ask(block({ ipBlocks: ["10.0.0.0/8"], namespaces: ["shop"] }, pods), "other/in", "shop/api"),
      "denied",
    );
    assert.equal(
      ask(block({ notIpBlocks: ["10.0.0.0/8"], namespaces: ["shop"] }, pods), "shop/web", "shop/api"),
      "denied",
    );
    assert.equal(ask(block({ ipBlocks: ["10.0.0.0/8"], namespaces: ["shop"] }), "shop/web", "shop/api"), "unknown");
  });

  test("a selector picks by labels, in the root namespace everywhere", () => {
    const selector = { matchLabels: { app: "api" } };
    assert.equal(ask(withPolicy({ selector }), "other/plain", "shop/web"), "allowed");
    assert.equal(ask(withPolicy({ selector }), "other/plain", "shop/api"), "denied");
    const root = networkOf([...cluster, object(`${AUTHZ} istio-system/policy`, { selector })]);
    assert.equal(ask(root, "other/plain", "shop/api"), "denied");
    assert.equal(ask(root, "other/plain", "other/in"), "allowed");
    const unread = networkOf([...cluster.slice(1), object(`${AUTHZ} istio-system/policy`, { selector })]);
    assert.equal(ask(unread, "other/plain", "shop/api"), "unknown");
  });

  test("without a proxy nobody holds a policy, and that is told", () => {
    const network = networkOf([
      ...cluster,
      object(`${AUTHZ} other/policy`, { selector: { matchLabels: { app: "plain" } } }),
    ]);
    assert.equal(ask(network, "shop/web", "other/plain"), "allowed");
    assert.ok(notes(network).includes("mesh.policy-without-effect"));
  });

  test("AUDIT and a dry run decide nothing", () => {
    assert.deepEqual(reach(withPolicy({ action: "AUDIT", rules: [{}] })), ["allowed", "allowed", "allowed", "allowed"]);
    const dry = withPolicy({ action: "DENY", rules: [{}] }, { annotations: { "istio.io/dry-run": "true" } });
    assert.deepEqual(reach(dry), ["allowed", "allowed", "allowed", "allowed"]);
    assert.ok(notes(dry).includes("mesh.policy-ignored"));
  });

  test("CUSTOM is its authorizer's to decide", () => {
    const spec = { action: "CUSTOM", provider: { name: "opa" }, rules: [{ to: [{ operation: { ports: ["8080"] } }] }] };
    const network = withPolicy(spec);
    assert.deepEqual(reach(network), ["unknown", "unknown", "unknown", "unknown"]);
    assert.deepEqual(reach(network, 9090), ["allowed", "allowed", "allowed", "allowed"]);
    const closed = networkOf([...cluster, object(`${AUTHZ} shop/custom`, spec), object(`${AUTHZ} shop/none`, {})]);
    assert.deepEqual(reach(closed), ["denied", "denied", "denied", "denied"], "it cannot allow what another denies");
  });

  describe("requests", () => {
    const get = { to: [{ operation: { methods: ["GET"], ports: ["8080"] } }] };
    const tcp = (port: Spec) => service("shop/api", [{ port: 80, targetPort: 8080, ...port }]);

    test("an allowing rule narrows the connection", () => {
      const network = withPolicy({ rules: [get] });
      assert.deepEqual(reach(network), ["allowed", "allowed", "allowed", "allowed"]);
      assert.deepEqual(reach(network, 9090), ["denied", "denied", "denied", "denied"]);
      assert.equal(network.rules.find(({ action }) => action === "accept")?.narrowing, "requests by methods");
    });

    test("a whole allow counts before a narrowed one", () => {
      const network = withPolicy({ rules: [get, { from: [{ source: { namespaces: ["shop"] } }] }] });
      const { stages } = network.explain(find(network, "shop/web"), find(network, "shop/api"));
      const step = stages.find(({ name }) => name === "mesh-authorization")?.steps[0];
      assert.equal(step?.rule.narrowing, undefined);
    });

    test("a denying one leaves the connection and is told", () => {
      const network = withPolicy({ action: "DENY", rules: [get] });
      assert.deepEqual(reach(network), ["allowed", "allowed", "allowed", "allowed"]);
      assert.ok(notes(network).includes("mesh.rule-requests-only"));
    });

    test("on a port declared as TCP requests are not looked at: ALLOW never matches, DENY always", () => {
      for (const port of [{ name: "tcp-db" }, { name: "db", appProtocol: "tcp" }, { name: "https" }]) {
        assert.deepEqual(reach(withPolicy({ rules: [get] }, {}, [tcp(port)])), [
          "denied",
          "denied",
          "denied",
          "denied",
        ]);
        const denies = withPolicy({ action: "DENY", rules: [get] }, {}, [tcp(port)]);
        assert.deepEqual(reach(denies), ["denied", "denied", "denied", "denied"]);
        assert.ok(notes(denies).includes("mesh.rule-wider"));
      }
      for (const port of [{ name: "http" }, { name: "other" }, { name: "tcp-db", appProtocol: "http" }]) {
        assert.deepEqual(reach(withPolicy({ rules: [get] }, {}, [tcp(port)])), [
          "allowed",
          "allowed",
          "allowed",
          "allowed",
        ]);
      }
    });

    test("conditions on requests, on the source and on the whole rule", () => {
      for (const rule of [
        { from: [{ source: { requestPrincipals: ["*"] } }] },
        { from: [{ source: { remoteIpBlocks: ["10.0.0.0/8"] } }] },
        { when: [{ key: "request.headers[x-a]", values: ["b"] }] },
        { when: [{ key: "connection.sni", values: ["b"] }] },
      ]) {
        const network = withPolicy({ rules: [rule] });
        assert.deepEqual(reach(network), ["allowed", "allowed", "allowed", "allowed"]);
        assert.ok(network.rules.some(({ action, narrowing }) => action === "accept" && narrowing !== undefined));
      }
    });
  });

  describe("trust domains", () => {
    const domain = (principal: string, config: Spec, policy = "principals") =>
      reach(
        networkOf([
          istioConfig(config),
          ...cluster.slice(1),
          object(`${AUTHZ} shop/policy`, from({ [policy]: [principal] })),
        ]),
      )[0];

    test("cluster.local and the aliases stand for the mesh's own", () => {
      const config = { trustDomain: "td1", trustDomainAliases: ["td2"] };
      assert.equal(domain("cluster.local/ns/shop/sa/web", config), "allowed");
      assert.equal(domain("td1/ns/shop/sa/web", config), "allowed");
      assert.equal(domain("td2/ns/shop/sa/web", config), "allowed");
      assert.equal(domain("td3/ns/shop/sa/web", config), "denied");
      assert.equal(domain("td2", config, "trustDomains"), "allowed");
      assert.equal(domain("td3", config, "trustDomains"), "denied");
    });

    test("without the configuration another domain may be the mesh's own", () => {
      const network = networkOf([
        ...cluster.slice(1),
        object(`${AUTHZ} shop/policy`, from({ principals: ["td3/ns/shop/sa/web"] })),
      ]);
      assert.deepEqual(reach(network), ["unknown", "denied", "denied", "denied"]);
    });
  });

  test("what istiod refuses leaves the workloads unknown", () => {
    for (const spec of [
      { action: "DENY" },
      { action: "REFUSE", rules: [{}] },
      { rules: [{ from: [] }] },
      { rules: [{ from: [{ source: {} }] }] },
      { rules: [{ to: [{ operation: {} }] }] },
      { rules: [{ to: [{ operation: { ports: ["http"] } }] }] },
      { rules: [{ from: [{ source: { ipBlocks: ["10.0.0.0/99"] } }] }] },
      { rules: [{ from: [{ source: { principal: ["x"] } }] }] },
      { rules: [{ when: [{ key: "source.color", values: ["red"] }] }] },
      { rules: [{ when: [{ key: "source.ip" }] }] },
      { rules: "all" },
      {
        selector: { matchLabels: { app: "api" } },
        targetRefs: [{ kind: "Gateway", group: "gateway.networking.k8s.io", name: "x" }],
      },
    ]) {
      const network = withPolicy(spec);
      assert.equal(ask(network, "other/plain", "shop/api"), "unknown", JSON.stringify(spec));
      assert.ok(gapCodes(network).includes("network.invalid-policy"));
      assert.equal(ask(network, "shop/api", "other/in"), "allowed");
    }
  });

  test("a label that the injector adds selects nobody knows whom", () => {
    const selector = { matchLabels: { app: "api", "service.istio.io/canonical-name": "api" } };
    const network = withPolicy({ selector });
    assert.equal(ask(network, "other/plain", "shop/api"), "unknown");
    assert.equal(ask(network, "other/plain", "shop/web"), "allowed");
  });

  test("facts of the workload", () => {
    const network = withPolicy({ selector: { matchLabels: { app: "api" } }, rules: [{}] });
    const of = (name: string) => network.mesh?.workloads[find(network, name)]?.authorization;
    assert.equal(of("shop/api")?.default, "isolated");
    assert.deepEqual(
      of("shop/api")?.policies.map(({ object: { name }, action, everyone }) => [name, action, everyone]),
      [["policy", "allow", true]],
    );
    assert.deepEqual(of("shop/web"), { default: "open", policies: [] });
  });
});
