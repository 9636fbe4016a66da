/** Importing every advisory, and matching ten thousand packages against them. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Bench, ratios, row } from "./bench.ts";
import { choosePackages } from "./chosen-packages.ts";
import type { MatchRun } from "./match-packages.ts";
import { bulkhead } from "./program.ts";
import { formatBytes } from "./table.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const ROUNDS = 5;
const PACKAGES = 10_000;

const LIMITS = { importMilliseconds: 15_000, matchMilliseconds: 1_000, peak: 400e6 } as const;

export const advisories: Bench = {
  about: "importing all advisories, and matching 10,000 packages",
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

    const runs = await interleave(
      ROUNDS,
      {
        floor: () => script("baseline-parse.ts", ...files),
        import: () => bulkhead(cache, "db", "import", folder, "--db", database, "--quiet"),
        matching: () => script("match-packages.ts", database, chosen),
      },
      note,
    );
    const imports = times(runs.import);
    const matched = runs.matching.map(({ output }) => JSON.parse(output) as MatchRun);
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
        "matching: opening the database and matching, without the start of Node",
      ],
      rounds: ROUNDS,
      rows: [
        row("floor", "ms", times(runs.floor)),
        row("import", "ms", imports, LIMITS.importMilliseconds),
        row("import / floor", "ratio", ratios(imports, times(runs.floor))),
        row("import, peak memory", "bytes", peaks(runs.import), LIMITS.peak),
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
