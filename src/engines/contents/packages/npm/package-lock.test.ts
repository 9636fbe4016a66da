import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { packageLock } from "./package-lock.ts";

const PATH = "app/package-lock.json";
const SHA512 = Buffer.alloc(64, 7);
const INTEGRITY = `sha512-${SHA512.toString("base64")}`;

function read(file: object) {
  return factsOf(packageLock, PATH, JSON.stringify(file));
}

/** Version 3, with a workspace, an alias, two versions of one name, a repository, an archive and a link. */
const VERSION_3 = {
  name: "shop",
  lockfileVersion: 3,
  packages: {
    "": {
      name: "shop",
      workspaces: ["packages/*"],
      dependencies: { a: "^1.0.0", old: "npm:b@1", web: "*" },
      devDependencies: { tool: "^3.0.0" },
      optionalDependencies: { native: "*" },
    },
    "node_modules/a": {
      version: "1.2.3",
      resolved: "https://registry.example.com/a/-/a-1.2.3.tgz",
      integrity: INTEGRITY,
      license: "MIT",
      dependencies: { b: "^2.0.0", "@s/c": "1" },
      optionalDependencies: { native: "*" },
      peerDependencies: { missing: "*" },
    },
    "node_modules/a/node_modules/b": { version: "2.0.0" },
    "node_modules/@s/c": { version: "1.0.0", dependencies: { b: "*" } },
    "node_modules/old": { name: "b", version: "1.0.0" },
    "node_modules/b": { version: "1.5.0" },
    "node_modules/tool": { version: "3.0.0", dev: true, dependencies: { b: "*" } },
    "node_modules/native": { version: "4.0.0", optional: true },
    "node_modules/both": { version: "5.0.0", devOptional: true },
    "node_modules/web": { resolved: "packages/web", link: true },
    "node_modules/peer": { dev: true, optional: true, peer: true },
    "node_modules/git": { version: "6.0.0", resolved: "git+ssh://git@host/git.git#0123" },
    "node_modules/packed": { version: "7.0.0", resolved: "file:packed-7.0.0.tgz" },
    "node_modules/copied": { version: "8.0.0", resolved: "file:../copied" },
    "packages/web": { name: "web", version: "0.0.1", dependencies: { b: "2" }, devDependencies: { both: "*" } },
    "packages/web/node_modules/b": { version: "2.0.0" },
  },
};

const VERSION_1 = {
  lockfileVersion: 1,
  dependencies: {
    a: {
      version: "1.2.3",
      integrity: INTEGRITY,
      requires: { b: "^2.0.0", c: "*", missing: "*" },
      dependencies: { b: { version: "2.0.0", requires: { c: "*" } } },
    },
    b: { version: "1.0.0", dev: true },
    c: { version: "1.0.0", optional: true },
    alias: { version: "npm:@s/real@3.0.0" },
    git: { version: "git+ssh://git@host/git.git#0123" },
    own: { version: "file:../own" },
  },
};

