import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseScopes, SCOPES, scopeText } from "./scope.ts";

const repository = (name: string, ...actions: ("pull" | "push" | "delete")[]) => ({
  kind: "repository" as const,
  repository: name,
  actions,
});

test("scopes are read as the specification writes them", () => {
  assert.deepEqual(parseScopes(["repository:shop/api:pull,push"]), [repository("shop/api", "pull", "push")]);
  assert.deepEqual(parseScopes(["repository:a:pull repository:b:push", "registry:catalog:*"]), [
    repository("a", "pull"),
    repository("b", "push"),
    { kind: "catalog" },
  ]);
  assert.deepEqual(parseScopes(["repository:registry.example.com:5000/shop/api:pull"]), [
    repository("registry.example.com:5000/shop/api", "pull"),
  ]);
  assert.deepEqual(parseScopes(["repository(plugin):a/b:*"]), [repository("a/b", "pull", "push", "delete")]);
  assert.deepEqual(parseScopes(["repository:a:push,pull,push"]), [repository("a", "pull", "push")]);
});

test("what is not understood grants nothing", () => {
  for (const text of [
    ...["", "repository", "repository:", "repository::pull", "repository:a", ":a:pull", "registry:other:*"],
    ...["registry:catalog:pull", "image:a:pull", "repository:A:pull", "repository:../a:pull", "repository:a//b:pull"],
    ...["repository:a/:pull", "repository:/a:pull", "repository:a%2fb:pull", "repository:a*:pull"],
    ...["repository:a:b:c:pull", `repository:${"a".repeat(256)}:pull`, "repository:a\n:pull"],
  ]) {
    assert.deepEqual(parseScopes([text]), [], text);
  }
  assert.deepEqual(parseScopes(["repository:a:admin"]), [repository("a")]);
  assert.equal(parseScopes(["a:b:c ".repeat(SCOPES + 1)]), undefined);
});

test("what is asked for is read back, and anything else is read without an error", () => {
  assert.equal(
    scopeText([{ repository: "a/b", actions: ["pull", "push"] }], true),
    "repository:a/b:pull,push registry:catalog:*",
  );
  const actions = fc.subarray(["pull", "push", "delete"] as const, { minLength: 1 });
  const name = fc.stringMatching(/^[a-z0-9]{1,9}(\/[a-z0-9]{1,9}){0,3}$/);
  fc.assert(
    fc.property(name, actions, (one, asked) => {
      assert.deepEqual(parseScopes([scopeText([{ repository: one, actions: asked }], false)]), [
        repository(one, ...asked),
      ]);
    }),
  );
  fc.assert(fc.property(fc.array(fc.string()), (texts) => void parseScopes(texts)));
});
