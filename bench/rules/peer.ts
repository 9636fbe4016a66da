/**
 * Falco's own library, from Debian's libfalcosecurity0-dev, on the same captures and conditions. Its program is built where
 * the package is; elsewhere there is nothing to compare with.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildLibsinsp } from "../../conformance/libsinsp.ts";

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
  mkdirSync(cache, { recursive: true });
  try {
    return buildLibsinsp(source, cache);
  } catch (error) {
    note(`${(error as Error).message}: nothing to compare with`);
    return undefined;
  }
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
