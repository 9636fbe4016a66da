import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { isNamePattern, namedBy } from "./name-pattern.ts";
import { coversSource, gitRepository, isFrom, isGitPattern, isPublic, isSource } from "./sources.ts";

test("patterns name packages, of one ecosystem or of all", () => {
  assert.ok(namedBy(["left"], "npm", "left"));
  assert.ok(namedBy(["@shop/*"], "npm", "@shop/left"));
  assert.ok(!namedBy(["@shop/*"], "npm", "@shopping/left"));
  assert.ok(!namedBy(["npm:left"], "pypi", "left"));
  assert.ok(namedBy(["pypi:Left_Pad"], "pypi", "left-pad"));
  assert.ok(namedBy(["org.shop:*"], "maven", "org.shop:left"));
  assert.ok(namedBy(["maven:org.shop:left"], "maven", "org.shop:left"));
  assert.ok(namedBy(["github.com/shop/**"], "golang", "github.com/shop/left/v2"));
  assert.ok(!namedBy([], "npm", "left"));
  for (const wrong of ["", "npm:", "a b", "x".repeat(300), "a\nb"]) assert.ok(!isNamePattern(wrong), wrong);
});

test("a source names a host or a prefix, by whole segments and over TLS", () => {
  const from = (entry: string, url: string) => isFrom(entry, new URL(url));
  assert.ok(from("npm.shop.example", "https://npm.shop.example/a"));
  assert.ok(from("NPM.shop.example", "https://npm.shop.example/a"));
  assert.ok(!from("npm.shop.example", "http://npm.shop.example/a"));
  assert.ok(!from("npm.shop.example", "https://npm.shop.example:8443/a"));
  assert.ok(from("npm.shop.example:8443", "https://npm.shop.example:8443/a"));
  assert.ok(!from("npm.shop.example", "https://evil.npm.shop.example/a"));
  assert.ok(from("https://npm.shop.example/web", "https://npm.shop.example/web/a"));
  assert.ok(!from("https://npm.shop.example/web", "https://npm.shop.example/website"));
  assert.ok(from("http://127.0.0.1:4873/", "http://127.0.0.1:4873/a"));
  assert.ok(isPublic("npm", new URL("https://registry.npmjs.org/a")));
  assert.ok(!isPublic("npm", new URL("https://pypi.org/a")));
  for (const right of ["a.example", "https://a.example/b/", "http://127.0.0.1:1"]) assert.ok(isSource(right), right);
  for (const wrong of ["", "ftp://a.example", "https://u@a.example", "a b", "https://a.example/?x"])
    assert.ok(!isSource(wrong), wrong);
});

test("an entry covers another only where it names all of it", () => {
  assert.ok(coversSource("a.example", "https://a.example/b/"));
  assert.ok(coversSource("https://a.example/", "https://a.example/b/"));
  assert.ok(!coversSource("https://a.example/b/", "a.example"));
  assert.ok(!coversSource("a.example", "http://a.example/"));
  const entry = fc.constantFrom(
    "a.example",
    "b.example",
    "https://a.example/",
    "https://a.example/web/",
    "http://a.example/web/",
    "a.example:8443",
  );
  const url = fc.constantFrom(
    "https://a.example/x",
    "https://a.example/web/x",
    "http://a.example/web/x",
    "https://b.example/x",
    "https://a.example:8443/web/x",
  );
  fc.assert(
    fc.property(entry, entry, url, (one, other, text) => {
      if (coversSource(one, other) && isFrom(other, new URL(text)))
        assert.ok(isFrom(one, new URL(text)), `${one} ${other} ${text}`);
    }),
    runs(400),
  );
});

test("repositories, however they are written", () => {
  for (const url of [
    "git+https://github.com/shop/left.git",
    "git@github.com:shop/left.git",
    "github:shop/left",
    "https://GitHub.com/shop/left/",
    "ssh://git@github.com:22/shop/left",
  ]) {
    assert.equal(gitRepository(url), "github.com/shop/left", url);
  }
  assert.equal(gitRepository("gitlab:shop/left"), "gitlab.com/shop/left");
  assert.equal(gitRepository("bitbucket:shop/left"), "bitbucket.org/shop/left");
  assert.equal(gitRepository("nothing"), undefined);
  assert.ok(isGitPattern("github.com/shop/*"));
  assert.ok(!isGitPattern("github.com"));
});
