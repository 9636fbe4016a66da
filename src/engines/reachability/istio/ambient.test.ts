import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Answer,
  AUTHZ,
  ask,
  deployment,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  ztunnel,
} from "../mesh/network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

const ambient = { "istio.io/dataplane-mode": "ambient" };
const cluster = [
  istioConfig({ defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } }),
  ztunnel(),
  namespace("shop", ambient),
  namespace("other", ambient),
  namespace("plain"),
  deployment("shop/api"),
  deployment("shop/web"),
  deployment("other/in"),
  deployment("plain/plain"),
];

function withPolicy(spec: Spec, ...more: readonly Spec[]) {
  return networkOf([...cluster, ...more, object(`${AUTHZ} shop/policy`, spec)]);
}

function reach(network: ReturnType<typeof networkOf>, port = 8080): readonly Answer[] {
  return ["shop/web", "other/in", "plain/plain"].map((from) => ask(network, from, "shop/api", port));
}

describe("ztunnel", () => {
  test("holds ALLOW and DENY of identities, addresses and ports", () => {
    assert.deepEqual(reach(withPolicy({ rules: [{ from: [{ source: { namespaces: ["shop"] } }] }] })), [
      "allowed",
      "denied",
      "denied",
    ]);
    const denies = withPolicy({
      action: "DENY",
      rules: [{ from: [{ source: { namespaces: ["other"] } }], to: [{ operation: { ports: ["8080"] } }] }],
    });
    assert.deepEqual(reach(denies), ["allowed", "denied", "allowed"]);
    assert.deepEqual(reach(denies, 9090), ["allowed", "allowed", "allowed"]);
    assert.deepEqual(reach(withPolicy({ rules: [{ from: [{ source: { serviceAccounts: ["web"] } }] }] })), [
      "allowed",
      "denied",
      "denied",
    ]);
    assert.deepEqual(reach(withPolicy({ rules: [{ from: [{ source: { notPrincipals: ["*"] } }] }] })), [
      "denied",
      "denied",
      "allowed",
    ]);
  });

  test("an ALLOW rule that looks at requests never matches: it denies more", () => {
    for (const rule of [
      { to: [{ operation: { methods: ["GET"] } }] },
      { to: [{ operation: { ports: ["8080"], paths: ["/"] } }] },
      { from: [{ source: { namespaces: ["shop"], requestPrincipals: ["*"] } }] },
      { from: [{ source: { namespaces: ["shop"] } }], when: [{ key: "request.headers[a]", values: ["b"] }] },
      { when: [{ key: "source.serviceAccount", values: ["shop/web"] }] },
    ]) {
      const network = withPolicy({ rules: [rule] });
      assert.deepEqual(reach(network), ["denied", "denied", "denied"], JSON.stringify(rule));
      assert.ok(notes(network).includes("mesh.rule-void"));
    }
  });

  test("a DENY rule is held without what looks at requests: it denies more", () => {
    const network = withPolicy({
      action: "DENY",
      rules: [
        { from: [{ source: { namespaces: ["other"] } }], to: [{ operation: { ports: ["8080"], methods: ["POST"] } }] },
      ],
    });
    assert.deepEqual(reach(network), ["allowed", "denied", "allowed"]);
    assert.ok(notes(network).includes("mesh.rule-wider"));
  });

  test("a DENY rule of nothing else denies nothing", () => {
    for (const rule of [
      { to: [{ operation: { methods: ["POST"] } }] },
      { from: [{ source: { namespaces: ["other"] } }], to: [{ operation: { methods: ["POST"] } }] },
      { from: [{ source: { requestPrincipals: ["*"] } }] },
      { from: [{ source: { namespaces: ["other"] } }], when: [{ key: "request.headers[a]", values: ["b"] }] },
    ]) {
      const network = withPolicy({ action: "DENY", rules: [rule] });
      assert.deepEqual(reach(network), ["allowed", "allowed", "allowed"], JSON.stringify(rule));
      assert.ok(notes(network).includes("mesh.rule-void"));
    }
    assert.deepEqual(reach(withPolicy({ action: "DENY", rules: [{}] })), ["denied", "denied", "denied"]);
  });

  test("trustDomains is no field that it knows", () => {
    assert.deepEqual(reach(withPolicy({ rules: [{ from: [{ source: { trustDomains: ["cluster.local"] } }] }] })), [
      "denied",
      "denied",
      "denied",
    ]);
    assert.deepEqual(
      reach(withPolicy({ rules: [{ from: [{ source: { trustDomains: ["else"], namespaces: ["shop"] } }] }] })),
      ["allowed", "denied", "denied"],
    );
  });

  test("a `*` within a name is only that", () => {
    assert.deepEqual(reach(withPolicy({ rules: [{ from: [{ source: { namespaces: ["s*p"] } }] }] })), [
      "denied",
      "denied",
      "denied",
    ]);
  });

  test("cluster.local is a trust domain like any other", () => {
    const config = istioConfig({ trustDomain: "td1" });
    const of = (principal: string) =>
      networkOf([
        config,
        ...cluster.slice(1),
        object(`${AUTHZ} shop/policy`, { rules: [{ from: [{ source: { principals: [principal] } }] }] }),
      ]);
    assert.equal(ask(of("cluster.local/ns/shop/sa/web"), "shop/web", "shop/api"), "denied");
    assert.equal(ask(of("td1/ns/shop/sa/web"), "shop/web", "shop/api"), "allowed");
  });

  test("CUSTOM is not known to it", () => {
    const network = withPolicy({ action: "CUSTOM", provider: { name: "opa" }, rules: [{}] });
    assert.deepEqual(reach(network), ["allowed", "allowed", "allowed"]);
    assert.ok(notes(network).includes("mesh.policy-ignored"));
  });

  test("with sidecars there is mTLS where they speak HBONE", () => {
    const allow = object(`${AUTHZ} shop/policy`, { rules: [{ from: [{ source: { namespaces: ["plain"] } }] }] });
    const sidecar = deployment("plain/sidecar", { proxy: "istio-proxy" });
    const from = (config: readonly Spec[]) =>
      ask(networkOf([...config, ...cluster.slice(1), sidecar, allow]), "plain/sidecar", "shop/api");
    assert.equal(from([cluster[0] as Spec]), "allowed");
    assert.equal(from([istioConfig()]), "denied");
    assert.equal(from([]), "unknown");
  });

  test("bypass-inbound-capture opens the pod", () => {
    const annotations = { "ambient.istio.io/bypass-inbound-capture": "true" };
    const network = networkOf([
      ...cluster.filter((one) => one !== cluster[5]),
      deployment("shop/api", { annotations }),
      object(`${AUTHZ} shop/policy`, {}),
    ]);
    assert.deepEqual(reach(network), ["allowed", "allowed", "allowed"]);
    assert.ok(notes(network).includes("mesh.excluded-traffic"));
  });
});
