/**
 * Our rules over what the live sensor tells, as a user gets it: `runtime watch`, or a recording and `runtime replay`; alerts as JSON
 * lines.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as passed } from "node:timers/promises";
import { hooksOf } from "../../../src/guards/runtime/sensor/hooks.ts";
import { bulkhead, program } from "../../bulkhead.ts";
import { freePort } from "../../free-ports.ts";
import { bundledRules } from "./bundled.ts";
import { type RunningSensor, sensorProgram, startSensor, type Told } from "./sensor.ts";

/** What a test looks at of an alert (report/runtime/lines.ts). */
export interface AlertLine {
  readonly rule: string;
  readonly output: string;
  readonly output_fields: Readonly<Record<string, string | null>>;
  readonly hostname?: string;
  readonly bulkhead: {
    readonly asset: string;
    readonly count: number;
    readonly container?: { readonly id: string; readonly name?: string; readonly image?: string };
    readonly process?: { readonly name: string; readonly commandLine: string; readonly ancestors: readonly string[] };
  };
}

export interface Recorded {
  readonly alerts: readonly AlertLine[];
  /** What the sensor said of itself. */
  readonly told: Told;
  /** What the run printed beside alerts. */
  readonly said: string;
}

export interface RunningWatch {
  readonly pid: number;
  /** Its metrics, by name and labels as they are exposed. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Alerts so far. */
  alerts(): readonly AlertLine[];
  signal(signal: NodeJS.Signals): void;
}

export interface Watched {
  readonly alerts: readonly AlertLine[];
  /** What it said beside them. */
  readonly said: string;
  readonly code: number | null;
}

/** Runs `runtime watch` with the rules that come with Bulkhead while `during` does. @param words - more of them */
export async function watched(
  during: (watch: RunningWatch) => Promise<void>,
  { words = [], rules = "bulkhead" }: { readonly words?: readonly string[]; readonly rules?: string } = {},
): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-watched-"));
  const port = await freePort();
  const own = ["--sensor", sensorProgram, "--rules", rules, "--all-matching", "--format", "alerts", "--quiet"];
  const child = spawn(
    process.execPath,
    [program, "runtime", "watch", ...own, "--status-port", String(port), ...words],
    { cwd: folder, env: { PATH: process.env.PATH ?? "", HOME: folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    out += piece;
  });
  const told = text(child.stderr);
  const ended = once(child, "close") as Promise<[number | null]>;
  const metrics = async (): Promise<Map<string, number>> => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    const lines = [...(await answer.text()).matchAll(/^([a-z_]+(?:\{[^}]*\})?) (\S+)$/gm)];
    return new Map(lines.map(([, name = "", value]) => [name, Number(value)]));
  };
  let over = false;
  void ended.then(() => {
    over = true;
  });
  try {
    while (!over && !(await isReady(port))) await passed(100);
    if (over) throw new Error(`watch ended: ${await told}`);
    const alerts = () => linesOf(out.slice(0, out.lastIndexOf("\n") + 1));
    await during({ pid: child.pid ?? 0, metrics, alerts, signal: (signal) => void child.kill(signal) });
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  const [code] = await ended;
  return { alerts: linesOf(out), said: await told, code };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

export interface DetectOptions {
  readonly denied?: boolean;
  /** Every rule that matches, not only the first. */
  readonly all?: boolean;
}

/** Records what the sensor tells while `during` runs, then replays it with the rules that come with Bulkhead. */
export async function recorded(
  during: (sensor: RunningSensor) => Promise<void>,
  { denied = true, all = true }: DetectOptions = {},
): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-detect-"));
  try {
    const file = join(folder, "events.frames");
    const sensor = await startSensor({ hooks: hooksOf(await bundledRules()), denied, scope: "all", file });
    try {
      await during(sensor);
    } finally {
      await sensor.end();
    }
    const words = ["runtime", "replay", file, "--format", "alerts", "--rules", "bulkhead"];
    const { stdout, stderr } = await bulkhead([...words, ...(all ? ["--all-matching"] : [])], {
      cwd: folder,
      home: folder,
    });
    return { alerts: linesOf(stdout), told: sensor.told, said: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(written: string): AlertLine[] {
  return written
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as AlertLine);
}
