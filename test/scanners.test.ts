import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

/** Long enough that whatever grows with its square would not end while the child may run. */
const LENGTH = 30_000;
const MOST_MILLISECONDS = 240_000;

test("every reader that is written by hand ends on one thing over and over", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "scanners/feed.ts"), String(LENGTH)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: MOST_MILLISECONDS,
    killSignal: "SIGKILL",
  });
  let last = "";
  const ended = once(child, "close") as Promise<[number | null]>;
  for await (const line of createInterface(child.stdout)) last = line;
  const [code] = await ended;
  assert.equal(code, 0, `it did not go on behind ${last}`);
});
