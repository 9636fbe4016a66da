/** Secrets of whole file systems: /usr of this machine, on one core and on all. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Bench, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { formatBytes } from "./table.ts";
import { type Command, interleave, peaks, run, times } from "./whole-process.ts";

const ROUNDS = 3;
/** Of util-linux: keeps a program on one core. */
const PIN = "taskset";
const FOLDER = "/usr";

const LIMITS = {
  /** Milliseconds a gigabyte of files on two cores: ten seconds for the 5.25 that /usr of a machine for development has. */
  gigabyte: 10_000 / 5.25,
  /** Bytes. */
  peak: 400e6,
} as const;

export const root: Bench = {
  about: "secrets of all files of /usr",
  needs: [],
  async run({ cache, note, short }) {
    const report = join(cache, "root.json");
    const scan = bulkhead(
      ...[cache, "secrets", "scan", FOLDER, "--quiet", "--fail-on", "never"],
      ...["--format", `json=${report}`],
    );
    const pinned: Command = {
      ...scan,
      program: PIN,
      arguments: ["-c", "0", process.execPath, ...scan.arguments],
    };
    // Fills the file system's cache.
    await run(scan);
    const commands: Record<string, () => Command> = {
      "all cores": () => scan,
      ...(short || !hasTaskset() ? {} : { "one core": () => pinned }),
    };
    const runs = await interleave(short ? 1 : ROUNDS, commands, note);
    const bytes = bytesBelow(FOLDER);
    const perGigabyte = (name: string) => times(runs[name] ?? []).map((value) => value / (bytes / 1e9));
    return {
      inputs: [
        `${FOLDER}: ${formatBytes(bytes)} in regular files, as du counts them`,
        "whole processes, the file system's cache is warm",
      ],
      rounds: short ? 1 : ROUNDS,
      rows: [
        row(`secrets scan ${FOLDER}`, "ms", times(runs["all cores"] ?? [])),
        row("the same a gigabyte", "ms", perGigabyte("all cores"), LIMITS.gigabyte),
        ...("one core" in runs ? [row("the same on one core", "ms", times(runs["one core"] ?? []))] : []),
        row("memory at most", "bytes", peaks(runs["all cores"] ?? []), LIMITS.peak),
      ],
    };
  },
};

function hasTaskset(): boolean {
  return spawnSync(PIN, ["--version"], { stdio: "ignore" }).error === undefined;
}

function bytesBelow(folder: string): number {
  const { stdout } = spawnSync("du", ["--summarize", "--apparent-size", "--block-size=1", folder], {
    encoding: "utf8",
  });
  return Number.parseInt(stdout, 10);
}
