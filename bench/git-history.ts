/** Reading the whole history of a Git repository beside git and gitleaks on the same one. */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { type Bench, ratios, row } from "./bench.ts";
import { COMMITS, gitRepository } from "./git-repository.ts";
import { formatBytes } from "./table.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const ROUNDS = 5;
/** Bytes. */
const PEAK = 400 * 1024 * 1024;

export const gitHistory: Bench = {
  about: `reading the history of ${COMMITS.toLocaleString("en")} commits beside git and gitleaks`,
  needs: [],
  async run({ cache, note }) {
    const repository = await gitRepository(cache, note);
    const reader = resolve(import.meta.dirname, "read-history.ts");
    const runs = await interleave(
      ROUNDS,
      {
        history: () => ({ arguments: [reader, repository] }),
        untraced: () => ({ arguments: [reader, repository, "untraced"] }),
        git: () => ({
          program: "sh",
          arguments: ["-c", 'git -C "$0" cat-file --batch-all-objects --unordered --batch >/dev/null', repository],
        }),
        log: () => ({ program: "sh", arguments: ["-c", 'git -C "$0" log -p -U0 --all >/dev/null', repository] }),
        gitleaks: () => ({
          program: "gitleaks",
          arguments: ["detect", "--no-banner", "-s", repository, "-r", join(cache, "gitleaks.json")],
          exitCodes: [0, 1],
        }),
      },
      note,
    );
    const read = JSON.parse(runs.history[0]?.output ?? "{}") as Record<string, number>;
    const { commits = 0, trees = 0, blobs = 0, blobBytes = 0, fresh = 0 } = read;
    const milliseconds = times(runs.history).toSorted((left, right) => left - right)[ROUNDS >> 1] ?? Number.NaN;
    const objects = commits + trees + blobs;
    return {
      inputs: [
        `repository: ${commits} commits, ${trees} trees, ${blobs} files of ${formatBytes(blobBytes)}, of which ${formatBytes(fresh)} are not copied from another version`,
        `history: ${Math.round((objects / milliseconds) * 1_000)} objects/s, ${formatBytes((blobBytes / milliseconds) * 1_000)}/s; every commit, tree and file, nothing looked at`,
        "nothing traced: every commit and file, no tree, as where nothing is found",
        `git cat-file: all objects; ${execFileSync("gitleaks", ["version"], { encoding: "utf8" }).trim()} of gitleaks, with its own rules`,
        "whole processes",
      ],
      rounds: ROUNDS,
      rows: [
        row("history", "ms", times(runs.history)),
        row("history, nothing traced", "ms", times(runs.untraced)),
        row("git cat-file", "ms", times(runs.git)),
        row("git log -p", "ms", times(runs.log)),
        row("gitleaks", "ms", times(runs.gitleaks)),
        row("history / git cat-file", "ratio", ratios(times(runs.history), times(runs.git))),
        row("history / gitleaks", "ratio", ratios(times(runs.history), times(runs.gitleaks))),
        row("nothing traced / gitleaks", "ratio", ratios(times(runs.untraced), times(runs.gitleaks))),
        row("history, peak memory", "bytes", peaks(runs.history), PEAK),
      ],
    };
  },
};
