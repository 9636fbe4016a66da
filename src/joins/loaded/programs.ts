import { posix } from "node:path";
import type { Observed } from "./observed.ts";

/** The base names of what was run: the beginning of these files tells how the kernel started them. */
export function programsOf({ files }: Observed): ReadonlySet<string> {
  return new Set(files.filter(({ executed }) => executed).map(({ path }) => posix.basename(path)));
}
