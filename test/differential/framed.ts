/** A consumer as a program that reads many cases from its input and answers each with a line. */
import { spawn } from "node:child_process";
import type { Reading } from "./differential.ts";

/** For a batch; a consumer that takes longer hangs. */
const MOST_MILLISECONDS = 300_000;

/**
 * @param cases - each is handed over behind its length (4 bytes, big-endian)
 * @returns its lines, in order
 */
export async function linesOf(program: string, args: readonly string[], cases: readonly Buffer[]): Promise<string[]> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], timeout: MOST_MILLISECONDS });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
  // A consumer that ends early shows in its exit code.
  child.stdin.on("error", () => {});
  for (const bytes of cases) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    child.stdin.write(length);
    child.stdin.write(bytes);
  }
  child.stdin.end();
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await ended;
  return Buffer.concat(parts).toString("utf8").split("\n").slice(0, -1);
}

/** @returns of a line `=TEXT` the value, of `!TEXT` why it is refused; in order */
export async function answersOf(
  program: string,
  args: readonly string[],
  cases: readonly Buffer[],
): Promise<readonly Reading[]> {
  return (await linesOf(program, args, cases)).map((line) =>
    line.startsWith("=") ? { kind: "value", value: line.slice(1) } : { kind: "refused", why: line.slice(1) },
  );
}
