import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
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
  PEER,
  service,
  ztunnel,
} from "../mesh/network.fixture.ts";

const strict = { mtls: { mode: "STRICT" } };

/** Two workloads with sidecars and one without, in namespaces of their own. */
const cluster = [
  istioConfig(),
  namespace("istio-system"),
  namespace("shop"),
  namespace("other"),
  deployment("shop/api", { proxy: "istio-proxy" }),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("other/plain"),
];

function modeOf(network: ReturnType<typeof networkOf>, name: string, port?: number) {
  const mtls = network.mesh?.workloads[find(network, name)]?.mtls;
  const found = port === undefined ? mtls : (mtls?.ports.get(port) ?? mtls);
  return found === undefined
    ? undefined
    : `${found.mode} by ${found.decidedBy?.object.name ?? "nothing"}${found.doubt === undefined ? "" : "?"}`;
}

describe("PeerAuthentication", () => {
  test("without any, mTLS is PERMISSIVE and plaintext is let in", () => {
    const network = networkOf(cluster);
    assert.equal(modeOf(network, "shop/api"), "PERMISSIVE by nothing");
    assert.equal(ask(network, "other/plain", "shop/api"), "allowed");
    assert.equal(modeOf(network, "other/plain"), undefined);
  });

  test("STRICT in a namespace refuses plaintext, from everywhere, and is nobody's elsewhere", () => {
    const network = networkOf([...cluster, object(`${PEER} shop/default`, strict)]);
    assert.equal(ask(network, "shop/web", "shop/api"), "allowed");
    assert.equal(ask(network, "other/plain", "shop/api"), "denied");
    assert.equal(ask(network, "internet", "shop/api"), "denied");
    assert.equal(ask(network, "shop/web", "other/plain"), "allowed");
    assert.equal(modeOf(network, "shop/api"), "STRICT by default");
  });

  test("UDP passes by the proxy", () => {
    const network = networkOf([...cluster, object(`${PEER} shop/default`, strict)]);
    assert.equal(askUdp(network, "other/plain", "shop/api", 53), "allowed");
  });

  test("a workload's policy goes before the namespace's, that before the mesh's", () => {
    const network = networkOf([
      ...cluster,
      object(`${PEER} istio-system/mesh`, strict),
      object(`${PEER} shop/namespace`, { mtls: { mode: "PERMISSIVE" } }),
      object(`${PEER} shop/workload`, { selector: { matchLabels: { app: "api" } }, ...strict }),
      deployment("other/in", { proxy: "istio-proxy" }),
    ]);
    assert.equal(modeOf(network, "shop/api"), "STRICT by workload");
    assert.equal(modeOf(network, "shop/web"), "PERMISSIVE by namespace");
    assert.equal(modeOf(network, "other/in"), "STRICT by mesh");
    assert.equal(ask(network, "other/plain", "shop/web"), "allowed");
    assert.equal(ask(network, "other/plain", "other/in"), "denied");
  });

  test("UNSET inherits, an empty policy too", () => {
    const network = networkOf([
      ...cluster,
      object(`${PEER} istio-system/mesh`, strict),
      object(`${PEER} shop/namespace`, {}),
      object(`${PEER} shop/workload`, { selector: { matchLabels: { app: "api" } }, mtls: { mode: "UNSET" } }),
    ]);
    assert.equal(modeOf(network, "shop/api"), "STRICT by mesh");
    assert.equal(modeOf(network, "shop/web"), "STRICT by mesh");
  });

  test("portLevelMtls is about the pod's ports", () => {
    const network = networkOf([
      ...cluster,
      object(`${PEER} shop/workload`, {
        selector: { matchLabels: { app: "api" } },
        ...strict,
        portLevelMtls: { 9090: { mode: "DISABLE" }, 9091: { mode: "UNSET" }, 9092: { mode: "PERMISSIVE" } },
      }),
    ]);
    assert.deepEqual(
      [8080, 9090, 9091, 9092].map((port) => ask(network, "other/plain", "shop/api", port)),
      ["denied", "allowed", "denied", "allowed"],
    );
    assert.equal(modeOf(network, "shop/api", 9090), "DISABLE by workload");
  });

  test("a single STRICT port closes that port", () => {
    const network = networkOf([
      ...cluster,
      object(`${PEER} shop/workload`, {
        selector: { matchLabels: { app: "api" } },
        portLevelMtls: { 9090: { mode: "STRICT" } },
      }),
    ]);
    assert.deepEqual(
      [8080, 9090].map((port) => ask(network, "other/plain", "shop/api", port)),
      ["allowed", "denied"],
    );
  });

  test("a selector in the root namespace makes it nobody's, and is told", () => {
    const network = networkOf([
      ...cluster,
      deployment("istio-system/tool", { proxy: "istio-proxy" }),
      object(`${PEER} istio-system/ignored`, { selector: { matchLabels: { app: "api" } }, ...strict }),
      object(`${PEER} istio-system/own`, { selector: { matchLabels: { app: "tool" } }, ...strict }),
    ]);
    assert.equal(ask(network, "other/plain", "shop/api"), "allowed");
    assert.equal(ask(network, "other/plain", "istio-system/tool"), "allowed");
    assert.ok(notes(network).includes("mesh.policy-ignored"));
  });

  test("of several the oldest counts, and where their age is not known nothing does", () => {
    const two = (created: readonly (string | undefined)[]) =>
      networkOf([
        ...cluster,
        object(
          `${PEER} shop/a`,
          { mtls: { mode: "PERMISSIVE" } },
          created[0] === undefined ? {} : { creationTimestamp: created[0] },
        ),
        object(`${PEER} shop/b`, strict, created[1] === undefined ? {} : { creationTimestamp: created[1] }),
      ]);
    const later = "2026-02-01T00:00:00Z";
    const earlier = "2026-01-01T00:00:00Z";
    assert.equal(ask(two([later, earlier]), "other/plain", "shop/api"), "denied");
    assert.equal(ask(two([earlier, later]), "other/plain", "shop/api"), "allowed");
    assert.equal(ask(two([undefined, undefined]), "other/plain", "shop/api"), "unknown");
    assert.equal(ask(two([undefined, undefined]), "shop/web", "shop/api"), "allowed");
  });

  test("a mesh's policy counts for certain only where the root namespace is known", () => {
    const without = cluster.slice(1);
    const network = networkOf([...without, object(`${PEER} istio-system/mesh`, strict)]);
    assert.equal(ask(network, "other/plain", "shop/api"), "unknown");
    const other = networkOf([istioConfig({ rootNamespace: "mesh" }), ...without, object(`${PEER} mesh/mesh`, strict)]);
    assert.equal(ask(other, "other/plain", "shop/api"), "denied");
    const wrong = networkOf([
      istioConfig({ rootNamespace: "mesh" }),
      ...without,
      object(`${PEER} istio-system/mesh`, strict),
    ]);
    assert.equal(ask(wrong, "other/plain", "shop/api"), "allowed");
  });

  test("with DISABLE nobody presents an identity", () => {
    const network = networkOf([
      ...cluster,
      object(`${PEER} shop/off`, { mtls: { mode: "DISABLE" } }),
      object("security.istio.io/v1 AuthorizationPolicy shop/api", {
        rules: [{ from: [{ source: { namespaces: ["shop"] } }] }],
      }),
    ]);
    assert.equal(ask(network, "shop/web", "shop/api"), "denied");
  });

  test("every version of the API is read", () => {
    for (const version of ["v1", "v1beta1"]) {
      const network = networkOf([
        ...cluster,
        object(`security.istio.io/${version} PeerAuthentication shop/default`, strict),
      ]);
      assert.equal(ask(network, "other/plain", "shop/api"), "denied");
    }
  });

  test("what the API refuses leaves the workloads unknown, and no others", () => {
    for (const spec of [
      { mtls: { mode: "strict" } },
      { mtls: "STRICT" },
      { selector: { matchExpressions: [{ key: "app", operator: "Exists" }] }, ...strict },
      { portLevelMtls: { 80: { mode: "DISABLE" } } },
      { selector: { matchLabels: { app: "api" } }, portLevelMtls: { http: { mode: "STRICT" } } },
    ]) {
      const network = networkOf([...cluster, object(`${PEER} shop/broken`, spec)]);
      assert.equal(ask(network, "other/plain", "shop/api"), "unknown", JSON.stringify(spec));
      assert.equal(ask(network, "shop/api", "other/plain"), "allowed");
      assert.ok(gapCodes(network).includes("network.invalid-policy"));
    }
  });

  describe("ambient", () => {
    const ambient = [
      istioConfig(),
      ztunnel(),
      namespace("shop", { "istio.io/dataplane-mode": "ambient" }),
      namespace("other"),
      deployment("shop/api"),
      deployment("shop/web"),
      deployment("other/plain"),
    ];

    test("STRICT refuses plaintext, DISABLE is not known", () => {
      assert.equal(
        ask(networkOf([...ambient, object(`${PEER} shop/default`, strict)]), "other/plain", "shop/api"),
        "denied",
      );
      assert.equal(
        ask(networkOf([...ambient, object(`${PEER} shop/default`, strict)]), "shop/web", "shop/api"),
        "allowed",
      );
      const off = networkOf([...ambient, object(`${PEER} shop/default`, { mtls: { mode: "DISABLE" } })]);
      assert.equal(modeOf(off, "shop/api"), "PERMISSIVE by default");
      const allows = object("security.istio.io/v1 AuthorizationPolicy shop/api", {
        rules: [{ from: [{ source: { namespaces: ["shop"] } }] }],
      });
      const network = networkOf([...ambient, allows, object(`${PEER} shop/default`, { mtls: { mode: "DISABLE" } })]);
      assert.equal(ask(network, "shop/web", "shop/api"), "allowed");
    });

    test("under an inherited STRICT only a PERMISSIVE port is an exception", () => {
      const ports = (levels: object) =>
        networkOf([
          ...ambient,
          object(`${PEER} shop/default`, strict),
          object(`${PEER} shop/api`, { selector: { matchLabels: { app: "api" } }, portLevelMtls: levels }),
        ]);
      assert.equal(ask(ports({ 9090: { mode: "DISABLE" } }), "other/plain", "shop/api", 9090), "denied");
      assert.equal(ask(ports({ 9090: { mode: "PERMISSIVE" } }), "other/plain", "shop/api", 9090), "allowed");
      const both = ports({ 9090: { mode: "DISABLE" }, 9091: { mode: "PERMISSIVE" } });
      assert.equal(ask(both, "other/plain", "shop/api", 9090), "allowed");
    });

    test("what the pod's own node sends goes by ztunnel, and what another sends does not", () => {
      const network = networkOf([
        ...ambient,
        deployment("other/agent", { spec: { hostNetwork: true } }),
        object(`${PEER} shop/default`, strict),
      ]);
      // Nothing tells whether the two are on one node.
      assert.equal(ask(network, "other/agent", "shop/api"), "unknown");
      const [rule] = network.rules.filter(({ peers }) =>
        peers.some((peer) => peer.kind === "nodes" && peer.nodes === "own"),
      );
      assert.equal(rule?.action, "accept");
      assert.ok(!networkOf(ambient).rules.some(({ stage }) => stage.startsWith("mesh-")), "an open pod needs no rule");
    });
  });

  test("gateways take connections by listeners of their own", () => {
    const network = networkOf([
      ...cluster,
      deployment("shop/gateway", { proxy: "istio-proxy", annotations: { "inject.istio.io/templates": "gateway" } }),
      service("shop/gateway", [{ port: 443 }]),
      object(`${PEER} shop/default`, strict),
    ]);
    assert.equal(ask(network, "internet", "shop/gateway", 443), "allowed");
    assert.equal(modeOf(network, "shop/gateway"), undefined);
    assert.equal(ask(network, "shop/gateway", "shop/api"), "allowed");
  });
});
