/** Looking for secrets in a history of 10,000 commits, on one core and on all, beside gitleaks where the machine has it. */
import { resolve } from "node:path";
import { type Bench, ratios, row } from "./bench.ts";
import { gitleaks, hasGitleaks } from "./gitleaks.ts";
import { pinned } from "./pinned.ts";
import { bulkhead } from "./program.ts";
import { sourceHistory } from "./source-history.ts";
import { formatBytes } from "./table.ts";
import { type Command, interleave, peaks, run, times } from "./whole-process.ts";

const ROUNDS = 9;
const ROOT = resolve(import.meta.dirname, "..");
const COMMITS = 10_000;

const LIMITS = {
  /** Against gitleaks on the same history, both on one core, and both on all. */
  oneCore: 0.3,
  allCores: 0.45,
  /** Bytes. */
  peak: 400e6,
} as const;

export const secretsHistory: Bench = {
  about: "secrets of a history of 10,000 commits, on one core and on all, beside gitleaks",
  needs: [],
  async run({ cache, note, short }) {
    const past = await sourceHistory(cache, ROOT, COMMITS, note);
    const ours = bulkhead(cache, "secrets", "scan", past.folder, "--history", "--quiet", "--format", "json");
    const commands: Record<string, () => Command> = { one: () => pinned(ours), all: () => ours };
    const peer = hasGitleaks();
    if (peer) {
      const theirs = gitleaks(cache, "--source", past.folder);
      commands["gitleaks, one"] = () => pinned(theirs);
      commands["gitleaks, all"] = () => theirs;
    } else note("no gitleaks on this machine: nothing to measure beside");
    // Fills Node's compile cache and the file system's.
    await run(ours);
    const rounds = short ? 1 : ROUNDS;
    const runs = await interleave(rounds, commands, note);
    const of = (name: string) => times(runs[name] ?? []);
    return {
      inputs: [
        `history: ${past.commits} commits, ${past.change}; ${formatBytes(past.bytes)} in all versions of all files`,
        "whole processes, start-up included, on the first core (taskset) and on all; the file system's cache is warm",
      ],
      rounds,
      rows: [
        row("one core", "ms", of("one")),
        row("all cores", "ms", of("all")),
        row("all cores, peak memory", "bytes", peaks(runs.all ?? []), LIMITS.peak),
        ...(peer
          ? [
              row("gitleaks, one core", "ms", of("gitleaks, one")),
              row("gitleaks, all cores", "ms", of("gitleaks, all")),
              row("one core / gitleaks", "ratio", ratios(of("one"), of("gitleaks, one")), LIMITS.oneCore),
              row("all cores / gitleaks", "ratio", ratios(of("all"), of("gitleaks, all")), LIMITS.allCores),
            ]
          : []),
      ],
    };
  },
};
