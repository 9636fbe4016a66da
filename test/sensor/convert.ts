/** The sensor's encoder as a program of its own, with the compiler's sanitizers in it, and what it makes of records. */
import { execFile, execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SyscallEvent } from "../../src/engines/events/event.ts";
import { FrameReader } from "../../src/engines/events/frames/read.ts";
import type { SyscallSink, ThreadSnapshot } from "../../src/engines/events/sink.ts";
import type { Descriptor } from "../../src/engines/events/state/thread.ts";
import { bytesAt, numberAt, sizeOf, textAt } from "../../src/engines/events/types/parameters.ts";
import { socketAddressAt, socketTupleAt } from "../../src/engines/events/types/sockets.ts";
import { eventType } from "../../src/engines/events/types/table.ts";
import { unmoved } from "../environment.ts";

const run = promisify(execFile);
const sensor = fileURLToPath(new URL("../../sensor", import.meta.url));

/** Why nothing can be compiled here; false where it can. */
export const withoutCompiler: string | false = ((): string | false => {
  if (process.arch !== "x64" && process.arch !== "arm64") return "the sensor knows x86-64 and arm64";
  try {
    const where = execFileSync("gcc", ["-print-file-name=libasan.so"], { encoding: "utf8", stdio: "pipe" }).trim();
    return where.includes("/") ? false : "gcc has no sanitizers";
  } catch {
    return "there is no gcc";
  }
})();

const sources = [
  "encode",
  "encode-call",
  "encode-descriptor",
  "tables",
  "recipes",
  "frames",
  "output",
  "known",
  "cgroups",
];

/** A program of some of the sensor's files, in which a sanitizer ends what it finds. */
async function compile(files: readonly string[], program: string): Promise<void> {
  const warnings = ["-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-g"];
  const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  await run("gcc", [...warnings, ...sanitizers, ...files, "-o", program, "-pthread"], { cwd: sensor });
}

/** The parts of the sensor that are BPF's. */
const ofKernel = ["attach.c", "counts.c", "kernel.c", "mend.c", "plan.c", "probe.c"];

/** The whole sensor but for BPF, which it finds missing. */
export async function buildSensor(folder: string): Promise<string> {
  const program = join(folder, "bulkhead-sensor");
  const files = readdirSync(sensor).filter((name) => name.endsWith(".c") && !ofKernel.includes(name));
  await compile(["test/kernel-none.c", ...files], program);
  return program;
}

export interface Converter {
  /** Frames of records. @throws where a sanitizer found something, or the program failed */
  convert(records: Buffer): Promise<Buffer>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function buildConverter(): Promise<Converter> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-sensor-"));
  const program = join(folder, "convert");
  await compile(["test/convert.c", ...sources.map((name) => `${name}.c`)], program);
  let count = 0;
  return {
    async convert(records) {
      const file = join(folder, `records-${count++}`);
      await writeFile(file, records);
      const { stdout, stderr } = await run(program, [file], {
        env: unmoved,
        encoding: "buffer",
        maxBuffer: 256 * 1024 * 1024,
      });
      if (stderr.length > 0) throw new Error(stderr.toString("utf8"));
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

type Shown = number | bigint | string | object | undefined;

export interface ReadFrames {
  /** Each with its name and its parameters by name, those that are absent left out. */
  readonly events: readonly {
    readonly code: number;
    readonly name: string;
    readonly tid: number;
    readonly values: Record<string, Shown>;
  }[];
  readonly threads: readonly ThreadSnapshot[];
  readonly descriptors: readonly { readonly tid: number; readonly fd: number; readonly descriptor: Descriptor }[];
  readonly lost: Readonly<Record<string, number>>;
  /** Names of events, and `descriptor`, in the order in which they were told. */
  readonly order: readonly string[];
  readonly users: readonly { readonly name: string; readonly id: number; readonly container: string | undefined }[];
  readonly answers: readonly { readonly command: number; readonly done: boolean; readonly why: string }[];
  readonly missing: readonly string[];
  readonly metrics: ReadonlyMap<string, bigint>;
}

/**
 * @param isWhole - false: more may come
 * @throws where the frames are broken, or no whole stream
 */
export function readFrames(frames: Buffer, isWhole = true): ReadFrames {
  const events: ReadFrames["events"][number][] = [];
  const threads: ThreadSnapshot[] = [];
  const descriptors: ReadFrames["descriptors"][number][] = [];
  const lost: Record<string, number> = {};
  const order: string[] = [];
  const users: ReadFrames["users"][number][] = [];
  const answers: ReadFrames["answers"][number][] = [];
  const missing: string[] = [];
  const metrics = new Map<string, bigint>();
  const sink: SyscallSink = {
    machine: () => undefined,
    user: ({ id, name }, container) => void users.push({ id, name, container }),
    group: () => undefined,
    container: () => undefined,
    thread: (thread) => void threads.push(thread),
    descriptor(tid, fd, descriptor) {
      descriptors.push({ tid, fd, descriptor });
      order.push("descriptor");
    },
    lost(reason, amount) {
      lost[reason] = (lost[reason] ?? 0) + amount;
    },
    event(event) {
      const name = eventType(event.code)?.name ?? "";
      events.push({ code: event.code, name, tid: event.tid, values: valuesOf(event) });
      order.push(name);
    },
  };
  const reader = new FrameReader("test", sink, {
    answer: (command, done, why) => void answers.push({ command, done, why }),
    missing: (what) => void missing.push(what),
    metric: (name, value) => void metrics.set(name, value),
  });
  reader.push(frames);
  if (isWhole) reader.end();
  return { events, threads, descriptors, lost, order, users, answers, missing, metrics };
}

function valuesOf(event: SyscallEvent): Record<string, Shown> {
  const values: Record<string, Shown> = {};
  for (const [index, { name, type }] of (eventType(event.code)?.parameters ?? []).entries()) {
    const value = shown(event, index, type);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function shown(event: SyscallEvent, index: number, type: Parameters<typeof sizeOf>[0]): Shown {
  if (sizeOf(type) !== 0) return numberAt(event, index, type);
  if (type === "sockaddr") return socketAddressAt(event, index);
  if (type === "socktuple") return socketTupleAt(event, index);
  return type === "bytes" ? bytesAt(event, index) : textAt(event, index);
}