describe("package-lock.json", () => {
  test("versions 2 and 3: folders become a graph, and the project's own are left out", () => {
    assert.deepEqual(packageLines(read(VERSION_3)), [
      "@s/c@1.0.0 -> b@1.5.0",
      "a@1.2.3 direct -> @s/c@1.0.0, b@2.0.0, native@4.0.0",
      "b@1.0.0 direct",
      "b@1.5.0",
      "b@2.0.0 direct",
      "both@5.0.0 direct optional",
      "git@6.0.0",
      "native@4.0.0 direct optional",
      "packed@7.0.0",
      "tool@3.0.0 direct development -> b@1.5.0",
    ]);
    assert.deepEqual(unreadOf(read(VERSION_3)), []);
  });

  test("a record has all that the file states", () => {
    const packages = packagesOf(read(VERSION_3));
    const { reference, dependsOn, ...record } = packages.find(({ name }) => name === "a") ?? {};
    const needed = packages.filter((each) => dependsOn?.includes(each.reference ?? "") === true);
    assert.equal(typeof reference, "string");
    assert.deepEqual(needed.map(({ name }) => name).sort(), ["@s/c", "b", "native"]);
    assert.deepEqual(record, {
      type: "npm",
      name: "a",
      version: "1.2.3",
      licenses: ["MIT"],
      usage: "runtime",
      hashes: { sha512: SHA512.toString("hex") },
      direct: true,
      fetchedFrom: { kind: "registry", url: "https://registry.example.com/a/-/a-1.2.3.tgz" },
      line: 1,
    });
  });

  test("version 2: what it states a second time does not count", () => {
    const twice = { ...VERSION_3, lockfileVersion: 2, dependencies: { other: { version: "9.9.9" } } };
    assert.deepEqual(packagesOf(read(twice)), packagesOf(read(VERSION_3)));
  });

  test("version 1: entries within entries", () => {
    assert.deepEqual(packageLines(read(VERSION_1)), [
      "@s/real@3.0.0",
      "a@1.2.3 -> b@2.0.0, c@1.0.0",
      "b@1.0.0 development",
      "b@2.0.0 -> c@1.0.0",
      "c@1.0.0 optional",
      "git@git+ssh://git@host/git.git#0123",
    ]);
  });

  test("a project without dependencies has a lockfile with no package", () => {
    for (const file of [{ lockfileVersion: 1 }, { lockfileVersion: 3, packages: { "": {} } }]) {
      const formatVersion = String(file.lockfileVersion);
      assert.deepEqual(read(file), { kind: "packages", packages: [], unread: [], formatVersion });
    }
  });

  test("names that objects have of their own are names like others", () => {
    const facts = factsOf(
      packageLock,
      PATH,
      '{"packages":{"":{"dependencies":{"__proto__":"1","constructor":"1"}},"node_modules/__proto__":{"version":"1.0.0"}}}',
    );
    assert.deepEqual(packageLines(facts), ["__proto__@1.0.0 direct"]);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "{", "[]", "null", "{}", '{"packages":[]}']) {
      assert.equal(factsOf(packageLock, PATH, text)?.kind, "unreadable", text);
    }
  });

  test("a broken entry is said, and the others are still there", () => {
    const facts = read({
      packages: { "node_modules/a": 7, "node_modules/b": { version: " " }, "node_modules/c": { version: "1.0.0" } },
    });
    assert.deepEqual(packageLines(facts), ["c@1.0.0"]);
    assert.deepEqual(unreadOf(facts), [
      "the package at node_modules/a is not an object",
      "the package /node_modules/b (b) has a version with white space or control characters",
    ]);
  });

  test("folders too deep in each other are said", () => {
    const deep = "node_modules/a/".repeat(formatsBounds.depth + 1);
    const facts = read({ packages: { [`${deep}node_modules/b`]: { version: "1" } } });
    assert.match(unreadOf(facts)[0] ?? "", /a package lies in a path of/);
    let nested: object = {};
    for (let depth = 0; depth <= formatsBounds.depth; depth++) nested = { a: { version: "1", dependencies: nested } };
    assert.match(unreadOf(read({ dependencies: nested }))[0] ?? "", /packages lie in more than 200 directories/);
    const hostile = `${'{"dependencies":{"a":'.repeat(200_000)}{}${"}}".repeat(200_000)}`;
    assert.equal(factsOf(packageLock, PATH, hostile)?.kind, "packages");
  });

  test("lies anywhere but among installed packages", () => {
    for (const path of ["package-lock.json", "a/npm-shrinkwrap.json"]) assert.ok(packageLock.wants(path), path);
    for (const path of ["node_modules/a/package-lock.json", "app/node_modules/@s/a/npm-shrinkwrap.json"]) {
      assert.ok(!packageLock.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(packageLock, PATH, JSON.stringify(VERSION_3));
    holdsWhateverTheBytes(packageLock, PATH, JSON.stringify(VERSION_1));
  });
});
