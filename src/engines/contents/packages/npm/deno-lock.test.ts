import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { denoLock } from "./deno-lock.ts";

const PATH = "app/deno.lock";
const SHA512 = Buffer.alloc(64, 5);
const INTEGRITY = `sha512-${SHA512.toString("base64")}`;

const NAMED_BY_KEY = {
  "a@1.2.3": { integrity: INTEGRITY, dependencies: { b: "b@2.0.0", peer: "@s/c@1.0.0_b@2.0.0" } },
  "b@2.0.0": { integrity: INTEGRITY, dependencies: {} },
  "@s/c@1.0.0_b@2.0.0": { integrity: INTEGRITY, dependencies: { b: "b@2.0.0" } },
};
const VERSIONS: readonly [version: string, file: object][] = [
  ["2", { version: "2", npm: { specifiers: { "a@^1": "a@1.2.3" }, packages: NAMED_BY_KEY } }],
  ["3", { version: "3", packages: { specifiers: { "npm:a@^1": "npm:a@1.2.3" }, npm: NAMED_BY_KEY } }],
  [
    "4",
    {
      version: "4",
      specifiers: { "npm:a@^1": "1.2.3", "jsr:@std/x@1": "1.0.0" },
      jsr: { "@std/x@1.0.0": { integrity: "0123" } },
      npm: {
        "a@1.2.3": { integrity: INTEGRITY, dependencies: ["b", "@s/c"] },
        "b@2.0.0": { integrity: INTEGRITY },
        "@s/c@1.0.0_b@2.0.0": { integrity: INTEGRITY, dependencies: ["b@2.0.0"] },
      },
    },
  ],
];

describe("deno.lock", () => {
  test("packages of JSR and modules by URL are named as not judged", () => {
    const jsr = { "@std/assert@1.0.0": { integrity: "00" } };
    const remote = { "https://deno.land/std@0.100.0/path/mod.ts": "00", "https://deno.land/x/a/mod.ts": "00" };
    for (const file of [
      { version: "4", jsr, remote },
      { version: "3", packages: { jsr }, remote },
    ]) {
      assert.deepEqual(unreadOf(factsOf(denoLock, PATH, JSON.stringify(file))), [
        "1 JSR package without advisories",
        "2 modules by URL without advisories",
      ]);
    }
  });

  for (const [version, file] of VERSIONS) {
    test(`version ${version}`, () => {
      const facts = factsOf(denoLock, PATH, JSON.stringify(file));
      assert.deepEqual(packageLines(facts), [
        "@s/c@1.0.0 -> b@2.0.0",
        "a@1.2.3 direct -> @s/c@1.0.0, b@2.0.0",
        "b@2.0.0",
      ]);
      assert.deepEqual(packagesOf(facts)[0]?.hashes, { sha512: SHA512.toString("hex") });
      holdsWhateverTheBytes(denoLock, PATH, JSON.stringify(file), 80);
    });
  }

  test("modules by URL alone are no packages", () => {
    const text = '{"version":"3","remote":{"https://deno.land/x/a.ts":"0123"}}';
    assert.deepEqual(packageLines(factsOf(denoLock, PATH, text)), []);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "{}", "[]"]) assert.equal(factsOf(denoLock, PATH, text)?.kind, "unreadable", text);
  });
});
