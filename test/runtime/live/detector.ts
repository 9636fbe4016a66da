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

/** Alerts of a `runtime watch` that runs while `during` does, and what it said beside them. */
export async function watched(
  during: () => Promise<void>,
): Promise<{ readonly alerts: AlertLine[]; readonly said: string }> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-watched-"));
  const port = await freePort();
  const words = ["runtime", "watch", "--sensor", sensorProgram, "--denied", "--rules", "bulkhead", "--all-matching"];
  const child = spawn(
    process.execPath,
    [program, ...words, "--format", "alerts", "--status-port", String(port), "--quiet"],
    { cwd: folder, env: { PATH: process.env.PATH ?? "", HOME: folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = once(child, "close");
  const told = Promise.all([text(child.stdout), text(child.stderr)]);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  try {
    while (!over && !(await isReady(port))) await passed(100);
    if (!over) await during();
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  const [out, said] = await told;
  if (over && out === "") throw new Error(`watch ended: ${said}`);
  return { alerts: linesOf(out), said };
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
