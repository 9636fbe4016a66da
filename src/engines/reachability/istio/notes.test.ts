import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHZ, deployment, istioConfig, namespace, networkOf, notes, object } from "../mesh/network.fixture.ts";

const TOKENS = "security.istio.io/v1 RequestAuthentication";
const cluster = [
  istioConfig(),
  namespace("istio-system"),
  namespace("shop"),
  deployment("shop/api", { proxy: "istio-proxy" }),
];
const selects = (app: string) => ({ selector: { matchLabels: { app } } });

function isTold(authentication: object, policy?: object, name = "shop/p"): boolean {
  const policies = policy === undefined ? [] : [object(`${AUTHZ} ${name}`, { ...policy })];
  const network = networkOf([...cluster, object(`${TOKENS} shop/jwt`, { ...authentication }), ...policies]);
  return notes(network).includes("mesh.request-authentication");
}

test("a RequestAuthentication is told where nothing over all that it selects asks whose the token is", () => {
  const asks = { rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] };
  const denies = { action: "DENY", rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }] };
  const claims = { rules: [{ when: [{ key: "request.auth.claims[iss]", values: ["x"] }] }] };
  assert.equal(isTold(selects("api")), true);
  for (const policy of [asks, denies, claims]) {
    assert.equal(isTold(selects("api"), policy), false);
    assert.equal(isTold(selects("api"), { ...policy, ...selects("api") }), false);
    assert.equal(isTold(selects("api"), policy, "istio-system/p"), false, "of the root namespace");
    assert.equal(isTold(selects("api"), { ...policy, ...selects("web") }), true, "of others");
    assert.equal(isTold({}, { ...policy, ...selects("api") }), true, "of some");
    assert.equal(isTold(selects("api"), policy, "other/p"), true, "elsewhere");
  }
  const other = { rules: [{ to: [{ operation: { methods: ["GET"] } }] }] };
  assert.equal(isTold(selects("api"), other), true);
  const target = { targetRefs: [{ kind: "Service", name: "api" }] };
  assert.equal(isTold(target, { ...asks, ...target }), false);
  assert.equal(isTold(target, { ...asks, targetRefs: [{ kind: "Service", name: "web" }] }), true);
});
