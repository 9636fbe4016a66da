import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AUTHZ,
  ask,
  deployment,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  PEER,
  service,
} from "../mesh/network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

const RULE = "networking.istio.io/v1 DestinationRule";
const off = { trafficPolicy: { tls: { mode: "DISABLE" } } };
const cluster = [
  istioConfig(),
  namespace("istio-system"),
  namespace("shop"),
  namespace("other"),
  deployment("shop/api", { proxy: "istio-proxy" }),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("other/in", { proxy: "istio-proxy" }),
  service("shop/api", [
    { name: "http", port: 80, targetPort: 8080 },
    { name: "admin", port: 81, targetPort: 9090 },
  ]),
  object(`${PEER} shop/default`, { mtls: { mode: "STRICT" } }),
];

/** From web and in, to the pod's port. */
function reach(objects: readonly Spec[], port = 8080) {
  const network = networkOf([...cluster, ...objects]);
  return [ask(network, "shop/web", "shop/api", port), ask(network, "other/in", "shop/api", port)];
}

describe("DestinationRule", () => {
  test("without TLS settings clients speak mTLS", () => {
    assert.deepEqual(reach([object(`${RULE} shop/api`, { host: "api" })]), ["allowed", "allowed"]);
  });

  test("DISABLE in the Service's namespace makes all clients anonymous, so that STRICT refuses them", () => {
    const network = networkOf([...cluster, object(`${RULE} shop/api`, { host: "api", ...off })]);
    assert.deepEqual(reach([object(`${RULE} shop/api`, { host: "api", ...off })]), ["denied", "denied"]);
    assert.ok(notes(network).includes("mesh.client-plaintext"));
  });

  test("SIMPLE and MUTUAL are TLS that is not the mesh's; ISTIO_MUTUAL is", () => {
    const mode = (name: string) =>
      reach([
        object(`${RULE} shop/api`, { host: "api.shop.svc.cluster.local", trafficPolicy: { tls: { mode: name } } }),
      ]);
    assert.deepEqual(mode("SIMPLE"), ["denied", "denied"]);
    assert.deepEqual(mode("MUTUAL"), ["denied", "denied"]);
    assert.deepEqual(mode("ISTIO_MUTUAL"), ["allowed", "allowed"]);
  });

  test("the client's namespace goes before the Service's, that before the root", () => {
    const host = "api.shop.svc.cluster.local";
    const own = object(`${RULE} other/api`, { host, ...off });
    assert.deepEqual(reach([own]), ["allowed", "denied"]);
    assert.deepEqual(reach([object(`${RULE} istio-system/all`, { host: "*.local", ...off })]), ["denied", "denied"]);
    const back = object(`${RULE} shop/api`, { host, trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } });
    assert.deepEqual(reach([object(`${RULE} istio-system/all`, { host: "*.local", ...off }), back]), [
      "allowed",
      "allowed",
    ]);
    assert.deepEqual(reach([object(`${RULE} shop/api`, { host, ...off, exportTo: ["."] })]), ["denied", "allowed"]);
  });

  test("settings of a port replace those of the whole", () => {
    const spec = {
      host: "api",
      trafficPolicy: { ...off.trafficPolicy, portLevelSettings: [{ port: { number: 81 } }] },
    };
    assert.deepEqual(reach([object(`${RULE} shop/api`, spec)], 8080), ["denied", "denied"]);
    assert.deepEqual(reach([object(`${RULE} shop/api`, spec)], 9090), ["allowed", "allowed"]);
  });

  test("an identity that is not presented satisfies no principal", () => {
    const objects = [
      ...cluster.slice(0, -1),
      object(`${AUTHZ} shop/api`, { rules: [{ from: [{ source: { namespaces: ["shop"] } }] }] }),
    ];
    assert.equal(ask(networkOf(objects), "shop/web", "shop/api"), "allowed");
    assert.equal(
      ask(networkOf([...objects, object(`${RULE} shop/api`, { host: "api", ...off })]), "shop/web", "shop/api"),
      "denied",
    );
  });

  test("rules of one host that differ, subsets, and another Service: unknown", () => {
    assert.deepEqual(
      reach([
        object(`${RULE} shop/a`, { host: "api", ...off }),
        object(`${RULE} shop/b`, { host: "api", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }),
      ]),
      ["unknown", "unknown"],
    );
    assert.deepEqual(
      reach([
        object(`${RULE} shop/a`, {
          host: "api",
          ...off,
          subsets: [{ name: "v1", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }],
        }),
      ]),
      ["unknown", "unknown"],
    );
    assert.deepEqual(
      reach([
        object(`${RULE} shop/a`, { host: "api", ...off }),
        service("shop/api-too", [{ port: 8080 }], { app: "api" }),
      ]),
      ["unknown", "unknown"],
    );
  });

  test("without auto mTLS only what asks for it is mTLS", () => {
    const objects = [istioConfig({ enableAutoMtls: false }), ...cluster.slice(1)];
    assert.equal(ask(networkOf(objects), "shop/web", "shop/api"), "denied");
    const asks = object(`${RULE} shop/api`, { host: "api", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } });
    assert.equal(ask(networkOf([...objects, asks]), "shop/web", "shop/api"), "allowed");
  });

  test("what cannot be read is a gap", () => {
    for (const spec of [{}, { host: "api", trafficPolicy: { tls: { mode: "OFF" } } }, { host: 3 }]) {
      assert.ok(gapCodes(networkOf([...cluster, object(`${RULE} shop/api`, spec)])).includes("network.invalid-policy"));
    }
  });
});
