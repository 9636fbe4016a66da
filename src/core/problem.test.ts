import assert from "node:assert/strict";
import { test } from "node:test";
import { isEvidenceProblem, Problem, type ProblemKind } from "./problem.ts";

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
