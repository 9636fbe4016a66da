import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, deployment, networkOf, object } from "../mesh/network.fixture.ts";
import { api, config, others, type Spec } from "./cluster.fixture.ts";

const EGRESS = "policy.linkerd.io/v1alpha1 EgressNetwork";
const cluster = [...others, api];
const out = (objects: readonly Spec[], from = "shop/api", to = "internet") =>
  ask(networkOf([...cluster, ...objects]), from, to, 443);

test("Deny keeps meshed workloads of the namespace from the outside, and from nothing inside", () => {
  const deny = [object(`${EGRESS} shop/all`, { trafficPolicy: "Deny" })];
  assert.equal(out(deny), "denied");
  assert.equal(out(deny, "shop/api", "shop/web"), "allowed");
  assert.equal(out(deny, "other/in"), "allowed");
  assert.equal(out(deny, "other/plain"), "allowed");
  assert.equal(out([object(`${EGRESS} shop/all`, { trafficPolicy: "Allow" })]), "allowed");
});

test("its networks", () => {
  const deny = [object(`${EGRESS} shop/some`, { trafficPolicy: "Deny", networks: [{ cidr: "203.0.113.0/24" }] })];
  assert.equal(out(deny), "allowed");
  assert.equal(out(deny, "shop/api", "203.0.113.0/24"), "denied");
});

test("linkerd-egress is for all namespaces, of which the own go first", () => {
  const all = object(`${EGRESS} linkerd-egress/all`, { trafficPolicy: "Deny" });
  assert.equal(out([all], "other/in"), "denied");
  assert.equal(out([all, object(`${EGRESS} shop/own`, { trafficPolicy: "Allow" })]), "unknown");
  assert.equal(
    ask(networkOf([...cluster.slice(1), all]), "other/in", "internet", 443),
    "unknown",
    "the installation may name another",
  );
  const named = [config({ egress: { globalEgressNetworkNamespace: "out" } }), ...cluster.slice(1)];
  assert.equal(
    ask(networkOf([...named, object(`${EGRESS} out/all`, { trafficPolicy: "Deny" })]), "other/in", "internet", 443),
    "denied",
  );
});

test("routes let some through, and what is no policy is refused", () => {
  const route = object("gateway.networking.k8s.io/v1alpha2 TLSRoute shop/out", {
    parentRefs: [{ kind: "EgressNetwork", group: "policy.linkerd.io", name: "all" }],
    hostnames: ["example.com"],
  });
  assert.equal(out([object(`${EGRESS} shop/all`, { trafficPolicy: "Deny" }), route]), "unknown");
  assert.equal(out([object(`${EGRESS} shop/all`, {})]), "unknown");
  assert.equal(out([object(`${EGRESS} shop/all`, {})], "other/in"), "allowed");
});

test("a workload that may be in the mesh", () => {
  const labelled = deployment("shop/maybe", { annotations: { "linkerd.io/inject": "enabled" } });
  assert.equal(out([labelled, object(`${EGRESS} shop/all`, { trafficPolicy: "Deny" })], "shop/maybe"), "unknown");
});
