import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemCause } from "./system-cause.ts";

const causeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return systemCause(error);
  }
  return "nothing was thrown";
};

test("what the file system refuses is said in words, without the call and the path", () => {
  const here = import.meta.dirname;
  assert.equal(
    causeOf(() => readFileSync(join(here, "nope"))),
    "no such file or directory",
  );
  assert.equal(
    causeOf(() => readFileSync(here)),
    "a directory, not a file",
  );
  assert.equal(
    causeOf(() => readdirSync(import.meta.filename)),
    "a file stands where a directory is expected",
  );
});

test("a code without words keeps the system's text, and an error of ours its message", () => {
  const odd = Object.assign(new Error("EIO: i/o error, read '/a, b'"), { code: "EIO", syscall: "read" });
  assert.equal(systemCause(odd), "EIO: i/o error");
  assert.equal(systemCause(new Error("broken, really")), "broken, really");
  assert.equal(systemCause("text"), "text");
});
