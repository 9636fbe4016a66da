import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { composerLock } from "./composer-lock.ts";

const SHA1 = "0123456789".repeat(4);

const PACKAGES = [
  {
    name: "acme/app-kit",
    version: "v1.2.3",
    dist: { type: "zip", url: "https://example.org/a.zip", shasum: SHA1 },
    require: { php: ">=8", "ext-json": "*", "PSR/Log": "^3", "psr/log-implementation": "*", "acme/own": "*" },
    license: ["MIT", "GPL-2.0-only"],
  },
  { name: "psr/log", version: "dev-main", dist: { type: "zip", shasum: "" }, license: "MIT" },
  { name: "acme/logger", version: "2.0.0", provide: { "psr/log-implementation": "3" }, replace: { "acme/old": "*" } },
  { name: "acme/own", version: "1.0.0", dist: { type: "path", url: "../own" } },
];
const DEVELOPMENT = [{ name: "phpunit/phpunit", version: "10.0.0", require: { "acme/old": "1" } }];

function read(lock: unknown) {
  return factsOf(composerLock, "app/composer.lock", typeof lock === "string" ? lock : JSON.stringify(lock));
}

describe("composer.lock", () => {
  const lock = { _readme: [], packages: PACKAGES, "packages-dev": DEVELOPMENT };

  test("packages and those for development with their graph; the project's own are none", () => {
    assert.deepEqual(packageLines(read(lock)), [
      "acme/app-kit@v1.2.3 -> acme/logger@2.0.0, psr/log@dev-main",
      "acme/logger@2.0.0",
      "phpunit/phpunit@10.0.0 development -> acme/logger@2.0.0",
      "psr/log@dev-main",
    ]);
    assert.deepEqual(packagesOf(read(lock))[0], {
      ...{ type: "composer", name: "acme/app-kit", version: "v1.2.3", licenses: ["MIT", "GPL-2.0-only"] },
      ...{ hashes: { sha1: SHA1 }, reference: "acme/app-kit v1.2.3", line: 1 },
      fetchedFrom: { kind: "url", url: "https://example.org/a.zip" },
      dependsOn: ["acme/logger 2.0.0", "psr/log dev-main"],
    });
  });

  test("a package without a name or version is noted, the others are there", () => {
    const facts = read({ packages: [null, { name: "a/b" }, { version: "1" }, ...PACKAGES] });
    assert.equal(packagesOf(facts).length, 3);
    assert.deepEqual(unreadOf(facts), [
      "package 1 is not an object",
      "package 2 (a/b) states no version",
      "package 3 states no name",
    ]);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "bogus", "{", "[]", "null", "{}", '{"packages":{}}']) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("an installed package's own lockfile is not wanted", () => {
    assert.ok(composerLock.wants("app/composer.lock"));
    for (const path of ["vendor/a/b/composer.lock", "app/vendor/a/b/composer.lock"]) {
      assert.ok(!composerLock.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(composerLock, "composer.lock", JSON.stringify(lock));
  });
});
