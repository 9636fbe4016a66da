/** Runs command lines as `bin/bulkhead.js` runs its one, each with a directory, an environment and streams of its own. */
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { runCommand } from "../src/cli/run.ts";
import { threadsFrom } from "../src/cli/threads.ts";
import { cloned } from "./bulkhead.ts";
import type { Answered, Asked } from "./resident.ts";

threadsFrom(pathToFileURL(cloned));

/** Stands in for one of the process's own, which is a pipe. */
function collecting(fd: number) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  Object.assign(stream, { fd });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function replace(name: "stdout" | "stderr", stream: Writable): void {
  Object.defineProperty(process, name, { configurable: true, get: () => stream });
}

let running: { done: boolean; answer(): Answered } | undefined;

process.on("message", async ({ words, cwd, environment }: Asked) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.argv = [process.execPath, cloned, ...words];
  process.exitCode = undefined;
  const [stdout, stderr] = [collecting(1), collecting(2)];
  replace("stdout", stdout.stream);
  replace("stderr", stderr.stream);
  const own = {
    done: false,
    answer: () => ({ code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() }),
  };
  running = own;
  process.channel?.unref();
  await runCommand(words);
  own.done = true;
});

// Nothing is left to wait for: here a process of its own would end.
process.on("beforeExit", () => {
  if (running === undefined) return;
  if (!running.done) throw new Error("it exited early");
  const answer = running.answer();
  running = undefined;
  process.exitCode = 0;
  process.channel?.ref();
  process.send?.(answer);
});
