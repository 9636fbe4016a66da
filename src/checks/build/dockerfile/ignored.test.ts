import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "./bounds.ts";
import { type Ignored, ignoreRules } from "./ignored.ts";

function ignored(path: string, ...patterns: string[]): Ignored {
  return ignoreRules({ ignoreFiles: [{ path: ".dockerignore", patterns }] })(path);
}

test("patterns mean paths from the context's root on, and all below them", () => {
  for (const [path, patterns] of [
    ["a", ["a"]],
    ["a/b/c", ["a"]],
    ["a/b", ["/a/"]],
    ["a/b", ["*/b"]],
    ["x/y/.env", ["**/.env"]],
    [".env", ["**/.env"]],
    ["a.md", ["*.md"]],
    ["a", ["!a", "a"]],
  ] as const) {
    assert.equal(ignored(path, ...patterns), "yes", `${path} ${patterns}`);
  }
  for (const [path, patterns] of [
    ["b/a", ["a"]],
    ["x/a.md", ["*.md"]],
    ["a/b", ["a", "!a/b"]],
    ["ab", ["a"]],
    ["a", []],
  ] as const) {
    assert.equal(ignored(path, ...patterns), "no", `${path} ${patterns}`);
  }
});

test("a pattern that is not taken apart, and too much work, are unknown", () => {
  assert.equal(ignored("a", "[ab]"), "unknown");
  assert.equal(ignored("a", "[ab]", "a"), "yes");
  const rules = ignoreRules({ ignoreFiles: [{ path: ".dockerignore", patterns: Array(1_000).fill("x") }] });
  for (let asked = 0; asked < bounds.dockerignoreMatches / 1_000; asked++) assert.equal(rules("a"), "no");
  assert.equal(rules("a"), "unknown");
});

test("a pattern after its own exception wins, whatever they are", () => {
  const name = fc.stringMatching(/^[a-z]{1,4}(?:\/[a-z]{1,4}){0,2}$/);
  fc.assert(
    fc.property(name, (path) => {
      assert.equal(ignored(path, `!${path}`, path), "yes");
      assert.equal(ignored(path, path, `!${path}`), "no");
      assert.equal(ignored(`${path}/x`, path), "yes");
    }),
  );
});
