import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { goVendorModules } from "./vendor-modules.ts";

const PATH = "app/vendor/modules.txt";

const MODULES = `## workspace
# example.org/a v1.0.0
## explicit; go 1.17
example.org/a
example.org/a/sub
# example.org/b v1.0.0 => example.org/fork v1.0.1
## explicit
example.org/b
# example.org/c v0.1.0 => ./c
example.org/c
# example.org/b => example.org/fork v1.0.1
`;

describe("vendor/modules.txt", () => {
  test("modules after their replacement; nothing tells what is direct", () => {
    const facts = factsOf(goVendorModules, PATH, MODULES);
    assert.deepEqual(packageLines(facts), ["example.org/a@v1.0.0", "example.org/fork@v1.0.1"]);
    assert.equal(packagesOf(facts)[0]?.direct, undefined);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("a module without a version, or with more, is noted", () => {
    const facts = factsOf(goVendorModules, PATH, "# a\n# b v1.0.0 more\n# c v1.0.0\n");
    assert.deepEqual(packageLines(facts), ["c@v1.0.0"]);
    assert.deepEqual(unreadOf(facts), ["line 1 (a) states no version", "line 2 is not a module and its version"]);
  });

  test("is wanted in a folder called vendor alone", () => {
    for (const path of ["vendor/modules.txt", PATH]) assert.ok(goVendorModules.wants(path), path);
    for (const path of ["modules.txt", "app/vendored/modules.txt", "app/myvendor/modules.txt"]) {
      assert.ok(!goVendorModules.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(goVendorModules, PATH, MODULES));
});
