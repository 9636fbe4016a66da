import assert from "node:assert/strict";
import { test } from "node:test";
import { validatePolicy } from "../../../collect/policy/validate.ts";
import type { AccessRule } from "./access-model.ts";
import { accessSettings } from "./access-policy.ts";

const problems = (registry: object) =>
  validatePolicy(JSON.stringify({ apiVersion: "bulkhead/v1", registry }), "bulkhead.yaml").map(({ cause }) => cause);

const access = (who: string[], repositories: string[], actions: AccessRule["actions"]): AccessRule => ({
  who,
  repositories,
  actions,
});

test("rules of access are checked for what cannot be meant", () => {
  const one = (more: object) =>
    problems({ access: [{ who: ["user:a"], repositories: ["a"], actions: ["pull"], ...more }] });
  assert.deepEqual(one({}), []);
  assert.deepEqual(
    one({ who: ["anonymous", "github:shop/*", "kubernetes:prod-*/**"], repositories: ["**", "shop/*"] }),
    [],
  );
  for (const more of [
    { who: ["alice"] },
    { who: [] },
    { who: ["user:{name}"] },
    { who: ["*"] },
    { repositories: ["Shop"] },
    { repositories: ["../a"] },
    { repositories: ["registry.example.com:5000/a"] },
    { actions: ["admin"] },
    { who: ["anonymous"], actions: ["pull", "push"] },
  ]) {
    assert.equal(one(more).length, 1, JSON.stringify(more));
  }
  assert.equal(problems({ exempt: ["anonymous"] }).length, 1);
});

test("rules of identity let nobody in by accident", () => {
  const one = (more: object) =>
    problems({ identities: [{ provider: "github", audience: "r", claims: { repository_owner: "shop" }, ...more }] });
  assert.deepEqual(one({}), []);
  assert.deepEqual(one({ claims: { repository: "shop/*" } }), []);
  assert.deepEqual(one({ claims: { sub: "repo:shop/api:ref:refs/heads/main" } }), []);
  assert.deepEqual(one({ claims: { sub: "repo:shop/*" } }), []);
  assert.deepEqual(one({ provider: "gitlab", claims: { namespace_path: "shop" } }), []);
  assert.deepEqual(one({ provider: "gitlab", issuer: "https://gitlab.example.com", claims: {} }), []);
  assert.deepEqual(
    one({ provider: "kubernetes", issuer: "https://kubernetes.default.svc", claims: {}, asPod: true }),
    [],
  );
  assert.deepEqual(one({ provider: "other", issuer: "http://127.0.0.1:8080", name: "ci:{sub}" }), []);
  for (const more of [
    { claims: {} },
    { claims: undefined },
    { claims: { ref: "refs/heads/main" } },
    { claims: { repository_owner: "*" } },
    { claims: { repository: "**" } },
    { claims: { repository: "*/api" } },
    { claims: { repository: "sho*" } },
    { claims: { sub: "repo:*" } },
    { claims: { sub: "repo:sho*/x" } },
    { issuer: "https://gitlab.com", claims: {} },
    { provider: "kubernetes" },
    { provider: "other", issuer: "https://a.example.com" },
    { issuer: "http://issuer.example.com" },
    { issuer: "https://user@issuer.example.com" },
    { name: "user:{repository}" },
    { name: "robot:{repository}" },
    { name: "anonymous" },
    { name: "ci:{repository" },
    { name: "ci:*" },
    { keys: "http://issuer.example.com/keys" },
  ]) {
    assert.equal(one(more).length, 1, JSON.stringify(more));
  }
});

test("a file that may only tighten allows no more than what holds", () => {
  const { tighten } = accessSettings["registry.access"];
  const current = [access(["user:*"], ["shop/**"], ["pull", "push"]), access(["anonymous"], ["public/*"], ["pull"])];
  const kept = (...wanted: AccessRule[]) => tighten(current, wanted);
  const fine = access(["user:alice"], ["shop/api"], ["pull"]);
  assert.deepEqual(kept(fine), { value: [fine], loosens: false });
  assert.deepEqual(kept(access(["github:a/b"], ["public/x"], ["pull"])).loosens, false);
  assert.deepEqual(kept(access(["user:alice"], ["shop/api"], ["pull", "delete"])), {
    value: [access(["user:alice"], ["shop/api"], ["pull"])],
    loosens: true,
  });
  assert.deepEqual(kept(access(["robot:ci"], ["shop/api"], ["pull"])), { value: [], loosens: true });
  assert.deepEqual(kept(access(["anonymous"], ["shop/api"], ["pull"])), { value: [], loosens: true });
  assert.deepEqual(kept(access(["user:alice"], ["**"], ["pull"])), { value: [], loosens: true });
  assert.deepEqual(kept(), { value: [], loosens: false });
});

test("an issuer or a claim that is no text is told, and nothing else breaks of it", () => {
  const one = (more: object) =>
    problems({
      identities: [{ provider: "github", principal: "github:shop", claims: { sub: "repo:shop/a" }, ...more }],
    });
  const odd = [{ toString: 1 }];
  for (const more of [{ issuer: { toString: 1 } }, { claims: { sub: odd } }]) {
    assert.ok(one(more).length > 0, JSON.stringify(more));
  }
});
