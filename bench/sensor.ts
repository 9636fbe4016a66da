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
import { cannotSense, type SensorSetup, sensorProgram, startSensor } from "../test/runtime/live/sensor.ts";
import { type Bench, type BenchResult, type Row, ratios, row } from "./bench.ts";
import { costOf } from "./process-cost.ts";
import { formatBytes } from "./table.ts";

const ROOT = join(import.meta.dirname, "..");
/** Who makes calls is on one processor, so that who takes them is on another. */
const MAKER = 1;
const LIMITS = { cpu: 5, memory: 250e6 };
/** MiB of the ring, as it is by default. */
const RING = 16;

interface Made {
  readonly made: number;
  readonly seconds: number;
  readonly perCall: number;
}

/** How the sensor stands while calls are timed. */
const settings: Readonly<Record<string, { readonly call: string; readonly sensor?: Partial<SensorSetup> }>> = {
  "getppid, no sensor": { call: "getppid" },
  "getppid, sensor attached to others": { call: "getppid", sensor: { hooks: ["execve", "openat", "connect"] } },
  "getppid, every call's end seen (denied attempts)": {
    call: "getppid",
    sensor: { hooks: ["execve", "openat", "connect"], denied: true },
  },
  "openat and close, no sensor": { call: "openat" },
  "openat and close, hooked, process filtered out": {
    call: "openat",
    sensor: { hooks: ["execve", "openat"], scope: "containers" },
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
      const idle = await idleNode(folder, generator, short ? 5 : 30);
      return { inputs: [...calls.inputs, ...idle.inputs], rounds, rows: [...calls.rows, ...million, ...idle.rows] };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function make(generator: string, ...words: readonly string[]): Promise<Made> {
  const child = spawn(generator, [`cpu=${MAKER}`, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const fields = /^made (\d+) failed \d+ seconds ([\d.]+) nanoseconds-a-call ([\d.]+)/.exec(said);
  if (code !== 0 || fields === null) throw new Error(`the generator ended with ${code}: ${said}`);
  return { made: Number(fields[1]), seconds: Number(fields[2]), perCall: Number(fields[3]) };
}

/** All settings once a round: what disturbs the machine for a while disturbs them all. */
async function timeCalls(generator: string, rounds: number, seconds: number, note: (line: string) => void) {
  const times = new Map<string, number[]>(Object.keys(settings).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    note(`calls, round ${round + 1} of ${rounds}`);
    for (const [name, { call, sensor: setup }] of Object.entries(settings)) {
      const running = setup === undefined ? undefined : await startSensor({ hooks: [], ...setup });
      const { perCall } = await make(generator, `call=${call}`, `seconds=${seconds}`);
      times.get(name)?.push(perCall);
      await running?.end();
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
    await make(generator, `seconds=${seconds * 2}`);
    await running.end();
    values.push(((last - first) / events) * 1_000_000);
  }
  return [row("a million records of openat to Node", "ms", values)];
}

/** `runtime watch` with the rules that come with Bulkhead, over a host that does 1,000 things a second. */
async function idleNode(folder: string, generator: string, seconds: number) {
  const child = spawn(
    process.execPath,
    [join(ROOT, "bin/bulkhead.js"), "runtime", "watch", "--sensor", sensorProgram, "--rules", "bulkhead"],
    { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, stdio: ["ignore", "ignore", "inherit"] },
  );
  const pid = child.pid ?? 0;
  try {
    const making = make(generator, "rate=1000", `seconds=${seconds + 10}`);
    // Loads its rules, starts the sensor, and compiles what is hot.
    await passed(8_000);
    const before = costOf(pid);
    await passed(seconds * 1000);
    const { cpu, resident, byName } = costOf(pid);
    await making;
    const parts = [...byName].map(([name, bytes]) => `${name} ${formatBytes(bytes)}`).join(", ");
    return {
      inputs: [`memory of watch: ${parts}; the ring of ${RING} MiB counts twice in the sensor's`],
      rows: [
        row(
          "sensor and rules at 1,000 openat a second, of one core",
          "percent",
          [((cpu - before.cpu) / seconds) * 100],
          LIMITS.cpu,
        ),
        row("their resident memory", "bytes", [resident], LIMITS.memory),
      ],
    };
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
  }
}
