/** Falco's own library, from Debian's libfalcosecurity0-dev: what it shows of a capture's events. Built where the package is. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const INCLUDE = "/usr/include/falcosecurity";
const LIBRARIES = ["sinsp", "scap", "scap_engine_nodriver", "scap_engine_test_input", "scap_engine_source_plugin"];

/** Fields of one event as texts, by name; what is absent is `<NA>`. */
export interface ShownEvent {
  /** Seconds, nanoseconds, thread and name: enough to find the same event again. */
  readonly key: string;
  readonly values: ReadonlyMap<string, string>;
}

export interface ShownCapture {
  /** Fields that were known. */
  readonly fields: readonly string[];
  readonly events: readonly ShownEvent[];
}

/** @returns the program's path @throws Error where it cannot be built, with why */
export function buildPeer(folder: string): string {
  if (!existsSync(join(INCLUDE, "libsinsp/sinsp.h")))
    throw new Error("Debian's package libfalcosecurity0-dev is missing");
  const program = join(folder, "libsinsp");
  const folders = ["", "/libsinsp", "/libscap", "/driver"].map((each) => `-I${INCLUDE}${each}`);
  const others = ["/usr/include/jsoncpp", "/usr/include/tbb"].map((each) => `-I${each}`);
  const libraries = [...LIBRARIES, "jsoncpp", "re2", "tbb", "z"].map((each) => `-l${each}`);
  const source = join(import.meta.dirname, "libsinsp.cpp");
  const options = ["-std=c++17", "-O1", "-w", ...folders, ...others, source, "-o", program, ...libraries];
  const built = spawnSync("g++", options, { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`g++: ${(built.stderr ?? String(built.error)).split("\n")[0]}`);
  return program;
}

/** @throws Error where it cannot read the capture */
export function shownByPeer(program: string, capture: string, fields: readonly string[]): ShownCapture {
  const run = spawnSync(program, [capture, ...fields], { encoding: "latin1", maxBuffer: 1024 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`libsinsp: ${run.stderr}`);
  const [head = "", ...lines] = run.stdout.split("\n").filter((line) => line !== "");
  const known = head.split("\t");
  return {
    fields: known,
    events: lines.map((line) => {
      const [seconds, nanoseconds, thread, name, ...values] = line.split("\t");
      return {
        key: `${seconds}.${nanoseconds} ${thread} ${name}`,
        values: new Map(known.map((field, index) => [field, values[index] ?? ""])),
      };
    }),
  };
}
