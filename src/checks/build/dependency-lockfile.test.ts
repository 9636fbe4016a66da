import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { PackageOrigin, PackageType } from "../../engines/contents/model.ts";
import type { DependencyChange, DependencyPolicy, LockedDependency } from "../../engines/packages/model.ts";
import { added, locked } from "../findings/dependency.fixture.ts";
import { dependencyIntegrity } from "./dependency-integrity.ts";
import { dependencySource } from "./dependency-source.ts";

const now = new Date("2026-11-25T12:00:00Z");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function sources(
  fetchedFrom: PackageOrigin,
  policy: Partial<DependencyPolicy> = {},
  { type = "npm", before }: { readonly type?: PackageType; readonly before?: PackageOrigin } = {},
) {
  const change: DependencyChange = {
    ...added({ type, fetchedFrom }),
    ...(before === undefined ? {} : { before: locked({ type, fetchedFrom: before }) }),
  };
  const facts = { change, policy: { ...defaultPolicy.dependencies, ...policy } };
  return [...dependencySource.evaluate(facts, now)].map(({ severity, subject }) => [
    severity,
    subject.slice(`${type} left: `.length),
  ]);
}

const registry = (url: string): PackageOrigin => ({ kind: "registry", url });
const git = (url: string, revision?: string): PackageOrigin => ({
  kind: "git",
  url,
  ...(revision === undefined ? {} : { revision }),
});

test("public registries are allowed by default, and nothing else", () => {
  for (const [type, url] of [
    ["npm", "https://registry.npmjs.org/left/-/left-1.0.0.tgz"],
    ["npm", "https://registry.yarnpkg.com/left/-/left-1.0.0.tgz#abc"],
    ["pypi", "https://files.pythonhosted.org/packages/aa/left-1.0.0.tar.gz"],
    ["pypi", "https://pypi.org/simple"],
    ["pypi", "https://download.pytorch.org/whl/cpu"],
    ["pypi", "https://download.pytorch.org/whl/cpu/torch-2.6.0%2Bcpu-cp313-cp313-linux_x86_64.whl"],
    ["cargo", "https://github.com/rust-lang/crates.io-index"],
    ["cargo", "registry+https://github.com/rust-lang/crates.io-index"],
    ["gem", "https://rubygems.org/"],
  ] as const) {
    assert.deepEqual(sources(registry(url), {}, { type }), [], url);
  }
  const elsewhere = "https://evil.example/left/-/left-1.0.0.tgz";
  assert.deepEqual(sources(registry(elsewhere)), [["high", "evil.example"]]);
  assert.deepEqual(sources({ kind: "url", url: elsewhere }), [["high", "evil.example"]]);
  // A host that looks like the registry's is none.
  for (const host of [
    "registry.npmjs.org.evil.example",
    "registry-npmjs.org",
    "download.pytorch.org/whl/cpu",
    "registry.npmjs.org:8443",
    "evil.example/registry.npmjs.org",
  ]) {
    assert.equal(sources(registry(`https://${host}/left/-/left-1.0.0.tgz`)).length, 1, host);
  }
  assert.deepEqual(sources(registry("http://registry.npmjs.org/left/-/left-1.0.0.tgz")), [
    ["high", "http://registry.npmjs.org"],
  ]);
  assert.deepEqual(sources({ kind: "workspace", url: "packages/left" }), []);
  assert.deepEqual(sources({ kind: "file", url: "../left" }), []);
});

test("each place that is searched counts", () => {
  const other = registry("https://evil.example/simple");
  const change = added({ fetchedFrom: registry("https://registry.npmjs.org/"), otherOrigins: [other] });
  const facts = { change, policy: defaultPolicy.dependencies };
  assert.deepEqual(
    [...dependencySource.evaluate(facts, now)].map(({ subject }) => subject),
    ["npm left: evil.example"],
  );
});

test("a package that came from its host before is no news", () => {
  const own = registry("https://npm.shop.example/left/-/left-1.0.0.tgz");
  assert.deepEqual(sources(own, {}, { before: registry("https://npm.shop.example/left/-/left-0.9.0.tgz") }), []);
  assert.equal(sources(own, {}, { before: registry("https://registry.npmjs.org/left") }).length, 1);
  assert.equal(sources(own, { sources: ["registry.npmjs.org"] }, { before: own }).length, 1);
});

test("the policy names hosts and prefixes, and then nothing else is allowed", () => {
  const policy = { sources: ["https://npm.shop.example/web/"] };
  assert.deepEqual(sources(registry("https://npm.shop.example/web/left/-/left-1.0.0.tgz"), policy), []);
  for (const url of [
    "https://npm.shop.example/other/left.tgz",
    "https://npm.shop.example/web/../other/left.tgz",
    "https://npm.shop.example/website/left.tgz",
    "https://registry.npmjs.org/left/-/left-1.0.0.tgz",
    "http://npm.shop.example/web/left/-/left-1.0.0.tgz",
  ]) {
    assert.equal(sources(registry(url), policy).length, 1, url);
  }
  const named = { privateNames: [{ name: "left", registry: "npm.shop.example" }] };
  assert.deepEqual(sources(registry("https://npm.shop.example/left/-/left-1.0.0.tgz"), named), []);
});

