/** Starts the process that evaluates rules. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";

export interface Worker {
  readonly pid: number;
  readonly channel: Duplex;
  /** When it has ended: how. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** What an event leaves is gone with it: a small young generation (MiB) suffices, and this process is to be small. */
const YOUNG = "--max-semi-space-size=4";

/** Of the environment: what outputs go by, and nothing else. */
const KEPT = [
  "PATH",
  "TERM",
  "NO_COLOR",
  "TZ",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
];

/** @param words - that the program itself is started with, to be this process */
export async function startWorker(words: readonly string[]): Promise<Worker> {
  const child = spawn(process.execPath, [...process.execArgv, YOUNG, ...words], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
    env: Object.fromEntries(
      KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    // Signals of the terminal are for whoever started it.
    detached: true,
  });
  const ended = endOf(child);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("spawn", resolve);
  child.once("error", reject);
  await promise;
  return {
    pid: child.pid ?? 0,
    channel: child.stdio[3] as Duplex,
    ended,
    kill: () => void child.kill("SIGKILL"),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(error.message));
  child.once("exit", (code, signal) => resolve(signal === null ? `ended with ${code}` : `ended by ${signal}`));
  return promise;
}
