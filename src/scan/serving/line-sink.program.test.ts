import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Problem } from "../../core/problem.ts";
import { openLineSink } from "./line-sink.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-log-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const fail = (problem: Problem) => assert.fail(problem.line());

test("lines come in order, in a file of its owner's, after what stood there", async (t) => {
  const path = join(folder(t), "log");
  for (const from of [0, 500]) {
    const sink = openLineSink({ path, onProblem: fail });
    for (let index = from; index < from + 500; index++) sink.write(`line ${index}`);
    await sink.close();
  }
  const expected = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join("");
  assert.equal(readFileSync(path, "utf8"), expected);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("what is not written in time is dropped and counted, and never waited for", async (t) => {
  const path = join(folder(t), "log");
  const sink = openLineSink({ path, waitingBytes: 1_000, onProblem: fail });
  for (let index = 0; index < 100; index++) sink.write("x".repeat(100));
  assert.ok(sink.dropped() >= 80, String(sink.dropped()));
  await sink.close();
  assert.equal(readFileSync(path, "utf8").split("\n").length - 1, 100 - sink.dropped());
});

test("a file that is full is put aside, and one that was moved away is opened anew", async (t) => {
  const path = join(folder(t), "log");
  const sink = openLineSink({ path, fileBytes: 100, onProblem: fail });
  const written = async (line: string) => {
    sink.write(line);
    while (!readFileSync(path, "utf8").includes(line)) await new Promise((resolve) => setImmediate(resolve));
  };
  await written("a".repeat(120));
  sink.write("b");
  while (readFileSync(path, "utf8") !== "b\n") await new Promise((resolve) => setImmediate(resolve));
  assert.equal(readFileSync(`${path}.1`, "utf8"), `${"a".repeat(120)}\n`);
  renameSync(path, `${path}.moved`);
  sink.reopen();
  sink.write("c");
  await sink.close();
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(`${path}.moved`, "utf8")], ["c\n", "b\n"]);
});

test("nothing is written through a link, to a pipe or to a folder", (t) => {
  const at = folder(t);
  symlinkSync(join(at, "other"), join(at, "link"));
  execFileSync("mkfifo", [join(at, "pipe")]);
  for (const path of [join(at, "link"), join(at, "pipe"), at, join(at, "none/log")]) {
    assert.throws(() => openLineSink({ path, onProblem: fail }), { code: "serve.log", kind: "usage" }, path);
  }
});

test("a log that cannot be opened anew goes on in the old file, and it is told once", async (t) => {
  const at = folder(t);
  const path = join(at, "log");
  const problems: string[] = [];
  const sink = openLineSink({ path, onProblem: (problem) => problems.push(problem.code) });
  renameSync(path, join(at, "moved"));
  symlinkSync(join(at, "nowhere"), path);
  sink.reopen();
  for (const line of ["one", "two"]) {
    sink.write(line);
    while (!readFileSync(join(at, "moved"), "utf8").includes(line))
      await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.close();
  assert.deepEqual(new Set(problems), new Set(["serve.log"]));
});
