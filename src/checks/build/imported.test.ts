import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImportedFlaw, ImportedResult } from "../../engines/reports/model.ts";
import { importedVulnerabilities } from "../image/imported-vulnerabilities.ts";
import { importedDependencies } from "./imported-dependencies.ts";
import { importedResults } from "./imported-results.ts";
import { importedSecrets } from "./imported-secrets.ts";

const now = new Date(0);
const by = { tool: { name: "Trivy", version: "0.58.1" }, observedAt: "2026-11-20T00:00:00Z", place: "trivy.json" };
const flaw: ImportedFlaw = {
  ids: ["GHSA-xvch-5gv4-984h", "CVE-2021-44906"],
  package: { type: "npm", name: "minimist", version: "1.2.0", purl: "pkg:npm/minimist@1.2.0" },
  path: "app/package-lock.json",
  severity: "critical",
  fixed: ["1.2.6", "0.2.4"],
  title: "Prototype pollution",
  references: [],
  by: [{ ...by, severity: "critical" }],
};
const result: ImportedResult = {
  kind: "result",
  rule: "DS002",
  title: "Specify a USER",
  severity: "high",
  confidence: "medium",
  path: "web/Dockerfile",
  inImage: false,
  lines: [{ line: 7 }, { line: 9, column: 2 }],
  count: 2,
  references: [],
  by: [{ ...by, severity: "high" }],
};

test("a flaw of an image says whose word it is, as of when, and what mends it", () => {
  const [draft, ...others] = importedVulnerabilities.evaluate({ flaws: [flaw] }, now);
  assert.deepEqual(others, []);
  assert.equal(draft?.subject, "CVE-2021-44906 pkg:npm/minimist at app/package-lock.json");
  assert.equal(draft?.title, "Prototype pollution (reported by Trivy)");
  assert.equal(draft?.confidence, "medium");
  assert.deepEqual(draft?.locations, [{ kind: "file", path: "/app/package-lock.json" }]);
  assert.deepEqual(draft?.matches.ids, ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"]);
  assert.equal(draft?.fix?.text, "upgrade minimist from 1.2.0 to 1.2.6 or 0.2.4 or later");
  assert.equal(draft?.evidence["reported by"], "Trivy 0.58.1 on 2026-11-20 (critical)");
});

test("the subject outlives another version of the package and of the tool", () => {
  const later: ImportedFlaw = {
    ...flaw,
    package: { ...flaw.package, version: "1.2.5", purl: "pkg:npm/minimist@1.2.5?x=y" },
    by: [{ ...by, tool: { name: "Grype" }, severity: "high" }],
  };
  const subjects = [flaw, later].map((each) => [...importedDependencies.evaluate({ flaws: [each] }, now)][0]?.subject);
  assert.equal(subjects[0], subjects[1]);
});

test("of a flaw without a place, a version that mends it or a known package the finding says no more than is known", () => {
  const { path: _, fixed: __, ...rest } = flaw;
  const bare = { ...rest, ids: ["X-1"] as const, package: { name: "odd", version: "" } };
  const [draft] = importedDependencies.evaluate({ flaws: [bare] }, now);
  assert.equal(draft?.subject, "X-1 package/odd");
  assert.deepEqual(draft?.locations, [{ kind: "object", object: "package odd" }]);
  assert.equal(draft?.fix?.kind, "instruction");
  const [unfixed] = importedDependencies.evaluate({ flaws: [{ ...bare, fixed: [] }] }, now);
  assert.equal(unfixed?.fix, undefined);
});

test("a result is a finding at its lines, by the tool's rule", () => {
  const [draft] = importedResults.evaluate({ results: [result] }, now);
  assert.equal(draft?.subject, "Trivy:DS002 in web/Dockerfile");
  assert.deepEqual(draft?.matches, { ids: ["Trivy:DS002"], path: "web/Dockerfile" });
  assert.deepEqual(draft?.locations, [
    { kind: "file", path: "web/Dockerfile", line: 7 },
    { kind: "file", path: "web/Dockerfile", line: 9, column: 2 },
  ]);
});

test("a secret in an image is at its path there, one outside of what was scanned at none", () => {
  const { path: _, ...outside } = { ...result, outside: "/home/x\u001b[2J", inImage: true };
  const drafts = [...importedSecrets.evaluate({ secrets: [{ ...result, inImage: true }, outside] }, now)];
  assert.deepEqual(drafts[0]?.locations[0], { kind: "file", path: "/web/Dockerfile", line: 7 });
  assert.deepEqual(drafts[1]?.locations, [{ kind: "object", object: "a result in trivy.json" }]);
  assert.equal(drafts[1]?.evidence["place outside of what was scanned"], "/home/x\\u001b[2J");
});

test("nothing reported is nothing found", () => {
  assert.deepEqual([...importedVulnerabilities.evaluate({ flaws: [] }, now)], []);
  assert.deepEqual([...importedDependencies.evaluate({ flaws: [] }, now)], []);
  assert.deepEqual([...importedResults.evaluate({ results: [] }, now)], []);
  assert.deepEqual([...importedSecrets.evaluate({ secrets: [] }, now)], []);
});