test("Git is allowed by commit and by the policy's word, however it is written", () => {
  const gitSources = ["github.com/shop/*"];
  for (const url of [
    "https://github.com/shop/left.git",
    "git+ssh://git@github.com/shop/left.git",
    "git@github.com:shop/left.git",
    "github:shop/left",
    "ssh://git@github.com/shop/left",
  ]) {
    assert.deepEqual(sources(git(url, COMMIT), { gitSources }), [], url);
    assert.deepEqual(sources(git(url, COMMIT)), [["high", "git github.com/shop/left"]], url);
    assert.deepEqual(sources(git(url, "main"), { gitSources }), [
      ["high", "git github.com/shop/left without a commit"],
    ]);
  }
  assert.equal(sources(git("https://github.com/shop/deeper/left", COMMIT), { gitSources }).length, 1);
  assert.equal(sources(git("https://github.com.evil.example/shop/left", COMMIT), { gitSources }).length, 1);
  // There is no other way.
  assert.deepEqual(sources(git("https://github.com/shop/left", COMMIT), {}, { type: "swift" }), []);
});

function integrity(before: Partial<LockedDependency>, after: Partial<LockedDependency>) {
  const change: DependencyChange = { ...added(after), kind: "replaced", before: locked(before) };
  return [...dependencyIntegrity.evaluate({ change }, now)].map(({ severity, subject }) => [
    severity,
    subject.slice("npm left: ".length),
  ]);
}

test("another hash for the same version fails, and one that is gone", () => {
  const a = { hashes: { sha512: "aa" } };
  assert.deepEqual(integrity(a, { hashes: { sha512: "bb" } }), [["high", "changed"]]);
  assert.deepEqual(integrity(a, { hashes: {} }), [["high", "lost"]]);
  assert.deepEqual(integrity(a, { hashes: { sha1: "cc" } }), [["high", "lost"]]);
  assert.deepEqual(integrity(a, a), []);
  assert.deepEqual(integrity({ hashes: { sha1: "cc" } }, { hashes: { sha1: "cc", sha512: "aa" } }), []);
  assert.deepEqual(integrity({ ...a, version: "0.9.0" }, { hashes: { sha512: "bb" } }), []);
  const files = (hex: string, more = {}) => ({ hashes: {}, files: { "left-1.0.0.whl": `sha256:${hex}`, ...more } });
  assert.deepEqual(integrity(files("aa"), files("bb")), [["high", "changed"]]);
  assert.deepEqual(integrity(files("aa"), files("aa", { "left-1.0.0-arm64.whl": "sha256:cc" })), []);
  assert.deepEqual(
    integrity({ ...a, version: "1.0.0" }, { hashes: { sha512: "bb" }, fetchedFrom: git("github:a/b", COMMIT) }),
    [],
  );
});

test("hashes without names are compared as a set", () => {
  const set = (...hex: readonly string[]) => ({
    hashes: {},
    files: Object.fromEntries(hex.map((one) => [`sha256:${one}`, `sha256:${one}`])),
  });
  assert.deepEqual(integrity(set("aa", "bb"), set("cc")), [["high", "changed"]]);
  assert.deepEqual(integrity(set("aa", "bb"), set("aa", "cc")), [["medium", "changed"]]);
  assert.deepEqual(integrity(set("aa"), { hashes: {} }), [["high", "lost"]]);
  // Files are added to a version, and taken down.
  assert.deepEqual(integrity(set("aa"), set("aa", "bb")), []);
  assert.deepEqual(integrity(set("aa", "bb"), set("aa")), []);
});

test("what npm's registry is asked for has a hash", () => {
  const fetchedFrom = registry("https://registry.npmjs.org/left/-/left-1.0.0.tgz");
  const found = (more: Partial<LockedDependency>) =>
    [...dependencyIntegrity.evaluate({ change: added(more) }, now)].map(({ severity, subject }) => [severity, subject]);
  assert.deepEqual(found({ fetchedFrom }), [["low", "npm left: missing"]]);
  assert.deepEqual(found({ fetchedFrom, hashes: { sha1: "aa" } }), [["low", "npm left: weak"]]);
  assert.deepEqual(found({ fetchedFrom, hashes: { sha512: "aa" } }), []);
  assert.deepEqual(found({ fetchedFrom: registry("https://registry.npmjs.org/") }), []);
  assert.deepEqual(found({}), []);
});
