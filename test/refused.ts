import assert from "node:assert/strict";
import type { Answered } from "./in-process.ts";

/** One line on stderr, nothing on stdout, and no word of a bug. */
export function assertRefused({ code, stdout, stderr }: Answered, line: RegExp): void {
  assert.deepEqual([code, stdout], [2, ""], stderr);
  assert.match(stderr, line);
  assert.doesNotMatch(stderr, /bug|\n {4}at /);
}
