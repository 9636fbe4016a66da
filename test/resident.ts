/**
 * The program without its starts: command lines run one after the other in a single child process, which begins as `bin/bulkhead.js`
 * does. A start takes half a second of processor time, most command lines take a tenth of that. For tests of what a command reads,
 * judges and prints; what a process is (streams, signals, memory, its cache) takes a start of its own: `bulkhead.ts`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Ended, environmentOf, type RunOptions } from "./bulkhead.ts";

/** What the child is asked for. */
export interface Asked {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type Answered = Omit<Ended, "peak">;

let child: ChildProcess | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** Runs `bulkhead ARGUMENTS...` to its end, behind those that were asked for before. */
export function resident(words: readonly string[], options: RunOptions): Promise<Answered> {
  const answer = turn.then(() => ask({ words, cwd: options.cwd, environment: environmentOf(options) }));
  turn = answer.catch(() => undefined);
  return answer;
}

async function ask(asked: Asked): Promise<Answered> {
  child ??= fork(join(import.meta.dirname, "resident-child.ts"), {
    // None of the test's own, which may say that it is one.
    execArgv: ["--import", join(import.meta.dirname, "own-files.ts")],
    env: process.env,
    serialization: "advanced",
  });
  const asking = child;
  // While nothing is asked, it keeps no test from ending; it ends with the test's process.
  asking.ref();
  asking.channel?.ref();
  const ended = new AbortController();
  try {
    asking.send(asked);
    const [answer] = (await Promise.race([
      once(asking, "message", { signal: ended.signal }),
      once(asking, "exit", { signal: ended.signal }).then(([code]) => {
        child = undefined;
        throw new Error(`bulkhead ${asked.words.join(" ")}: the process ended with ${code}`);
      }),
    ])) as [Answered];
    return answer;
  } finally {
    ended.abort();
    asking.unref();
    asking.channel?.unref();
  }
}
