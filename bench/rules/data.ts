/** Falco's public rules and the captures of its regression suite. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import type { RuleText } from "../../src/engines/events/falco/model.ts";

const ARCHIVES = ["falco-regression-2023-08.tar.zst", "falco-rules.tar.zst"];
const RULES = ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"];

export interface RulesData {
  readonly rules: readonly RuleText[];
  /** Paths of captures, the largest names last. */
  readonly captures: readonly string[];
}

/** @param data - holds `rules` and `test`, or `falco/` with the two archives */
export function readRulesData(data: string, cache: string): RulesData {
  const folder = existsSync(join(data, "rules", RULES[0] ?? "")) ? data : unpacked(join(data, "falco"), cache);
  const rules = RULES.map((name) => ({ name, text: readFileSync(join(folder, "rules", name), "utf8") }));
  const traces = join(folder, "test/trace_files");
  const captures = existsSync(traces)
    ? readdirSync(traces, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".scap"))
    : [];
  return { rules, captures: captures.toSorted().map((name) => join(traces, name)) };
}

function unpacked(from: string, cache: string): string {
  const folder = join(cache, "falco");
  mkdirSync(folder, { recursive: true });
  for (const archive of ARCHIVES) {
    const input = zstdDecompressSync(readFileSync(join(from, archive)));
    const run = spawnSync("tar", ["-xf", "-", "-C", folder], { input });
    if (run.status !== 0) throw new Error(`tar: ${run.stderr}`);
  }
  return folder;
}
