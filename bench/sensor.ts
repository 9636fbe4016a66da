/**
 * What the live sensor costs a host: a system call that it is attached to, and one that it is not, beside no sensor at all; what
 * a million of its records cost Node; and sensor and rules together on a node that does little. As root, where the sensor loads.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as passed } from "node:timers/promises";
import { watched } from "../test/runtime/live/detector.ts";
import { cannotSense, type RunningSensor, type SensorSetup, startSensor } from "../test/runtime/live/sensor.ts";
import { type Bench, type BenchResult, type Row, ratios, row } from "./bench.ts";
import { costOf } from "./process-cost.ts";
import { formatBytes } from "./table.ts";

const ROOT = join(import.meta.dirname, "..");
/** Who makes calls is on one processor, so that who takes them is on another. */
const MAKER = 1;
const LIMITS = { cpu: 5, memory: 250e6 };
/** MiB of the ring, as it is by default. */
const RING = 16;

interface Setting {
  readonly call: string;
  readonly sensor?: Partial<SensorSetup>;
  /** The sensor leaves the process that makes calls out: what its hooks cost whoever is not looked at. */
  readonly own?: boolean;
}

interface Made {
  readonly made: number;
  readonly seconds: number;
  readonly perCall: number;
}

/** How the sensor stands while calls are timed. */
const settings: Readonly<Record<string, Setting>> = {
  "getppid, no sensor": { call: "getppid" },
  "getppid, sensor attached to others": { call: "getppid", sensor: { hooks: ["execve", "openat", "connect"] } },
  "getppid, every call's end seen (denied attempts)": {
    call: "getppid",
    sensor: { hooks: ["execve", "openat", "connect"], denied: true },
  },
  "openat and close, no sensor": { call: "openat" },
  "openat and close, hooked, process filtered out": {
    call: "openat",
    sensor: { hooks: ["execve", "openat"], scope: "all" },
    own: true,
  },
  "openat and close, hooked and told": { call: "openat", sensor: { hooks: ["execve", "openat"], scope: "all" } },
};

export const sensor: Bench = {
  about: "the live sensor: what a system call costs hooked and not, records to Node, CPU and memory with all rules",
  needs: [],
  async run({ note, short }): Promise<BenchResult> {
    const missing = cannotSense();
    if (missing !== undefined) throw new Error(missing);
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-sensor-"));
    try {
      const generator = join(folder, "generator");
      execFileSync("gcc", ["-O2", "-static", join(ROOT, "sensor/bench/generator.c"), "-o", generator]);
      const [rounds, seconds] = short ? [2, 1] : [7, 3];
      const calls = await timeCalls(generator, rounds, seconds, note);
      note("records to Node");
      const million = await recordsToNode(generator, short ? 2 : 5, seconds);
      note("sensor and rules at 1,000 events a second");
      const idle = await idleNode(generator, short ? 5 : 30);
      return { inputs: [...calls.inputs, ...idle.inputs], rounds, rows: [...calls.rows, ...million, ...idle.rows] };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** @param before - what is set up once the generator is there, and waits; gives how it is ended */
async function make(
  generator: string,
  words: readonly string[],
  before: (pid: number) => Promise<RunningSensor | undefined> = async () => undefined,
): Promise<Made> {
  const child = spawn(generator, [`cpu=${MAKER}`, "wait=1", ...words], { stdio: ["pipe", "pipe", "inherit"] });
  const running = await before(child.pid ?? 0);
  child.stdin.end("go\n");
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  await running?.end();
  const fields = /^made (\d+) failed \d+ seconds ([\d.]+) nanoseconds-a-call ([\d.]+)/.exec(said);
  if (code !== 0 || fields === null) throw new Error(`the generator ended with ${code}: ${said}`);
  return { made: Number(fields[1]), seconds: Number(fields[2]), perCall: Number(fields[3]) };
}

/** All settings once a round: what disturbs the machine for a while disturbs them all. */
async function timeCalls(generator: string, rounds: number, seconds: number, note: (line: string) => void) {
  const times = new Map<string, number[]>(Object.keys(settings).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    note(`calls, round ${round + 1} of ${rounds}`);
    for (const [name, { call, sensor: setup, own = false }] of Object.entries(settings)) {
      const { perCall } = await make(generator, [`call=${call}`, `seconds=${seconds}`], async (pid) =>
        setup === undefined
          ? undefined
          : await startSensor({ hooks: [], scope: "all", ...setup, ...(own ? { words: ["--own", String(pid)] } : {}) }),
      );
      times.get(name)?.push(perCall);
    }
  }
  const of = (name: string): number[] => times.get(name) ?? [];
  const rows: Row[] = [...times].map(([name, values]) => row(name, "ns", values));
  for (const [name, { call, sensor: setup }] of Object.entries(settings)) {
    if (setup === undefined) continue;
    const bare = call === "getppid" ? "getppid, no sensor" : "openat and close, no sensor";
    rows.push(row(`${name}, beside none`, "ratio", ratios(of(name), of(bare))));
  }
  return { inputs: [`${seconds} s of calls on processor ${MAKER}, as fast as they go`], rows };
}

/** The generator goes as fast as it can; what is dropped of it costs Node nothing, and is not counted here. */
async function recordsToNode(generator: string, rounds: number, seconds: number): Promise<Row[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let first = 0;
    let last = 0;
    let events = 0;
    const running = await startSensor({
      hooks: ["openat"],
      scope: "all",
      onEvent() {
        events += 1;
        last = performance.now();
        if (first === 0) first = last;
      },
    });
    await make(generator, [`seconds=${seconds * 2}`], async () => running);
    values.push(((last - first) / events) * 1_000_000);
  }
  return [row("a million records of openat to Node", "ms", values)];
}

/** `runtime watch` with the rules that come with Bulkhead, over a host that does 1,000 things a second. */
async function idleNode(generator: string, seconds: number) {
  let result: { inputs: string[]; rows: Row[] } | undefined;
  await watched(async (watch) => {
    const events = async () => (await watch.metrics()).get("bulkhead_runtime_events_total") ?? Number.NaN;
    const making = make(generator, ["rate=1000", `seconds=${seconds + 22}`]);
    // What is hot gets compiled first.
    await passed(20_000);
    const [before, eventsBefore] = [costOf(watch.pid), await events()];
    await passed(seconds * 1000);
    const [after, eventsAfter] = [costOf(watch.pid), await events()];
    await making;
    const parts = [...after.byName].map(([name, bytes]) => `${name} ${formatBytes(bytes)}`).join(", ");
    result = {
      inputs: [
        `runtime watch read ${Math.round((eventsAfter - eventsBefore) / seconds)} events a second, those of the rest of the host among them`,
        `its memory: ${parts}; the ring of ${RING} MiB counts twice in the sensor's resident memory, and once here`,
      ],
      rows: [
        row(
          "sensor and rules at 1,000 openat a second, of one core",
          "percent",
          [((after.cpu - before.cpu) / seconds) * 100],
          LIMITS.cpu,
        ),
        row("their memory, pages that several share counted once", "bytes", [after.resident], LIMITS.memory),
      ],
    };
  });
  if (result === undefined) throw new Error("watch did not run");
  return result;
}
