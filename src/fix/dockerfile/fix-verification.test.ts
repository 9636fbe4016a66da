import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import type { Lint } from "../../evaluate/build/dockerfiles.ts";
import { fixableTogether, verifyFixes } from "../verified-edits.ts";
import { fixVerifierOf } from "./fix-verification.ts";

const text = "FROM a:1\nRUN bad\nRUN bad\n";
const dockerfile = parseDockerfile("Dockerfile", text);

/** `bad` is a finding; `worse` is one of another check; `BAD` is the first again, more severe. */
const lint: Lint = (changed) =>
  [...changed.text.matchAll(/bad|worse|BAD/g)].map(([word]) => ({
    check: word === "worse" ? "build/worse" : "build/bad",
    severity: word === "BAD" ? "high" : "low",
  }));

function finding(start: number, end: number, replacement: string, path = "Dockerfile"): Finding {
  return {
    check: "build/bad",
    subject: String(start),
    severity: "low",
    title: "bad",
    locations: [{ kind: "file", path }],
    matches: { ids: ["build/bad"], path },
    fix: {
      kind: "edit",
      text: "fix it",
      grade: "safe",
      reason: "it is a test",
      edits: [{ path, start, end, replacement }],
    },
    evidence: {},
    fingerprint: "0",
    overThreshold: false,
  };
}

function evaluationOf(...findings: Finding[]): Evaluation {
  return {
    check: "build/bad",
    asset: { kind: "file", id: "Dockerfile", lineage: "Dockerfile", name: "Dockerfile" },
    verdict: "pass",
    reason: "",
    findings,
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
  };
}

const [first, second] = [text.indexOf("bad"), text.lastIndexOf("bad")];
const good = finding(second, second + 3, "good");

/** Why the first finding's edit is refused beside one that does. */
function reasonFor(edit: Finding): string | undefined {
  const evaluations = [evaluationOf(edit, good)];
  const verifier = fixVerifierOf(dockerfile, evaluations, lint);
  const { refused, evaluations: left } = verifyFixes(evaluations, verifier);
  assert.deepEqual(fixableTogether(left, verifier, false), refused.length === 0 ? [edit, good] : [good]);
  const [kept] = left[0]?.findings ?? [];
  assert.equal(kept?.fix?.kind, refused.length === 0 ? "edit" : "instruction");
  return refused[0]?.reason;
}

test("what ends the finding and starts none is offered", () => {
  assert.equal(reasonFor(finding(first, first + 3, "good")), undefined);
});

test("what does not is refused with its reason, and stays as words", () => {
  assert.equal(reasonFor(finding(first, first, "very ")), "does not resolve the finding");
  assert.equal(reasonFor(finding(first, first + 3, "worse")), "would cause a finding of build/worse");
  assert.equal(reasonFor(finding(first, first + 3, "BAD")), "does not resolve the finding");
  assert.equal(reasonFor(finding(first - 4, first + 3, "NONSENSE x")), "Docker would reject the result");
  assert.equal(reasonFor(finding(first, first + 3, "good", "other")), "changes another file");
  assert.equal(reasonFor(finding(first, text.length + 1, "good")), "its edits leave the text");
});

test("of edits that overlap the first is made, and the other waits", () => {
  const wide = finding(first, second + 3, "good\nRUN bad");
  const evaluations = [evaluationOf(wide, good)];
  const verifier = fixVerifierOf(dockerfile, evaluations, lint);
  const verified = verifyFixes(evaluations, verifier);
  assert.deepEqual(verified.refused, []);
  assert.deepEqual(fixableTogether(verified.evaluations, verifier, false), [wide]);
});
