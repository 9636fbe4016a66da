import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileIdentity, compileName, isIdentityPattern, isNamePattern } from "./identity.ts";

const release = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*";

test("twenty near misses of an identity are none", () => {
  const exact = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1";
  const misses = [
    `${exact}x`,
    `x${exact}`,
    exact.slice(1),
    exact.slice(0, -1),
    `${exact}\n`,
    `\n${exact}`,
    ` ${exact}`,
    `${exact} `,
    `${exact}\u0000`,
    `${exact}\u200b`,
    exact.toUpperCase(),
    exact.replace("shop", "Shop"),
    // A Cyrillic o.
    exact.replace("shop", "sh\u043ep"),
    exact.replace("github.com", "github.com."),
    exact.replace("github.com", "github.com.evil.example"),
    exact.replace("https", "http"),
    exact.replace("shop/api", "shop/api2"),
    exact.replace("shop/api", "evil/shop/api"),
    exact.replace("release.yml", "release.yml.yml"),
    exact.replace("/.github/", "//.github/"),
    exact.replace("refs/tags/v1", "refs/heads/v1"),
    exact.replace("refs/tags/v1", "refs/heads/x@refs/tags/v1"),
    exact.replace("@", "%40"),
  ];
  assert.ok(misses.length >= 20);
  for (const pattern of [exact, release]) {
    const matches = compileIdentity(pattern);
    assert.equal(matches(exact), true);
    for (const miss of misses.filter((one) => pattern === exact || !/^https.*@refs\/tags\/v?1?x?$/.test(one))) {
      assert.equal(matches(miss), false, JSON.stringify(miss));
    }
  }
  const tags = compileIdentity(release);
  assert.equal(tags(`${release.slice(0, -1)}api@1.0.0`), true);
  assert.equal(tags(`${release.slice(0, -1)}api/1.0.0`), false);
});

test("a wildcard stays between slashes, and before the ref it stands for no @", () => {
  const any = compileIdentity("https://github.com/shop/**@refs/tags/*");
  assert.equal(any("https://github.com/shop/api/.github/workflows/x.yml@refs/tags/v1"), true);
  assert.equal(any("https://github.com/shop/api/x.yml@refs/heads/y@refs/tags/v1"), false);
  assert.equal(any("https://github.com/shop/api/x.yml"), false);
  const user = compileIdentity("*@example.com");
  assert.deepEqual(
    ["ada@example.com", "ada@example.com.evil", "evil@x@example.com", '"a b"@example.com', "ada@exampleXcom"].map(user),
    [true, false, false, false, false],
  );
  const plain = compileIdentity("https://example.com/*");
  assert.equal(plain("https://example.com/a@b"), false);
});

test("what is written without a wildcard is exact, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (pattern, text) => {
      if (pattern.includes("*")) return;
      assert.equal(compileIdentity(pattern)(text), pattern === text);
      assert.equal(compileName(pattern)(text), pattern === text);
    }),
  );
});

test("a pattern cannot be of texts that look like others", () => {
  assert.deepEqual(["refs/tags/*", "refs/tags/v?", "refs/tags/ *", "refs/***", "r\u00e9fs/*"].map(isNamePattern), [
    true,
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual(
    ["ada@example.com", "\u00e4da@example.com", "\u00e4*@example.com", "a b", "a\n"].map(isIdentityPattern),
    [true, true, false, false, false],
  );
});
