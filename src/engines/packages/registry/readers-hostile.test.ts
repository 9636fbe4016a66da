import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { readCrate, readIndex } from "./crates.ts";
import { readModuleStanding, readVersionInfo, readVersionList } from "./go.ts";
import { readMavenMetadata } from "./maven.ts";
import { readPackument } from "./npm.ts";
import { readRegistration } from "./nuget.ts";
import { readComposerPackage } from "./packagist.ts";
import { readSimplePage, readVersionDocument } from "./pypi.ts";
import { readGemVersions } from "./rubygems.ts";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const PLACE = "registry.example/left";
const BASE = new URL("https://registry.example/");

const PACKUMENT = {
  _rev: "3-a",
  name: "left",
  time: { created: "2020-01-01T00:00:00Z", modified: "2024-01-02T00:00:00Z", "1.0.0": "2020-01-01T00:00:00Z" },
  maintainers: [{ name: "ann" }],
  versions: {
    "1.0.0": {
      license: "MIT",
      scripts: { install: "a" },
      dist: {
        tarball: "https://registry.example/a.tgz",
        shasum: "ab".repeat(20),
        signatures: [{ keyid: "a", sig: "b" }],
      },
    },
  },
};

const readers: readonly [string, (input: Buffer) => unknown, unknown][] = [
  ["npm", (input) => readPackument(input, "whole", PLACE), PACKUMENT],
  ["npm, abbreviated", (input) => readPackument(input, "abbreviated", PLACE), PACKUMENT],
  [
    "PyPI",
    (input) => readSimplePage(input, BASE, PLACE),
    {
      name: "left",
      versions: ["1"],
      files: [{ filename: "left-1.zip", url: "a", hashes: { sha256: "ab".repeat(32) }, yanked: true }],
    },
  ],
  [
    "PyPI's JSON",
    (input) => readVersionDocument(input, PLACE),
    { info: { license: "MIT", classifiers: ["a"] }, urls: [{ url: "a", digests: {} }] },
  ],
  ["crates.io", (input) => readCrate(input, BASE, PLACE), { crate: { id: "left" }, versions: [{ num: "1.0.0" }] }],
  ["a crate index", (input) => readIndex(input, PLACE), { name: "left", vers: "1.0.0", cksum: "a" }],
  [
    "RubyGems",
    (input) => readGemVersions(input, "left", BASE, PLACE),
    [{ number: "1", licenses: ["MIT"], metadata: {} }],
  ],
  [
    "Packagist",
    (input) => readComposerPackage(input, "a/b", PLACE),
    { minified: "x", packages: { "a/b": [{ version: "1", license: ["MIT"] }] } },
  ],
  [
    "NuGet",
    (input) => readRegistration(input, [input], "left", PLACE),
    { items: [{ items: [{ catalogEntry: { version: "1" } }] }] },
  ],
  [
    "Go",
    (input) => [readVersionInfo(input, PLACE), readVersionList(input), readModuleStanding(input)],
    { Version: "v1", Time: "x" },
  ],
  ["Maven", (input) => readMavenMetadata(input, "a:b", PLACE), "<versions><version>1</version></versions>"],
];

test("whatever a registry answers is read or refused with a code", () => {
  for (const [name, read, seed] of readers) {
    const text = bytes(seed).toString("utf8");
    const mutated = fc
      .tuple(
        fc.nat(text.length),
        fc.nat(12),
        fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("null", "[]", "{}", "1e999", '"', "\\ud800", "[[[[")),
      )
      .map(([at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone));
    const value = fc.jsonValue({ maxDepth: 4 }).map((one) => JSON.stringify(one));
    fc.assert(
      fc.property(fc.oneof(mutated, value, fc.string()), (input) => {
        try {
          read(Buffer.from(input));
        } catch (error) {
          assert.ok(error instanceof Problem && error.code === "packages.answer", `${name}: ${String(error)}`);
        }
      }),
      runs(300),
    );
    // A field of a valid answer that is of any other type.
    fc.assert(
      fc.property(fc.nat(40), fc.jsonValue({ maxDepth: 2 }), (index, put) => {
        let at = 0;
        const changed = JSON.stringify(seed, (_, inner: unknown) => (at++ === index ? put : inner));
        try {
          read(Buffer.from(changed ?? "null"));
        } catch (error) {
          assert.ok(error instanceof Problem && error.code === "packages.answer", `${name}: ${String(error)}`);
        }
      }),
      runs(300),
    );
  }
});
