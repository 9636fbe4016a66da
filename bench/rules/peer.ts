/**
 * Falco's own library, from Debian's libfalcosecurity0-dev, on the same captures and conditions. Its program is built where
 * the package is; elsewhere there is nothing to compare with.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const INCLUDE = "/usr/include/falcosecurity";
const LIBRARIES = ["sinsp", "scap", "scap_engine_nodriver", "scap_engine_test_input", "scap_engine_source_plugin"];

export interface PeerRun {
  readonly events: number;
  /** Events that some condition was asked of. */
  readonly asked: number;
  /** Of the processor. */
  readonly seconds: number;
  /** Indexes of conditions that it does not take. */
  readonly refused: readonly number[];
  /** Index of a condition → how many events it held for. */
  readonly matched: Readonly<Record<string, number>>;
}

/** @returns the program's path; undefined where it cannot be built */
export function buildPeer(cache: string, note: (line: string) => void): string | undefined {
  const source = join(import.meta.dirname, "libsinsp.cpp");
  const program = join(cache, "libsinsp");
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  if (!existsSync(join(INCLUDE, "libsinsp/sinsp.h"))) {
    note("libsinsp is not here (Debian: libfalcosecurity0-dev): nothing to compare with");
    return undefined;
  }
  mkdirSync(cache, { recursive: true });
  const folders = ["", "/libsinsp", "/libscap", "/driver"].map((folder) => `-I${INCLUDE}${folder}`);
  const others = ["/usr/include/jsoncpp", "/usr/include/tbb"].map((folder) => `-I${folder}`);
  const libraries = [...LIBRARIES, "jsoncpp", "re2", "tbb", "z"].map((library) => `-l${library}`);
  const built = spawnSync(
    "g++",
    ["-std=c++17", "-O2", "-w", ...folders, ...others, source, "-o", program, ...libraries],
    { encoding: "utf8" },
  );
  if (built.status === 0) return program;
  note(`libsinsp's program cannot be built: ${(built.stderr ?? String(built.error)).split("\n")[0]}`);
  return undefined;
}

/** @param conditions - one each, without line ends, macros and lists put in */
export function runPeer(program: string, capture: string, conditions: readonly string[], cache: string): PeerRun {
  const file = join(cache, "conditions.txt");
  writeFileSync(file, conditions.map((condition) => `${condition}\n`).join(""), "latin1");
  const run = spawnSync(program, [capture, file], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`libsinsp: ${run.stderr}`);
  return JSON.parse(run.stdout) as PeerRun;
}

/** Parameters that it knows of each type of event, by code: a capture with more of them it does not take. */
export function peerParameters(program: string): readonly number[] {
  const run = spawnSync(program, ["parameters"], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`libsinsp: ${run.stderr}`);
  return JSON.parse(run.stdout) as readonly number[];
}
