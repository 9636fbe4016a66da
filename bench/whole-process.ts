/** Runs a program as a user would and measures the whole process: start-up, work, end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

export interface ProcessRun {
  /** From the spawn to the end of the process. */
  readonly milliseconds: number;
  /** Most resident memory that the process ever had; NaN of another program than Node, which tells nothing. */
  readonly peakBytes: number;
  readonly output: string;
}

export interface Command {
  /** Node where absent. */
  readonly program?: string;
  /** After the program. */
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit codes that are no failure; 0 where absent. */
  readonly exitCodes?: readonly number[];
}

/**
 * Preloaded into each process: tells at its end how much memory it took, over a pipe of its own. The kernel's VmHWM is
 * that of the program alone; ru_maxrss also counts the process that it was forked from.
 */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeSync } from "node:fs";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.once("exit", () => {
    let kilobytes = process.resourceUsage().maxRSS;
    try {
      kilobytes = Number(/^VmHWM:\\s+(\\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);
    } catch {}
    writeSync(3, String(kilobytes * 1024));
  });
`)}`;

/** @throws Error with the process's own words where it ends with another exit code */
export async function run(command: Command): Promise<ProcessRun> {
  const started = performance.now();
  const [program, ...preload] =
    command.program === undefined ? [process.execPath, "--import", TELL_PEAK] : [command.program];
  const child = spawn(program, [...preload, ...command.arguments], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...command.environment },
  });
  const [, stdout, stderr, peak] = child.stdio as unknown as readonly [null, Readable, Readable, Readable];
  const texts = Promise.all([text(stdout), text(stderr), text(peak)]);
  const [code] = (await once(child, "exit")) as [number | null];
  const milliseconds = performance.now() - started;
  const [output, errors, peakBytes] = await texts;
  if (code === null || !(command.exitCodes ?? [0]).includes(code)) {
    throw new Error(`${program} ${command.arguments.join(" ")} ended with ${code}:\n${errors}`);
  }
  return { milliseconds, peakBytes: peakBytes === "" ? Number.NaN : Number(peakBytes), output };
}

/**
 * Runs every command once a round, always in the same order: what disturbs the machine for a while disturbs them all.
 *
 * @param commands - called anew each round, just before its run
 */
export async function interleave<Name extends string>(
  rounds: number,
  commands: Readonly<Record<Name, () => Command>>,
  note: (line: string) => void,
): Promise<Record<Name, ProcessRun[]>> {
  const names = Object.keys(commands) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, [] as ProcessRun[]])) as Record<Name, ProcessRun[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const measured = await run(commands[name]());
      runs[name].push(measured);
      note(`round ${round} of ${rounds}: ${name}: ${measured.milliseconds.toFixed(0)} ms`);
    }
  }
  return runs;
}

export function times(runs: readonly ProcessRun[]): number[] {
  return runs.map((each) => each.milliseconds);
}

export function peaks(runs: readonly ProcessRun[]): number[] {
  return runs.map((each) => each.peakBytes);
}
