import assert from "node:assert/strict";
import { test } from "node:test";
import { added } from "../../checks/findings/dependency.fixture.ts";
import { dependencyFinding } from "../../checks/findings/dependency-finding.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Finding, fingerprintOf } from "../../core/finding.ts";
import { withAlikeJoined } from "./alike-findings.ts";

const id = "build/dependency-source";
const asset = fileAsset("package-lock.json");

function finding(name: string, title: string, line: number): Finding {
  const said = { severity: "high", title, fix: "use the registry", evidence: { host: "h.example" } } as const;
  const draft = dependencyFinding(id, added({ name, line }), said);
  return { ...draft, check: id, overThreshold: true, fingerprint: fingerprintOf(id, asset.lineage, draft.subject) };
}

function evaluation(findings: readonly Finding[]): Evaluation {
  return {
    ...{ check: id, asset, verdict: "fail", reason: "found", findings, excepted: [], evidence: {}, gaps: [] },
    observedAt: "2026-01-01T00:00:00.000Z",
  };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => finding(`p${at}`, "is from h.example", at + 1));

test("what hundreds of packages have in common is one finding with their count and places", () => {
  const other = finding("q", "is from elsewhere", 900);
  const { findings } = withAlikeJoined(evaluation([...many(300), other]));
  assert.deepEqual(findings.map(({ title }) => title).sort(), [
    "300 packages are from h.example",
    "q 1.0.0 is from elsewhere",
  ]);
  const joined = findings.find(({ title }) => title.startsWith("300"));
  assert.equal(joined?.locations.length, 20);
  assert.deepEqual(joined?.locations[0], { kind: "file", path: "package-lock.json", line: 1 });
  assert.match(joined?.evidence.packages ?? "", /^p0, p1, p10, .*, and 290 more$/);
  assert.equal(joined?.matches.package, undefined);
  assert.equal(joined?.overThreshold, true);
});

test("a few are told one by one, and a package that joins the group makes another finding of it", () => {
  assert.equal(withAlikeJoined(evaluation(many(5))).findings.length, 5);
  const [one] = withAlikeJoined(evaluation(many(6))).findings;
  const [two] = withAlikeJoined(evaluation(many(7))).findings;
  assert.notEqual(one?.fingerprint, two?.fingerprint);
  assert.equal(one?.fingerprint, withAlikeJoined(evaluation(many(6).reverse())).findings[0]?.fingerprint);
});

test("records differ by their ids, so that malicious packages are told one by one", () => {
  const records = Array.from({ length: 50 }, (_, at) =>
    finding(`p${at}`, `is a malicious package (MAL-${at})`, at + 1),
  );
  assert.equal(withAlikeJoined(evaluation(records)).findings.length, 50);
});
