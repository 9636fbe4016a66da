/**
 * The program without its start: a command line runs in the test's own process, as `bin/bulkhead.js` would have it run in one of its
 * own. For tests of what a command reads, judges and prints; what a process is (streams, signals, memory, its cache) takes a start:
 * `bulkhead.ts`.
 */
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { runCommand } from "../src/cli/run.ts";
import { threadsFrom } from "../src/cli/threads.ts";
import type { Ended, RunOptions } from "./bulkhead.ts";
import { cloned, environmentOf } from "./environment.ts";

export type Answered = Omit<Ended, "peak">;

let turn: Promise<unknown> = Promise.resolve();

/** Runs `bulkhead ARGUMENTS...` to its end, behind those that were asked for before: a process has one directory at a time. */
export function inProcess(words: readonly string[], options: RunOptions): Promise<Answered> {
  const answer = turn.then(() => run(words, options));
  turn = answer.catch(() => undefined);
  return answer;
}

async function run(words: readonly string[], options: RunOptions): Promise<Answered> {
  const own = { cwd: process.cwd(), environment: { ...process.env }, argv: process.argv, exitCode: process.exitCode };
  const stdout = replaced("stdout", 1);
  const stderr = replaced("stderr", 2);
  try {
    takeOn({ cwd: options.cwd, environment: environmentOf(options), argv: [process.execPath, cloned, ...words] });
    threadsFrom(pathToFileURL(cloned));
    await runCommand(words);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    threadsFrom(undefined);
    takeOn(own);
    stdout.restore();
    stderr.restore();
  }
}

interface State {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly argv: string[];
  readonly exitCode?: typeof process.exitCode;
}

function takeOn({ cwd, environment, argv, exitCode }: State): void {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  process.argv = argv;
  process.exitCode = exitCode;
}

/** Has what stands in for one of the process's own streams, which is a pipe, take what is written. */
function replaced(name: "stdout" | "stderr", fd: number) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  Object.assign(stream, { fd });
  const own = Object.getOwnPropertyDescriptor(process, name) as PropertyDescriptor;
  Object.defineProperty(process, name, { configurable: true, get: () => stream });
  return {
    text: () => Buffer.concat(chunks).toString(),
    restore: () => Object.defineProperty(process, name, own),
  };
}
