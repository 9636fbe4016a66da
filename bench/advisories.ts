/** Importing every advisory, updating a hundredth of them, and matching ten thousand packages against them. */
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { advisoryServer } from "./advisory-server.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { choosePackages } from "./chosen-packages.ts";
import type { MatchRun } from "./match-packages.ts";
import { bulkhead } from "./program.ts";
import { formatBytes } from "./table.ts";
import type { UpdateRun } from "./update-advisories.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const ROUNDS = 5;
const PACKAGES = 10_000;

/** One record in so many changes. */
const CHANGED = 100;

const LIMITS = {
  importMilliseconds: 15_000,
  /** Against inflating and parsing the same files. */
  importOverFloor: 3,
  matchMilliseconds: 1_000,
  peak: 400e6,
  incremental: 0.1,
} as const;

export const advisories: Bench = {
  about: "importing all advisories, updating 1% of them, matching 10,000 packages",
  needs: ["advisories"],
  async run({ cache, data, note }) {
    const folder = join(data, "advisories");
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl.gz"))
      .map((name) => join(folder, name));
    const inventories = choosePackages(folder, PACKAGES);
    const chosen = join(cache, "packages.json");
    writeFileSync(chosen, JSON.stringify(inventories));
    const database = join(cache, "advisories.db");
    const script = (name: string, ...words: string[]) => ({
      arguments: [resolve(import.meta.dirname, name), ...words],
    });

    note("making a server of them");
    await using server = await advisoryServer(files, CHANGED);
    const updated = join(cache, "updated.db");
    const update = (): ReturnType<typeof script> =>
      script("update-advisories.ts", updated, server.url, ...server.ecosystems);

    const runs = await interleave(
      ROUNDS,
      {
        floor: () => script("baseline-parse.ts", ...files),
        import: () => bulkhead(cache, "db", "import", folder, "--db", database, "--quiet"),
        matching: () => script("match-packages.ts", database, chosen),
        full: () => {
          for (const path of [updated, `${updated}.feeds`]) rmSync(path, { recursive: true, force: true });
          server.show("before");
          return update();
        },
        incremental: () => {
          server.show("after");
          return update();
        },
      },
      note,
    );
    const imports = times(runs.import);
    const matched = runs.matching.map(({ output }) => JSON.parse(output) as MatchRun);
    const [full, incremental] = [runs.full, runs.incremental].map((some) =>
      some.map(({ output }) => JSON.parse(output) as UpdateRun),
    ) as [UpdateRun[], UpdateRun[]];
    const importing = (some: readonly UpdateRun[]): number[] => some.map((each) => each.importMilliseconds);
    const stored = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const packages = inventories.map((inventory) => {
      const [first] = inventory.packages;
      return `${inventory.packages.length} ${first?.type}`;
    });
    return {
      inputs: [
        `sources: ${files.length} files, ${formatBytes(stored)}: ${runs.import[0]?.output.split("\n")[0]?.replace(/ in .*/, "")}`,
        `packages: ${packages.join(", ")}, named by the advisories, in a version that they mention; ${matched[0]?.findings} findings`,
        "floor: gunzipSync and JSON.parse of every line, kept nowhere; it and the import are whole processes",
        `update: from a server in this process, first everything, then ${incremental[0]?.read} changed of ${full[0]?.read} records; the import begins with the copy of the database and ends with the new one in place`,
        "matching: opening the database and matching, without the start of Node",
      ],
      rounds: ROUNDS,
      rows: [
        row("floor", "ms", times(runs.floor)),
        row("import", "ms", imports, LIMITS.importMilliseconds),
        row("import / floor", "ratio", ratios(imports, times(runs.floor)), LIMITS.importOverFloor),
        row("import, peak memory", "bytes", peaks(runs.import), LIMITS.peak),
        row("full update", "ms", times(runs.full)),
        row("update of 1%", "ms", times(runs.incremental)),
        row("update of 1% / full", "ratio", ratios(times(runs.incremental), times(runs.full))),
        row("import of 1% / full", "ratio", ratios(importing(incremental), importing(full)), LIMITS.incremental),
        row("full update, peak memory", "bytes", peaks(runs.full), LIMITS.peak),
        row(
          "matching 10,000 packages",
          "ms",
          matched.map((each) => each.milliseconds),
          LIMITS.matchMilliseconds,
        ),
        row("matching, peak memory", "bytes", peaks(runs.matching), LIMITS.peak),
      ],
    };
  },
};
