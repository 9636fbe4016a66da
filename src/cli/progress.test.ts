import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { WriteStream } from "node:tty";
import { createProgress, progressLine } from "./progress.ts";

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean): { readonly to: WriteStream; readonly written: () => string } {
  const to = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  // Only what progress uses of a terminal's stream is there.
  return { to: to as unknown as WriteStream, written: () => String(to.read() ?? "") };
}

/** Tells these times, one a call. */
function clock(...times: readonly number[]): () => number {
  const left = [...times];
  return () => left.shift() ?? assert.fail("nobody is to ask for the time again");
}

test("nothing is shown before a second has passed", () => {
  for (const isTTY of [true, false]) {
    const { to, written } = stream(isTTY);
    const progress = createProgress(to, false, clock(5_000, 5_999));
    progress.update("at work");
    progress.clear();
    assert.equal(written(), "");
  }
});

test("after it a terminal has one line, which is removed again", () => {
  const { to, written } = stream(true);
  const progress = createProgress(to, false, clock(5_000, 6_000, 6_099));
  progress.update(`at work on ${"x".repeat(100)}`);
  progress.update("redrawn too soon");
  const line = written();
  assert.equal(line.slice(0, 5), "\r\u001b[2K");
  assert.equal(line.length - 5, 39, "it fits the terminal");
  progress.clear();
  assert.equal(written(), "\r\u001b[2K");
  progress.clear();
  assert.equal(written(), "");
});

test("a log gets whole lines, and is told nothing twice within seconds", () => {
  const { to, written } = stream(false);
  const progress = createProgress(to, false, clock(5_000, 6_000, 15_999));
  progress.update("at work");
  progress.update("still at work");
  progress.clear();
  assert.equal(written(), "at work\n");
});

test("quiet is quiet", () => {
  const { to, written } = stream(false);
  createProgress(to, true, clock(5_000, 7_000)).update("at work");
  assert.equal(written(), "");
});

test("names from images cannot move the cursor", () => {
  const { to, written } = stream(false);
  createProgress(to, false, clock(5_000, 7_000)).update("web\u001b[2J\r\n");
  const line = written().slice(0, -1);
  for (const control of ["\u001b", "\r", "\n"]) assert.ok(!line.includes(control));
});

test("the line says how far the work is, where the end is known", () => {
  assert.equal(progressLine("web", 0, 2_000_000), `scanning web [${" ".repeat(24)}] 0% of 2.0 MB`);
  assert.equal(
    progressLine("web", 150_000_000, 300_000_000),
    `scanning web [${"=".repeat(12)}${" ".repeat(12)}] 50% of 300 MB`,
  );
  assert.match(progressLine("web", 900, 300), /\] 100% of/);
  assert.equal(progressLine("dir:/", 1234, undefined), "reading dir:/: 1,234 entries");
  assert.equal(progressLine("web", 0, 0), "reading web: 0 entries");
});
