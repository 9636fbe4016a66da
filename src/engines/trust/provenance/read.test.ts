import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import type { Statement } from "../model.ts";
import { generatorStatement, githubStatement } from "./provenance.fixture.ts";
import { readProvenance, readSummary } from "./read.ts";
import { parseSourceUri } from "./source-uri.ts";

function statement(predicateType: string, predicate: unknown): Statement {
  return { kind: "statement", predicateType, subjects: [], predicate };
}

test("of provenance that lacks what makes it provenance, what is missing is told", () => {
  const v1 = "https://slsa.dev/provenance/v1";
  const build = { buildType: "t", externalParameters: {} };
  const cases: readonly [string, unknown, string][] = [
    [v1, [], "the predicate is no object"],
    [v1, { buildDefinition: build }, "runDetails.builder.id is missing"],
    [v1, { buildDefinition: build, runDetails: { builder: { id: "" } } }, "runDetails.builder.id is missing"],
    [v1, { runDetails: { builder: { id: "b" } } }, "buildDefinition.buildType is missing"],
    [
      v1,
      { buildDefinition: { buildType: "t" }, runDetails: { builder: { id: "b" } } },
      "buildDefinition.externalParameters is missing",
    ],
    ["https://slsa.dev/provenance/v0.2", { buildType: "t" }, "builder.id is missing"],
    ["https://slsa.dev/provenance/v0.2", { builder: { id: "b" } }, "buildType is missing"],
    [
      "https://slsa.dev/provenance/v0.1",
      {},
      "https://slsa.dev/provenance/v0.1 is no version of SLSA provenance that is read: v0.2, v1",
    ],
    [
      "https://slsa.dev/provenance/v1-rc1",
      {},
      "https://slsa.dev/provenance/v1-rc1 is no version of SLSA provenance that is read: v0.2, v1",
    ],
  ];
  for (const [type, predicate, fault] of cases) assert.deepEqual(readProvenance(statement(type, predicate)), { fault });
});

test("names of an object's prototype are no fields", () => {
  const predicate = JSON.parse('{"builder":{"id":"b"},"buildType":"constructor","__proto__":{"x":1}}');
  const read = readProvenance(statement("https://slsa.dev/provenance/v0.2", predicate));
  assert.ok(!("fault" in read));
  assert.equal(read.isKnown, false);
});

test("a summary passes only where it says so, at the highest level of the build track", () => {
  const summary = (own: object) =>
    readSummary(
      statement("https://slsa.dev/verification_summary/v1", {
        verifier: { id: "https://v.example.com" },
        resourceUri: "registry.example.com/shop/api",
        verificationResult: "PASSED",
        verifiedLevels: ["SLSA_BUILD_LEVEL_1", "SLSA_BUILD_LEVEL_3", "SLSA_SOURCE_LEVEL_4", "FEDRAMP_LOW", 7],
        timeVerified: "2026-11-20T10:00:00Z",
        ...own,
      }),
    );
  assert.deepEqual(summary({}), {
    verifier: "https://v.example.com",
    resource: "registry.example.com/shop/api",
    passed: true,
    buildLevel: 3,
    verifiedAt: "2026-11-20T10:00:00.000Z",
  });
  const failed = summary({ verificationResult: "passed", verifiedLevels: ["SLSA_BUILD_LEVEL_4"], timeVerified: "now" });
  assert.ok(!("fault" in failed));
  assert.deepEqual([failed.passed, failed.buildLevel, failed.verifiedAt], [false, 0, undefined]);
  const old = readSummary(
    statement("https://slsa.dev/verification_summary/v0.2", {
      verifier: { id: "v" },
      resource_uri: "r",
      policy_level: "SLSA_LEVEL_2",
      verification_result: "PASSED",
    }),
  );
  assert.ok(!("fault" in old));
  assert.deepEqual([old.passed, old.buildLevel], [true, 2]);
  assert.deepEqual(summary({ verifier: {} }), { fault: "verifier.id is missing" });
});

test("a source is a repository by https, with its host and its ref", () => {
  const cases: readonly [string, object | undefined][] = [
    ["git+https://github.com/shop/api@refs/tags/v1", { repository: "github.com/shop/api", ref: "refs/tags/v1" }],
    ["https://GitHub.com/shop/api.git", { repository: "github.com/shop/api" }],
    ["https://gitlab.example.com:8443/a/b/c/", { repository: "gitlab.example.com:8443/a/b/c" }],
    ["http://github.com/shop/api", undefined],
    ["https://github.com@evil.example.com/shop/api", undefined],
    ["https://user@github.com/shop/api", undefined],
    ["https://github.com/shop/../evil/api", undefined],
    ["https://github.com/shop/api?x=1", undefined],
    ["https://github.com/shop/api#x", undefined],
    ["https://github.com/shop/api@main", undefined],
    ["https://github.com/shop/api\n", undefined],
    ["https://github.com", undefined],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseSourceUri(text), expected, text);
});

test("whatever a predicate is, it is read or told why not", () => {
  const types = fc.constantFrom(
    "https://slsa.dev/provenance/v1",
    "https://slsa.dev/provenance/v0.2",
    "https://slsa.dev/verification_summary/v1",
  );
  const seeds = [githubStatement().predicate, generatorStatement().predicate];
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.nat(60), fc.jsonValue()).map(([seed, at, value]) => {
    let count = 0;
    return JSON.parse(JSON.stringify(seed), (_key, own) => (count++ === at ? value : own));
  });
  fc.assert(
    fc.property(types, fc.oneof(fc.jsonValue(), mutated), (type, predicate) => {
      const read = [readProvenance(statement(type, predicate)), readSummary(statement(type, predicate))];
      for (const one of read) assert.ok("fault" in one || "builder" in one || "verifier" in one);
    }),
    runs(500),
  );
});
