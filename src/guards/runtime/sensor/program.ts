/** Starts the sensor's program. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { systemCause } from "../../../core/system-cause.ts";
import { bounds } from "./bounds.ts";
import { sensorProblem } from "./commands.ts";

export interface SensorProgram {
  readonly pid: number;
  /** Frames; absent where they go to somebody else. */
  readonly frames?: Readable;
  /** One line a command. @returns false where it has ended */
  send(line: string): boolean;
  /** When it has ended: why, where that was no end that was asked for. */
  readonly ended: Promise<string | undefined>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

export interface SensorProgramOptions {
  readonly file: string;
  readonly words: readonly string[];
  /** A socket or pipe that gets its frames; it may be destroyed once this returns. */
  readonly frames?: Writable;
  /** A whole line that it says on standard error. */
  readonly onMessage?: (line: string) => void;
}

/** Where a build leaves it (`make -C sensor`), and where a package may install it. */
const files = [
  fileURLToPath(new URL("../../../../sensor/build/bulkhead-sensor", import.meta.url)),
  "/usr/libexec/bulkhead/bulkhead-sensor",
];

/** The sensor of this installation; undefined where it was not built. */
export function ownSensor(): string | undefined {
  return files.find((file) => existsSync(file));
}

/** @throws Problem `runtime.sensor` where there is no such program */
export function checkSensor(file: string): void {
  if (existsSync(file)) return;
  throw sensorProblem(file, "no such program", "build it with `make -C sensor`, or name it with --sensor FILE");
}

/**
 * Its environment is empty but for PATH: nothing that is secret is among what it shows of processes.
 *
 * @throws Problem `runtime.sensor` where there is no such program
 */
export async function startSensorProgram(options: SensorProgramOptions): Promise<SensorProgram> {
  const { file, words, frames, onMessage } = options;
  checkSensor(file);
  const child = spawn(file, [...words], {
    stdio: ["pipe", frames ?? "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "" },
    // Signals of the terminal are for whoever started it: it is told to end, and what it has left is read.
    detached: true,
  });
  const last = lastWords(child, onMessage);
  const ended = endOf(child, last);
  child.stdin?.on("error", () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("spawn", resolve);
  child.once("error", (error) => reject(sensorProblem(file, systemCause(error))));
  await promise;
  return {
    pid: child.pid ?? 0,
    ...(child.stdout === null ? {} : { frames: child.stdout }),
    send(line) {
      if (child.stdin?.writable !== true) return false;
      child.stdin.write(line);
      return true;
    },
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

function endOf(child: ChildProcess, last: () => string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.once("error", (error) => resolve(systemCause(error)));
  child.once("close", (code, signal) => {
    const words = last();
    const how = signal === null ? `ended with ${code}` : `ended by ${signal}`;
    resolve(code === 0 ? undefined : words === "" ? how : `${how}: ${words}`);
  });
  return promise;
}

/** What it said at last on standard error, which is why it ended. */
function lastWords(child: ChildProcess, onMessage: ((line: string) => void) | undefined): () => string {
  let line = "";
  let last = "";
  const { stderr } = child;
  stderr?.setEncoding("utf8");
  stderr?.on("error", () => undefined);
  stderr?.on("data", (text: string) => {
    const parts = `${line}${text}`.split("\n");
    line = (parts.pop() ?? "").slice(0, bounds.lastWords);
    for (const part of parts) {
      const said = part.trim().slice(0, bounds.lastWords);
      if (said === "") continue;
      last = said;
      onMessage?.(said);
    }
  });
  return () => (line.trim() === "" ? last : line.trim());
}
