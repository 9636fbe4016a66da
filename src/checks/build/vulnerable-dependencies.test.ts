import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScopeMatches, VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { vulnerableDependencies } from "./vulnerable-dependencies.ts";

const minimist = {
  type: "npm",
  name: "minimist",
  version: "1.2.5",
  licenses: [],
  purl: "pkg:npm/minimist@1.2.5",
} as const;
const match: VulnerabilityMatch = {
  id: "CVE-2021-44906",
  ids: ["CVE-2021-44906"],
  advisories: [],
  package: { ...minimist, path: "web/package-lock.json" },
  severity: "critical",
  fixedVersion: "1.2.6",
  summary: "Prototype pollution",
};

function found(matches: readonly VulnerabilityMatch[]) {
  const scope: Omit<ScopeMatches, "matches"> = {
    scope: "npm",
    packageTypes: ["npm"],
    packages: 1,
    coverage: [],
    gaps: [],
    settled: [],
  };
  const facts = { inventory: { packages: [match.package] }, vulnerabilities: { ...scope, matches } };
  return [...vulnerableDependencies.evaluate(facts, new Date(0))];
}

test("a match is found at its lockfile, and none is none", () => {
  assert.deepEqual(found([]), []);
  const [finding, ...more] = found([match]);
  assert.deepEqual(more, []);
  assert.deepEqual(finding?.locations, [{ kind: "file", path: "web/package-lock.json" }]);
  assert.deepEqual(finding?.fix, {
    kind: "upgrade",
    text: "upgrade minimist from 1.2.5 to 1.2.6 or later",
    version: "1.2.6",
  });
});

test("a malicious package is left to the check that is about nothing else", () => {
  assert.deepEqual(
    found([{ ...match, id: "MAL-2026-1", ids: ["MAL-2026-1"], severitySource: "malicious package" }]),
    [],
  );
});
