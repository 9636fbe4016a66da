/**
 * The kernel's time of day. A test's own clock may be moved (`make test-later`), and that of programs in Go is not: they ask the
 * kernel itself. What such a program is to take for valid now is dated by its clock.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readClock } from "../src/core/clock.ts";

/** By how much the test's clock is ahead, in milliseconds: a new file is dated by the kernel. */
function ahead(): number {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-clock-"));
  try {
    const difference = readClock().getTime() - statSync(folder).mtimeMs;
    return Math.abs(difference) < 60_000 ? 0 : Math.round(difference);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const difference = ahead();

export const kernelClock = (): Date => new Date(readClock().getTime() - difference);
