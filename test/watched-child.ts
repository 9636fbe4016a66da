/** A program of the tests that may hang: it runs beside them, and says what it is at. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Fails with its last line where it does not end well, or not in time. */
export async function endsInTime(
  program: string,
  args: readonly string[],
  milliseconds: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: milliseconds,
    killSignal: "SIGKILL",
  });
  let last = "";
  const ended = once(child, "close") as Promise<[number | null]>;
  for await (const line of createInterface(child.stdout)) last = line;
  const [code] = await ended;
  assert.equal(code, 0, `it did not go on behind ${last}`);
}
