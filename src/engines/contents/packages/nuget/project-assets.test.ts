import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { nugetProjectAssets } from "./project-assets.ts";

const SHA512 = Buffer.alloc(64, 7);

const ASSETS = {
  version: 3,
  targets: {
    "net8.0": {
      "A/1.0.0": { type: "package", dependencies: { b: "1.0.0", Missing: "1" } },
      "B/2.0.0": { type: "package", compile: {} },
      "Own/1.0.0": { type: "project" },
    },
    "net8.0/linux-x64": { "A/1.0.0": { type: "package" }, "B/2.0.0": { type: "package" } },
  },
  libraries: { "A/1.0.0": { type: "package", sha512: SHA512.toString("base64") } },
  project: { frameworks: { "net8.0": { dependencies: { a: { target: "Package", version: "[1.0.0, )" } } } } },
};

function read(assets: unknown) {
  return factsOf(
    nugetProjectAssets,
    "obj/project.assets.json",
    typeof assets === "string" ? assets : JSON.stringify(assets),
  );
}

describe("project.assets.json", () => {
  test("packages of all targets with their graph; direct is what the project names", () => {
    assert.deepEqual(packageLines(read(ASSETS)), ["A@1.0.0 direct -> B@2.0.0", "B@2.0.0"]);
    assert.deepEqual(
      packagesOf(read(ASSETS)).map(({ direct, hashes }) => [direct, hashes]),
      [
        [true, { sha512: "07".repeat(64) }],
        [false, undefined],
      ],
    );
  });

  test("without the project, nothing tells what is direct", () => {
    assert.equal(packagesOf(read({ ...ASSETS, project: null }))[0]?.direct, undefined);
  });

  test("a library without a version is noted", () => {
    const facts = read({ targets: { n: { A: { type: "package" }, B: 7, "C/1": { type: "package" } } } });
    assert.deepEqual(packageLines(facts), ["C@1"]);
    assert.deepEqual(unreadOf(facts), ["a library of n (A) states no version"]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "{", "[]", "{}", '{"targets":7}']) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(nugetProjectAssets, "project.assets.json", JSON.stringify(ASSETS));
  });
});
