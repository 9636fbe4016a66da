/**
 * The sensor itself, for tests: started on a pipe that the test reads when it likes, or on a file. What it tells is counted as
 * it comes; nothing of the guards is between.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { SyscallEvent } from "../../../src/engines/events/event.ts";
import type { UsedOfKernel } from "../../../src/engines/events/frames/notices.ts";
import { FrameReader } from "../../../src/engines/events/frames/read.ts";
import type { SyscallSink } from "../../../src/engines/events/sink.ts";

const BUILT = join(import.meta.dirname, "../../../sensor/build/bulkhead-sensor");

/** The program: `make -C sensor` makes it. */
export const sensorProgram = process.env.BULKHEAD_SENSOR ?? BUILT;

/** Why the sensor does not see system calls here, or undefined. */
export function cannotSense(): string | undefined {
  if (process.getuid?.() !== 0) return "not run as root";
  if (!existsSync(sensorProgram)) return "the sensor is not built (make -C sensor)";
  const { status, stdout, stderr } = spawnSync(sensorProgram, ["--probe"], { encoding: "utf8" });
  return status === 0 ? undefined : `the sensor does not load here: ${stderr.trim() || stdout.trim()}`;
}

/** What came of it so far. */
export interface Told {
  events: number;
  /** By reason. */
  readonly lost: Map<string, number>;
  readonly metrics: Map<string, bigint>;
  readonly missing: Map<string, string>;
}

export interface RunningSensor {
  readonly child: ChildProcess;
  readonly told: Told;
  /** One command, without its number; resolves once it was answered. */
  tell(command: string): Promise<void>;
  /** Stops to read, as a reader that hangs does, and goes on. */
  pause(): void;
  resume(): void;
  /** Its end of the pipe is closed: the sensor writes into nothing. */
  cut(): void;
  /** Asks it to end, and reads what is left. Rejects where the stream has no end. */
  end(): Promise<void>;
}

export interface SensorSetup {
  readonly words?: readonly string[];
  readonly hooks: readonly string[];
  readonly denied?: boolean;
  readonly scope?: "all" | "containers";
  /** Called with each event. */
  readonly onEvent?: (event: SyscallEvent) => void;
  /** Called with what a cgroup used of the kernel, where that is learned. */
  readonly onUsed?: (used: UsedOfKernel) => void;
  /** Bytes are kept here as well. */
  readonly file?: string;
}

export async function startSensor(setup: SensorSetup): Promise<RunningSensor> {
  const child = spawn(sensorProgram, [...(setup.words ?? [])], { stdio: ["pipe", "pipe", "inherit"] });
  const told: Told = { events: 0, lost: new Map(), metrics: new Map(), missing: new Map() };
  const waiting = new Map<number, { done(): void; failed(error: Error): void }>();
  const sink: SyscallSink = {
    machine() {},
    user() {},
    group() {},
    thread() {},
    descriptor() {},
    container() {},
    event(event) {
      told.events += 1;
      setup.onEvent?.(event);
    },
    lost(reason, count) {
      told.lost.set(reason, (told.lost.get(reason) ?? 0) + count);
    },
  };
  const reader = new FrameReader("the sensor", sink, {
    metric: (name, value) => void told.metrics.set(name, value),
    missing: (what, why) => void told.missing.set(what, why),
    ...(setup.onUsed === undefined ? {} : { used: setup.onUsed }),
    answer(number, done, why) {
      const one = waiting.get(number);
      waiting.delete(number);
      if (done) one?.done();
      else one?.failed(new Error(why));
    },
  });
  const kept = setup.file === undefined ? undefined : openSync(setup.file, "w");
  const out = child.stdout as Readable;
  out.on("data", (chunk: Buffer) => {
    if (kept !== undefined) writeSync(kept, chunk);
    reader.push(chunk);
  });
  const closed = once(child, "close");
  let number = 0;
  const running: RunningSensor = {
    child,
    told,
    async tell(command) {
      number += 1;
      const answered = new Promise<void>((done, failed) => waiting.set(number, { done, failed }));
      child.stdin?.write(`${number} ${command}\n`);
      await Promise.race([
        answered,
        closed.then(() => {
          throw new Error(`the sensor ended before it answered ${command}`);
        }),
      ]);
    },
    pause: () => void out.pause(),
    resume: () => void out.resume(),
    cut: () => void out.destroy(),
    async end() {
      child.stdin?.write("0 end\n");
      await closed;
      reader.end();
      if (kept !== undefined) closeSync(kept);
    },
  };
  await running.tell(`scope ${setup.scope ?? "containers"}`);
  await running.tell(`hooks ${setup.hooks.join(",")}`);
  if (setup.denied === true) await running.tell("denied on");
  return running;
}
