import assert from "node:assert/strict";
import { test } from "node:test";
import { isEvidenceProblem, Problem, type ProblemKind, usageProblem } from "./problem.ts";

const details = { kind: "input", code: "test.broken", place: "a.tar", cause: "the end is missing" } as const;

test("a problem is one line: code, place, cause, remedy", () => {
  assert.equal(new Problem(details).line(), "test.broken: a.tar: the end is missing");
  assert.equal(
    new Problem({ ...details, remedy: "pull it again" }).line(),
    "test.broken: a.tar: the end is missing (pull it again)",
  );
  assert.equal(
    new Problem({ ...details, place: "a\n\u001b[2Jb" }).line(),
    "test.broken: a\\u000a\\u001b[2Jb: the end is missing",
  );
});

test("a problem keeps what caused it", () => {
  const cause = new Error("EIO");
  assert.equal(new Problem(details, { cause }).cause, cause);
});

test("broken input and a silent registry make an answer unknown; a wrong word or a bug does not", () => {
  const of = (kind: ProblemKind) => isEvidenceProblem(new Problem({ ...details, kind }));
  assert.deepEqual([of("input"), of("unavailable"), of("usage")], [true, true, false]);
  assert.equal(isEvidenceProblem(new Error("a bug")), false);
});

test("what the caller wrote wrong is told as written, with a remedy where there is one", () => {
  assert.equal(usageProblem("--now x", "it is no time").line(), "cli.usage: --now x: it is no time");
  assert.equal(
    usageProblem("--now x", "it is no time", "2026-01-01").line(),
    "cli.usage: --now x: it is no time (2026-01-01)",
  );
  assert.equal(isEvidenceProblem(usageProblem("a", "b")), false);
});
