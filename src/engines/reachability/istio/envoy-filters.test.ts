import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AUTHZ,
  ask,
  deployment,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  object,
} from "../mesh/network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

const cluster = [
  istioConfig(),
  namespace("shop"),
  deployment("shop/api", { proxy: "istio-proxy" }),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("shop/plain"),
  object(`${AUTHZ} shop/none`, {}),
];

function withFilter(patches: readonly Spec[], more: Spec = {}, name = "shop/filter") {
  return networkOf([
    ...cluster,
    object(`networking.istio.io/v1alpha3 EnvoyFilter ${name}`, { configPatches: patches, ...more }),
  ]);
}

test("an EnvoyFilter that adds something is a gap, and closes or opens nothing", () => {
  const network = withFilter([
    { applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value: { name: "envoy.filters.http.lua" } } },
  ]);
  assert.equal(ask(network, "shop/plain", "shop/api"), "denied");
  assert.ok(gapCodes(network).includes("mesh.envoy-filter"));
});

test("one that removes, or touches TLS or authorization, makes what it selects unknown", () => {
  for (const patch of [
    { applyTo: "NETWORK_FILTER", patch: { operation: "REMOVE" } },
    {
      applyTo: "HTTP_FILTER",
      match: { listener: { filterChain: { filter: { name: "envoy.filters.http.rbac" } } } },
      patch: { operation: "MERGE" },
    },
    { applyTo: "FILTER_CHAIN", patch: { operation: "MERGE", value: { transport_socket: {} } } },
  ]) {
    assert.equal(ask(withFilter([patch]), "shop/plain", "shop/api"), "unknown");
    const one = withFilter([patch], { workloadSelector: { labels: { app: "web" } } });
    assert.equal(ask(one, "shop/plain", "shop/api"), "denied");
    assert.equal(ask(one, "shop/plain", "shop/web"), "unknown");
    assert.equal(
      ask(withFilter([patch], {}, "istio-system/filter"), "shop/plain", "shop/api"),
      "unknown",
      "the root namespace's is everybody's",
    );
    assert.equal(ask(withFilter([patch], {}, "other/filter"), "shop/plain", "shop/api"), "denied");
  }
});
