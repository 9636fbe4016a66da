/** A program on one core, where there are several. */
import { spawnSync } from "node:child_process";
import type { Command } from "./whole-process.ts";

/** Of util-linux: keeps a program on one core. */
const PIN = "taskset";

/** On the first core alone, where the machine can do that. */
export function pinned({ program, arguments: words, ...rest }: Command): Command {
  if (spawnSync(PIN, ["--version"]).status !== 0) return { program, arguments: words, ...rest } as Command;
  return { ...rest, program: PIN, arguments: ["-c", "0", program ?? process.execPath, ...words] };
}
