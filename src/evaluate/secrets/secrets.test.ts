import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { createAccumulator } from "../../collect/secrets/accumulator.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { evaluateCommitted } from "./secrets.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const now = new Date("2026-01-02T00:00:00Z");
const trusted: Policy = { ...defaultPolicy, origin: { kind: "trusted", name: "policy.yaml", loosened: [] } };

function committed(found: Parameters<typeof evaluateCommitted>[1], policy: Policy = defaultPolicy): Evaluation {
  const [evaluation, ...more] = evaluateCommitted(fileAsset("."), found, { policy, now });
  assert.ok(evaluation !== undefined && more.length === 0);
  return evaluation;
}

function judged(text: string, policy: Policy = defaultPolicy): Evaluation {
  const accumulator = createAccumulator("here");
  accumulator.file("a.env", text.length, scanner.scan("a.env", Buffer.from(text)));
  return committed(accumulator.finish(), policy);
}

test("a secret fails, a clean folder passes and says what was looked at", () => {
  assert.equal(judged(`a=${sampleCode}`).verdict, "fail");
  const clean = judged("a=b");
  assert.deepEqual([clean.verdict, clean.evidence], ["pass", { files: "1", bytes: "1 kB" }]);
});

test("a comment takes a finding out and is kept with its reason", () => {
  const evaluation = judged(`a=${sampleCode} # bulkhead:allow sample-code it opens nothing`);
  assert.equal(evaluation.verdict, "pass");
  assert.deepEqual(evaluation.excepted[0]?.exception, {
    reason: "it opens nothing",
    owner: "a comment in the file",
    source: { path: "a.env", line: 1, column: 3 },
  });
  assert.match(judged(`a=${sampleCode} # gitleaks:allow`).excepted[0]?.exception.reason ?? "", /no reason given/);
});

test("under a trusted policy a comment allows nothing and is told", () => {
  const evaluation = judged(`a=${sampleCode} # bulkhead:allow sample-code it opens nothing`, trusted);
  assert.equal(evaluation.verdict, "fail");
  assert.match(evaluation.findings[0]?.detail ?? "", /it opens nothing.*no effect under --policy/);
});

test("a comment that is over, or beside one place of two, allows nothing", () => {
  const over = judged(`a=${sampleCode} # bulkhead:allow sample-code until 2026-01-01 for the move`);
  assert.equal(over.verdict, "fail");
  assert.match(over.findings[0]?.detail ?? "", /until 2026-01-01/);
  assert.equal(judged(`a=${sampleCode} # bulkhead:allow sample-code until 2026-01-02 for the move`).verdict, "pass");
  const half = judged(`a=${sampleCode} # gitleaks:allow\nb=${sampleCode}\n`);
  assert.equal(half.verdict, "fail");
  assert.match(half.findings[0]?.detail ?? "", /some of its places/);
});

test("what could not be read makes it unknown, and what was found still fails", () => {
  const problem = new Problem({ kind: "input", code: "secrets.folder", place: "here", cause: "too many" });
  assert.equal(committed(problem).verdict, "unknown");
  const accumulator = createAccumulator("here");
  accumulator.unread("b", "EACCES");
  assert.equal(committed(accumulator.finish()).verdict, "unknown");
  accumulator.file("a.env", 1, scanner.scan("a.env", Buffer.from(sampleCode)));
  assert.equal(committed(accumulator.finish()).verdict, "fail");
});
