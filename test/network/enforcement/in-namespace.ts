/** Runs a program in namespaces of its own: it is handed one JSON text, and answers one. */
import { spawn } from "node:child_process";

/**
 * @param command - the words behind `unshare`
 * @param asked - what the program reads of its input
 * @param environment - all of it
 * @throws Error where it ends with another code than 0, with what it says
 */
export async function askInNamespace(
  command: readonly string[],
  asked: unknown,
  {
    timeout,
    environment,
    failed,
  }: { readonly timeout: number; readonly environment: NodeJS.ProcessEnv; readonly failed: string },
): Promise<unknown> {
  const child = spawn("unshare", command, { timeout, env: environment });
  const [stdout, stderr] = [[] as Buffer[], [] as Buffer[]];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // One that ends early shows in its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(asked));
  const code = await ended;
  if (code !== 0) throw new Error(`${failed} (${code}): ${Buffer.concat(stderr).toString().trim()}`);
  return JSON.parse(Buffer.concat(stdout).toString()) as unknown;
}
