import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { nugetPackagesLock } from "./packages-lock.ts";

const SHA512 = Buffer.alloc(64, 7);

const LOCK = {
  version: 2,
  dependencies: {
    "net8.0": {
      "Newtonsoft.Json": {
        type: "Direct",
        requested: "[13.0.1, )",
        resolved: "13.0.1",
        contentHash: SHA512.toString("base64"),
      },
      "NuGet.Frameworks": {
        type: "Transitive",
        resolved: "5.7.0",
        dependencies: { "newtonsoft.json": "12.0.3", Missing: "1" },
      },
      Own: { type: "Project", dependencies: { "Newtonsoft.Json": "[13.0.1, )" } },
      Central: { type: "CentralTransitive", resolved: "1.0.0" },
    },
    "net8.0/win-x64": {
      Native: { type: "Transitive", resolved: "2.0.0", dependencies: { "NuGet.Frameworks": "5.7.0" } },
    },
    "net6.0": {
      "newtonsoft.json": { type: "Transitive", resolved: "13.0.1" },
      "NuGet.Frameworks": { type: "Direct", resolved: "5.6.0" },
    },
  },
};

function read(lock: unknown) {
  return factsOf(nugetPackagesLock, "src/packages.lock.json", typeof lock === "string" ? lock : JSON.stringify(lock));
}

describe("packages.lock.json", () => {
  test("packages of all targets with their graph, ids without case; the project's own are none", () => {
    assert.deepEqual(
      packageLines(read(LOCK)),
      [
        "Central@1.0.0",
        "Native@2.0.0 -> NuGet.Frameworks@5.7.0",
        "Newtonsoft.Json@13.0.1 direct",
        "NuGet.Frameworks@5.6.0 direct",
        "NuGet.Frameworks@5.7.0 -> Newtonsoft.Json@13.0.1",
      ].sort(),
    );
    assert.deepEqual(packagesOf(read(LOCK))[0], {
      ...{ type: "nuget", name: "Newtonsoft.Json", version: "13.0.1", licenses: [], direct: true },
      ...{ hashes: { sha512: "07".repeat(64) }, reference: "Newtonsoft.Json 13.0.1", dependsOn: [], line: 1 },
    });
  });

  test("a package without a version is noted, the others are there", () => {
    const facts = read({ dependencies: { n: { A: { type: "Direct" }, B: 7, C: { resolved: "1" } }, m: 7 } });
    assert.deepEqual(packageLines(facts), ["C@1"]);
    assert.deepEqual(unreadOf(facts), ["an entry of n (A) states no version", "an entry of n (B) states no version"]);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "{", '"a"', "[]", "{}", '{"dependencies":[]}']) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(nugetPackagesLock, "packages.lock.json", JSON.stringify(LOCK));
  });
});
