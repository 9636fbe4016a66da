import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { composerInstalled } from "./installed-json.ts";

const PATH = "app/vendor/composer/installed.json";
const PACKAGES = [
  { name: "acme/a", version: "1.0.0", require: { "acme/b": "*" } },
  { name: "acme/b", version: "2.0.0" },
];

function read(installed: unknown) {
  return factsOf(composerInstalled, PATH, typeof installed === "string" ? installed : JSON.stringify(installed));
}

describe("vendor/composer/installed.json", () => {
  test("of Composer 1 is a list", () => {
    assert.deepEqual(packageLines(read(PACKAGES)), ["acme/a@1.0.0 -> acme/b@2.0.0", "acme/b@2.0.0"]);
  });

  test("of Composer 2 names what is for development", () => {
    const installed = { packages: PACKAGES, dev: true, "dev-package-names": ["acme/b", 7] };
    assert.deepEqual(packageLines(read(installed)), ["acme/a@1.0.0 -> acme/b@2.0.0", "acme/b@2.0.0 development"]);
  });

  test("what is neither is unreadable", () => {
    for (const text of ["", "{", "{}", "7", "null", '{"packages":1}']) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("is installed evidence, in a folder called composer alone", () => {
    assert.equal(composerInstalled.evidence, "installed");
    for (const path of [PATH, "composer/installed.json", "libs/composer/installed.json"]) {
      assert.ok(composerInstalled.wants(path), path);
    }
    for (const path of ["installed.json", "app/mycomposer/installed.json"]) {
      assert.ok(!composerInstalled.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(composerInstalled, PATH, JSON.stringify({ packages: PACKAGES, "dev-package-names": [] }));
  });
});
