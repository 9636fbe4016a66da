import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mutualTls } from "./mutual-tls.ts";
import {
  deployment,
  find,
  istioConfig,
  namespace,
  networkOf,
  object,
  PEER,
  service,
  ztunnel,
} from "./network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

function say(objects: readonly Spec[], from: string, to: string, port = 8080): string {
  const network = networkOf(objects);
  const { answer, alsoPlaintext, place } = mutualTls(network, find(network, from), find(network, to), port);
  return `${answer}${alsoPlaintext === true ? ", or plaintext" : ""}${place === undefined ? "" : ` (${place.object.kind})`}`;
}

const proxy = "istio-proxy";
const sidecars = [
  istioConfig(),
  namespace("shop"),
  deployment("shop/web", { proxy }),
  deployment("shop/api", { proxy }),
  deployment("shop/plain"),
  service("shop/api", [{ port: 8080 }]),
];
const strict = object(`${PEER} shop/default`, { mtls: { mode: "STRICT" } });

describe("mutualTls", () => {
  test("between sidecars by themselves; without STRICT plaintext is taken as well", () => {
    assert.equal(say(sidecars, "shop/web", "shop/api"), "mtls, or plaintext");
    assert.equal(say([...sidecars, strict], "shop/web", "shop/api"), "mtls (PeerAuthentication)");
  });

  test("with an end outside it is plaintext", () => {
    assert.equal(say(sidecars, "shop/plain", "shop/api"), "plaintext");
    assert.equal(say(sidecars, "shop/web", "shop/plain"), "plaintext");
    assert.equal(say(sidecars, "shop/web", "internet"), "plaintext");
    assert.equal(say(sidecars, "node", "shop/api"), "plaintext");
  });

  test("to an address that no Service leads to a sidecar sends plaintext", () => {
    assert.equal(say(sidecars, "shop/web", "shop/api", 9090), "unknown");
  });

  test("DISABLE at either end", () => {
    const off = object(`${PEER} shop/default`, { mtls: { mode: "DISABLE" } });
    assert.equal(say([...sidecars, off], "shop/web", "shop/api"), "plaintext (PeerAuthentication)");
    const rule = (mode: string) =>
      object("networking.istio.io/v1 DestinationRule shop/api", { host: "api", trafficPolicy: { tls: { mode } } });
    assert.equal(say([...sidecars, rule("DISABLE")], "shop/web", "shop/api"), "plaintext (DestinationRule)");
    assert.equal(say([...sidecars, rule("SIMPLE")], "shop/web", "shop/api"), "unknown (DestinationRule)");
    assert.equal(say([...sidecars, rule("ISTIO_MUTUAL")], "shop/web", "shop/api"), "mtls, or plaintext");
    assert.equal(
      say([istioConfig({ enableAutoMtls: false }), ...sidecars.slice(1)], "shop/web", "shop/api"),
      "plaintext",
    );
    assert.equal(
      say([istioConfig({ enableAutoMtls: false }), ...sidecars.slice(1), rule("ISTIO_MUTUAL")], "shop/web", "shop/api"),
      "mtls, or plaintext",
    );
  });

  test("ports that a proxy does not see", () => {
    const annotations = { "traffic.sidecar.istio.io/excludeInboundPorts": "8080" };
    const objects = [
      istioConfig(),
      namespace("shop"),
      deployment("shop/web", { proxy }),
      deployment("shop/api", { proxy, annotations }),
      service("shop/api", [{ port: 8080 }]),
    ];
    assert.equal(say(objects, "shop/web", "shop/api"), "plaintext (Deployment)");
  });

  test("labels alone are not known to be mTLS", () => {
    const objects = [
      istioConfig(),
      namespace("shop", { "istio-injection": "enabled" }),
      deployment("shop/web"),
      deployment("shop/api"),
    ];
    assert.equal(say(objects, "shop/web", "shop/api"), "unknown (Namespace)");
  });

  test("ambient, and between it and sidecars", () => {
    const objects = (config: Spec) => [
      config,
      ztunnel(),
      namespace("sea", { "istio.io/dataplane-mode": "ambient" }),
      deployment("sea/a"),
      deployment("sea/b"),
      ...sidecars.slice(1),
    ];
    assert.equal(say(objects(istioConfig()), "sea/a", "sea/b"), "mtls, or plaintext");
    assert.equal(say(objects(istioConfig()), "shop/web", "sea/b"), "plaintext");
    assert.equal(
      say(
        objects(istioConfig({ defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } })),
        "sea/a",
        "shop/api",
      ),
      "mtls, or plaintext",
    );
    assert.equal(say(objects(namespace("none")), "sea/a", "shop/api"), "unknown");
  });

  test("Linkerd, and two meshes", () => {
    const linkerd = (name: string, annotations = {}) => deployment(name, { proxy: "linkerd-proxy", annotations });
    const objects = [
      ...sidecars,
      namespace("lake"),
      linkerd("lake/a"),
      linkerd("lake/b", { "config.linkerd.io/default-inbound-policy": "all-authenticated" }),
    ];
    assert.equal(say(objects, "lake/b", "lake/a"), "mtls, or plaintext");
    assert.equal(say(objects, "lake/a", "lake/b"), "mtls (Deployment)");
    assert.equal(say(objects, "lake/a", "shop/api"), "plaintext (Deployment)");
    const skips = linkerd("lake/b", { "config.linkerd.io/skip-inbound-ports": "8080" });
    assert.equal(say([namespace("lake"), linkerd("lake/a"), skips], "lake/a", "lake/b"), "plaintext (Deployment)");
  });

  test("a gateway's listeners are its own", () => {
    const gateway = deployment("shop/gateway", { proxy, annotations: { "inject.istio.io/templates": "gateway" } });
    assert.equal(say([...sidecars, gateway], "shop/web", "shop/gateway"), "unknown (Deployment)");
    assert.equal(say([...sidecars, gateway], "shop/gateway", "shop/api"), "mtls, or plaintext");
  });
});
