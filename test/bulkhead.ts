/** The program as its users run it: a child process, with a home of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cloned, compiledFor, environmentOf, type Surroundings } from "./environment.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Most memory that it held at once, in MiB. */
  readonly peak: number;
}

export interface RunOptions extends Surroundings {
  /** Where it runs. */
  readonly cwd: string;
}

const { BUILT_RELEASE } = process.env;
/** As it is published, where `scripts/test` has built it: a start takes half as long as that of the clone's. */
export const program = BUILT_RELEASE === undefined ? cloned : join(BUILT_RELEASE, "bin", "bulkhead.js");

const PEAK = /\npeak (\d+) KiB\n$/;
/** Run by the child before the program: says at its end what it needed. */
const meter = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + " KiB\\n"))`;

/** Runs `bulkhead ARGUMENTS...` to its end. */
export async function bulkhead(
  written: readonly string[],
  { cwd, home, environment = {} }: RunOptions,
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(meter)}`, program, ...written],
    {
      cwd,
      env: environmentOf({ home, environment: { ...compiledFor(written), ...environment } }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  const peak = Number(PEAK.exec(stderr)?.[1] ?? Number.NaN) / 1024;
  return { code, stdout, stderr: stderr.replace(PEAK, ""), peak };
}
