import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { packagesOf, unreadOf } from "../facts.fixture.ts";
import { readLock, told } from "./told.fixture.ts";

const COMMIT = "0123456789".repeat(4);
const SHA1 = "ab".repeat(20);
const SHA512 = "ef".repeat(64);
const SRI = `sha512-${Buffer.from(SHA512, "hex").toString("base64")}`;
const git = (url: string, revision: string) => ({ kind: "git" as const, url, revision });

describe("lockfiles that say two things", () => {
  const entry = (more: object) => ({ version: "1.0.0", ...more });
  const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } });

  test("the same version with two hashes is told, and neither stands for it", () => {
    const text = lock({
      "node_modules/a": entry({ integrity: SRI }),
      "node_modules/b/node_modules/a": entry({ integrity: `sha512-${Buffer.alloc(64).toString("base64")}` }),
    });
    assert.deepEqual(told("package-lock.json", text), { a: { line: 1 } });
    assert.deepEqual(unreadOf(readLock("package-lock.json", text)), [
      "the package a 1.0.0 stands there twice with different hashes",
    ]);
  });

  test("the same version from two places has both", () => {
    const text = lock({
      "node_modules/a": entry({ resolved: "https://r.example/a/-/a-1.0.0.tgz" }),
      "node_modules/b/node_modules/a": entry({ resolved: `git+https://host/a.git#${COMMIT}` }),
    });
    assert.deepEqual(told("package-lock.json", text).a?.otherOrigins, [git("https://host/a.git", COMMIT)]);
  });

  test("hashes of different algorithms are no contradiction", () => {
    const sha1 = `sha1-${Buffer.from(SHA1, "hex").toString("base64")}`;
    const text = lock({
      "node_modules/a": entry({ integrity: SRI }),
      "node_modules/b/node_modules/a": entry({ integrity: sha1 }),
    });
    assert.deepEqual(told("package-lock.json", text).a?.hashes, { sha512: SHA512, sha1: SHA1 });
    assert.deepEqual(unreadOf(readLock("package-lock.json", text)), []);
  });

  test("names that stand twice are told with their line", () => {
    const twice: readonly [path: string, text: string][] = [
      [
        "package-lock.json",
        '{"lockfileVersion":3,\n"packages":{"node_modules/a":{"version":"1.0.0",\n"version":"2.0.0"}}}',
      ],
      ["Pipfile.lock", '{"default":{"a":{"version":"==1"},\n"b":{},\n"a":{"version":"==2"}}}'],
      ["composer.lock", '{"packages":[],\n\n"packages":[]}'],
      ["pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n  b@1.0.0: {}\n  a@1.0.0: {}\n"],
      ["yarn.lock", 'a@^1:\n  version "1.0.0"\n  version "2.0.0"\n'],
      ["poetry.lock", '[[package]]\nname = "a"\nversion = "1"\nversion = "2"\n'],
    ];
    const lines = ["3", "3", "3", "5", "3", "1"];
    for (const [index, [path, text]] of twice.entries()) {
      const unread = unreadOf(readLock(path, text));
      assert.ok(
        unread.some((sentence) => sentence.startsWith(`line ${lines[index]} has the name `)),
        `${path}: ${unread.join("; ")}`,
      );
    }
  });

  test("the half for npm 6 with other hashes", () => {
    const text = JSON.stringify({
      lockfileVersion: 2,
      packages: { "": {}, "node_modules/a": entry({ integrity: SRI }) },
      dependencies: { a: entry({ integrity: `sha512-${Buffer.alloc(64).toString("base64")}` }) },
    });
    assert.deepEqual(unreadOf(readLock("package-lock.json", text)), [
      "the package at node_modules/a has another integrity for npm 6",
    ]);
  });

  test("names that lead out are no packages", () => {
    const text = lock({ "node_modules/../../evil": entry({}), "node_modules/a": entry({ name: "..\\evil" }) });
    assert.deepEqual(told("package-lock.json", text), {});
    assert.equal(unreadOf(readLock("package-lock.json", text)).length, 2);
  });

  test("names that differ in case, or in letters that look alike, are others", () => {
    const text = lock({
      "node_modules/left": entry({}),
      "node_modules/Left": entry({}),
      "node_modules/lеft": entry({}),
    });
    assert.deepEqual(Object.keys(told("package-lock.json", text)).length, 3);
  });

  test("a go.sum with two hashes of one module", () => {
    const line = (byte: number) => `a.org/a v1.0.0 h1:${Buffer.alloc(32, byte).toString("base64")}\n`;
    const mod = "module m.org/m\n\ngo 1.22\n\nrequire a.org/a v1.0.0\n";
    const facts = readLock("go.mod", mod, { "go.sum": line(1) + line(2) });
    assert.deepEqual(packagesOf(facts)[0]?.hashes, undefined);
    assert.deepEqual(unreadOf(facts), ["its go.sum has a.org/a v1.0.0 twice with different hashes"]);
  });
});
