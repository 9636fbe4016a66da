/** What `bulkhead build deps --diff` costs over a large lockfile, without a network. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSides, type SideSpec } from "../src/collect/dependencies/sides.ts";
import { changesBetween } from "../src/engines/packages/changes-between.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { interleave, times } from "./whole-process.ts";

const PACKAGES = 2_000;
/** As many as a large update moves. */
const CHANGED = 20;
const ROUNDS = 15;

/** Of the whole process, start included. */
const LIMIT_MILLISECONDS = 500;

export const dependencies: Bench = {
  about: "`deps --diff` of a 2,000-package lockfile, offline",
  needs: [],
  async run({ cache, short }) {
    const folder = join(cache, "dependencies");
    rmSync(folder, { recursive: true, force: true });
    const paths = { before: join(folder, "before"), after: join(folder, "after") };
    for (const [side, path] of Object.entries(paths)) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "package.json"), JSON.stringify(manifest(), undefined, 2));
      writeFileSync(join(path, "package-lock.json"), JSON.stringify(lockfile(side === "after"), undefined, 2));
    }
    const rounds = short ? 3 : ROUNDS;
    const files = Object.values(paths).map((path) => join(path, "package-lock.json"));
    const sides = Object.values(paths).map((path): SideSpec => ({ kind: "folder", path }));
    const [before, after] = sides as [SideSpec, SideSpec];
    const within: number[] = [];
    const parsing: number[] = [];
    let changes = 0;
    for (let round = 0; round < rounds; round++) {
      let started = performance.now();
      for (const file of files) JSON.parse(readFileSync(file, "utf8"));
      parsing.push(performance.now() - started);
      started = performance.now();
      const read = await readSides(before, after);
      changes = changesBetween(read.before, read.after).changes.length;
      within.push(performance.now() - started);
    }
    const output = join(cache, "dependencies.json");
    const words = ["build", "deps", paths.after, "--diff", paths.before, "--offline", "--quiet", "--fail-on", "never"];
    const commands = {
      node: () => ({ arguments: ["--eval", "0"] }),
      diff: () => bulkhead(cache, ...words, "--format", `json=${output}`),
    };
    // Fills Node's compile cache, as the first command ever does.
    await interleave(1, commands, () => {});
    const runs = await interleave(rounds, commands, () => {});
    const [bare, whole] = [runs.node, runs.diff].map(times);
    if (!bare || !whole) throw new Error("nothing was measured");
    const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
    return {
      inputs: [`two package-lock.json files of ${PACKAGES} packages, ${bytes} bytes together, ${changes} changes`],
      rounds,
      rows: [
        row("bulkhead build deps --diff", "ms", whole, LIMIT_MILLISECONDS),
        row("node --eval 0", "ms", bare),
        row("bulkhead build deps --diff / node", "ratio", ratios(whole, bare)),
        row("read both sides and compare them, in one process", "ms", within),
        row("JSON.parse of both files", "ms", parsing),
        row("read and compare / JSON.parse", "ratio", ratios(within, parsing)),
      ],
    };
  },
};

function nameOf(index: number): string {
  return index % 7 === 0 ? `@scope-${index % 50}/package-${index}` : `package-${index}`;
}

const direct = Array.from({ length: 60 }, (_, index) => nameOf(index * 31));

function manifest() {
  return { name: "app", version: "1.0.0", dependencies: Object.fromEntries(direct.map((name) => [name, "^1.0.0"])) };
}

function lockfile(changed: boolean) {
  const packages: Record<string, unknown> = { "": manifest() };
  for (let index = 0; index < PACKAGES; index++) {
    const name = nameOf(index);
    const version = changed && index % (PACKAGES / CHANGED) === 0 ? "1.2.0" : "1.1.0";
    const file = `${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;
    packages[`node_modules/${name}`] = {
      version,
      resolved: `https://registry.npmjs.org/${name}/-/${file}`,
      integrity: `sha512-${createHash("sha512").update(`${name}@${version}`).digest("base64")}`,
      license: "MIT",
      dependencies: Object.fromEntries(
        [2, 3, 5].map((step) => [nameOf((index * step + 1) % PACKAGES), "^1.0.0"] as const),
      ),
      engines: { node: ">=18" },
    };
  }
  return { name: "app", version: "1.0.0", lockfileVersion: 3, requires: true, packages };
}
