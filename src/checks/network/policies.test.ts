/** Policies that select nothing, decide nothing, name nothing, are not enforced, or cannot be evaluated. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { assertionViolated } from "./assertion-violated.ts";
import { policyNotEnforced } from "./policy-not-enforced.ts";
import { policyNotEvaluated } from "./policy-not-evaluated.ts";
import { policySelectsNothing } from "./policy-selects-nothing.ts";
import { policyShadowed } from "./policy-shadowed.ts";
import { policyUnknownName } from "./policy-unknown-name.ts";
import {
  denyAll,
  found,
  namespace,
  networkPolicy,
  placesOf,
  trusted,
  verdicts,
  workload,
} from "./reach/network.fixture.ts";

const shop = namespace("shop");
const web = workload("shop/web", {}, { ports: [{ name: "http", containerPort: 8080 }] });
const api = workload("shop/api");
const appOf = (app: string) => ({ podSelector: { matchLabels: { app } } });

test("a policy selects no pods, or only those that no policy is about", () => {
  const gone = networkPolicy("shop/gone", { ...appOf("gone"), policyTypes: ["Ingress"] });
  const host = networkPolicy("shop/host", { ...appOf("agent"), policyTypes: ["Ingress"] });
  const agent = workload("shop/agent", { hostNetwork: true });
  assert.deepEqual(found(policySelectsNothing, [shop, web, agent, gone, host]), [
    "medium NetworkPolicy shop/gone | NetworkPolicy shop/gone selects no pods",
    "medium NetworkPolicy shop/host | NetworkPolicy shop/host selects only pods on their node's network, where no policy applies",
  ]);
  assert.deepEqual(verdicts(policySelectsNothing, [shop, web, denyAll("shop")]), ["manifests pass"]);
  // Of another namespace nothing was read: its pods may be anywhere.
  assert.deepEqual(found(policySelectsNothing, [shop, web, networkPolicy("other/x", { ...appOf("x") })]), []);
  assert.deepEqual(verdicts(policySelectsNothing, [shop, web]), []);
});

test("a policy whose connections others decide changes none", () => {
  const peer = { ingress: [{ from: [appOf("api")] }], policyTypes: ["Ingress"] };
  const wide = networkPolicy("shop/wide", { ...appOf("web"), ...peer });
  const narrow = networkPolicy("shop/narrow", {
    ...appOf("web"),
    ingress: [{ from: [appOf("api")], ports: [{ port: 80 }] }],
    policyTypes: ["Ingress"],
  });
  assert.deepEqual(found(policyShadowed, [shop, web, api, wide, narrow]), [
    "low NetworkPolicy shop/narrow | NetworkPolicy shop/narrow changes no connection: other policies decide all of them",
  ]);
  assert.deepEqual(found(policyShadowed, [shop, web, api, denyAll("shop"), narrow]), []);
  // It waits for pods of a namespace of which nothing was read.
  const waiting = networkPolicy("shop/waiting", {
    ...appOf("web"),
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }] }],
    policyTypes: ["Ingress"],
  });
  assert.deepEqual(found(policyShadowed, [shop, web, api, denyAll("shop"), waiting]), []);
});

test("ports and labels that no pod has are named with their places", () => {
  const policy = networkPolicy("shop/in", {
    ...appOf("web"),
    ingress: [
      { from: [appOf("api"), appOf("typo")], ports: [{ port: "http" }, { port: "metrics" }] },
      { from: [{ namespaceSelector: { matchLabels: { team: "x" } }, ...appOf("typo") }] },
    ],
    policyTypes: ["Ingress"],
  });
  const objects = [shop, web, api, policy];
  assert.deepEqual(found(policyUnknownName, objects), [
    "low NetworkPolicy shop/in: labels app=typo | NetworkPolicy shop/in names labels app=typo, which no pod has",
    "low NetworkPolicy shop/in: port metrics | NetworkPolicy shop/in names port metrics, which no pod has",
  ]);
  assert.ok(placesOf(policyUnknownName, objects).every((place) => place.startsWith("k8s/all.yaml:7:")));
  assert.deepEqual(found(policyUnknownName, [shop, web, api, denyAll("shop")]), []);
});

test("policies that nothing enforces are one finding for each kind", () => {
  const cilium = {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { namespace: "shop", name: "c" },
    spec: { endpointSelector: {}, ingress: [{}] },
  };
  const objects = [shop, web, denyAll("shop"), networkPolicy("shop/two", {}), cilium];
  const none = trusted({ cluster: { ...defaultPolicy.cluster, cni: "none" } });
  assert.deepEqual(
    found(policyNotEnforced, objects, none).map((line) => line.split(" | ")[0]),
    ["high CiliumNetworkPolicy (cilium.io)", "high NetworkPolicy"],
  );
  const calico = trusted({ cluster: { ...defaultPolicy.cluster, cni: "calico" } });
  assert.deepEqual(found(policyNotEnforced, objects, calico), [
    "high CiliumNetworkPolicy (cilium.io) | 1 CiliumNetworkPolicy (cilium.io) has no effect: the cluster's CNI is calico",
  ]);
  assert.deepEqual(found(policyNotEnforced, objects), []);
  assert.deepEqual(found(policyNotEnforced, objects, defaultPolicy), []);
});

test("what is wrong in a policy, and a kind that is not evaluated, are told once with their place", () => {
  const wrong = networkPolicy("shop/wrong", { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }] });
  const [line, ...more] = found(policyNotEvaluated, [shop, web, wrong]);
  assert.match(line ?? "", /^medium NetworkPolicy shop\/wrong: invalid-policy \| .*10\.0\.0\.0\/33 is not a CIDR/);
  assert.deepEqual(more, []);
  const calico = {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { namespace: "shop", name: "c" },
    spec: { selector: "all()" },
  };
  const cluster = trusted({ cluster: { ...defaultPolicy.cluster, cni: "calico" } });
  assert.match(
    found(policyNotEvaluated, [shop, web, calico], cluster)[0] ?? "",
    /^low NetworkPolicy shop\/c: foreign-policy/,
  );
  assert.deepEqual(found(policyNotEvaluated, [shop, web, denyAll("shop")]), []);
});

test("what the policy's file asserts of the network holds or does not, at the rule that decides", () => {
  const objects = [shop, web, api, denyAll("shop")];
  assert.deepEqual(verdicts(assertionViolated, objects, trusted(), "deny shop/web -> shop/api\n"), ["manifests pass"]);
  const [failed, ...others] = found(assertionViolated, objects, trusted(), "allow shop/web -> shop/api:8080\n");
  assert.match(failed ?? "", /^high .*allow shop\/web -> shop\/api:8080.* does not hold/);
  assert.deepEqual(others, []);
  assert.deepEqual(verdicts(assertionViolated, objects), []);
});
