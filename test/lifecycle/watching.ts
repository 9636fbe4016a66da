/** What watches the chain's containers: `runtime watch` and `runtime learn` on the live sensor, as their users run them. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { program } from "../bulkhead.ts";
import { inherited } from "../environment.ts";
import { cannotSense, sensorProgram } from "../runtime/live/sensor.ts";
import type { OwnPodman } from "../runtime/own-podman.ts";
import type { Chain } from "./parts.ts";

/** Why nothing is watched live: what would have happened is replayed then. */
export const sensorMissing: string | false = cannotSense() ?? false;

/** Those of one name that a process, or what it started, has started. */
function processesBelow(ancestor: number, called: string): number[] {
  const known = new Map<number, { readonly parent: number; readonly name: string }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [, parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      known.set(Number(pid), {
        parent: Number(parent),
        name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      });
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = known.get(pid)?.parent ?? 0;
    return parent === ancestor || (parent > 1 && isBelow(parent));
  };
  return [...known].filter(([pid, { name }]) => name === called && isBelow(pid)).map(([pid]) => pid);
}

export interface Watch {
  /** Alerts so far. */
  readonly file: string;
  until(pattern: RegExp): Promise<void>;
  /** Ends the sensor, and has none follow. */
  blind(): void;
  stop(): Promise<void>;
}

const RULES = `
- rule: Marked file opened
  desc: what this test has a container do
  condition: evt.type in (open, openat, openat2) and container.id != host and fd.name endswith /etc/zone
  output: "Opened | file=%fd.name command=%proc.cmdline"
  priority: WARNING
`;

/** `runtime watch` of podman's containers, with one rule, its alerts in a file. */
export async function watchContainers({ folder, podman }: Chain): Promise<Watch> {
  const at = (name: string) => join(folder, name);
  writeFileSync(at("rules.yaml"), RULES);
  const sensor = at("sensor");
  if (!existsSync(sensor)) symlinkSync(sensorProgram, sensor);
  const file = at("alerts.jsonl");
  const child = start_(podman, folder, [
    ...[
      "runtime",
      "watch",
      "--rules",
      at("rules.yaml"),
      "--sensor",
      sensor,
      "--host",
      "node-1",
      "--scope",
      "containers",
    ],
    ...["--output", `file:${file}`, "--format", "alerts", "--journal", at("journal.jsonl")],
  ]);
  await child.says(/watches/);
  return {
    file,
    async until(pattern) {
      await eventually(
        () => existsSync(file) && pattern.test(readFileSync(file, "utf8")),
        () => child.said(),
      );
    },
    blind() {
      // What would be started in its place is not there.
      execFileSync("rm", [sensor]);
      for (const pid of processesBelow(child.pid, "sensor")) process.kill(pid, "SIGKILL");
    },
    stop: child.stop,
  };
}

/** `runtime learn` of podman's containers until it is stopped, then written to `learned.json`. */
export async function learnContainers({ folder, podman }: Chain): Promise<{ stop(): Promise<void> }> {
  const child = start_(podman, folder, [
    ...["runtime", "learn", "--sensor", sensorProgram, "--hours", "0"],
    ...["--format", "json", "--output", "learned.json"],
  ]);
  await child.says(/learns until/);
  return { stop: child.stop };
}

function start_(podman: OwnPodman, folder: string, words: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, ...words, "--root", podman.root], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...inherited },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => (said += chunk));
  const ended = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    said: () => said,
    async says(pattern: RegExp) {
      await eventually(
        () => pattern.test(said) || child.exitCode !== null,
        () => said,
      );
      if (!pattern.test(said)) throw new Error(`${words.slice(0, 2).join(" ")} ended: ${said}`);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** @throws Error with what was said where it does not come to be so within two minutes */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  said: () => string = () => "",
): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await setTimeout(100);
  }
  throw new Error(`it does not come to be so: ${said()}`);
}

/** Where nothing can be watched live: the same by hand, as `runtime watch` would have written it. */
export function replayedAlert(folder: string, line: object): string {
  const file = join(folder, "alerts.jsonl");
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  return file;
}
