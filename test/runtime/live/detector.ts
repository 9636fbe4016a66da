/** Our rules over what the live sensor tells, as a user gets it: alerts as JSON lines. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hooksOf } from "../../../src/guards/runtime/sensor/hooks.ts";
import { bulkhead } from "../../bulkhead.ts";
import { bundledRules } from "./bundled.ts";
import { type RunningSensor, startSensor, type Told } from "./sensor.ts";

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

export interface Detected {
  readonly alerts: readonly AlertLine[];
  /** What the sensor said of itself. */
  readonly told: Told;
  /** What the run printed beside alerts. */
  readonly said: string;
}

export interface DetectOptions {
  readonly denied?: boolean;
  /** Every rule that matches, not only the first. */
  readonly all?: boolean;
}

/** Records what the sensor tells while `during` runs, then replays it with the rules that come with Bulkhead. */
export async function detect(
  during: (sensor: RunningSensor) => Promise<void>,
  { denied = true, all = true }: DetectOptions = {},
): Promise<Detected> {
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

export function linesOf(text: string): AlertLine[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as AlertLine);
}
