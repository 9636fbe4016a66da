/**
 * Suite `dependencies`: the review of changes. Every package that the advisories call malicious is refused; real lockfiles,
 * each taken as added whole, are not, beyond those that are listed with why; of real dependency trees few packages are warned
 * about; and what packages are is told by their content. A folder with a labels.jsonl (`path`, `malicious`) is scored by
 * content alone, and nothing else is asked of it.
 *
 * What counts as a fail of a lockfile: everything at or above the policy's threshold but `build/dependency-vulnerable`. A
 * lockfile of years ago has critical flaws, and a review that names them is right; the advisories' suites hold those.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { popularResemblance } from "../src/checks/knowledge/popular-packages.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import type { Evaluation } from "../src/core/evaluation.ts";
import { absent } from "../src/core/evidence.ts";
import { readPackageFolder } from "../src/engines/packages/contents/read-folder.ts";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import { type PackageLookUp, reviewDependencies } from "../src/scan/dependencies.ts";
import { contentReport, labelledSamples, madeSamples, scoreOf } from "./dependencies/content.ts";
import { FILES, maliciousIn, writeLockfiles } from "./dependencies/malicious.ts";
import { type Tree, trees } from "./dependencies/trees.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Case, Suite } from "./suite.ts";

const NOW = new Date("2026-08-25T00:00:00Z");
const LOCKFILES = "corpora/lockfile-fixtures.tar.zst";
const POPULAR = "popular/top-npm-packages.json.gz";
const EXPECTED = join(import.meta.dirname, "dependencies/expected-fails.json");
/** More would be a check that is not good enough. */
const MOST_EXPECTED = 20;
/** Of a tree's transitive packages those that may be warned about. */
const WARNED = 0.01;
const TREES_OF = 300;
const VULNERABLE = "build/dependency-vulnerable";

/** A fail that is right, or that is lived with. */
interface ExpectedFail {
  readonly lockfile: string;
  readonly check: string;
  readonly reason: string;
}

export const dependencies: Suite = {
  about: "malicious packages refused, real lockfiles not, few warnings on real trees, packages told by content",
  needs: [],
  async *cases({ data, temporary }) {
    if (existsSync(join(data, "labels.jsonl"))) {
      yield labelled(data);
      return;
    }
    yield made();
    const file = join(temporary, "advisories.db");
    await importAdvisories({ database: file, sources: [join(data, "advisories")], now: NOW });
    const advisories = openAdvisoryDatabase(file);
    try {
      const review = reviewing(temporary, advisories);
      for (const ecosystem of FILES) yield malicious(join(data, "advisories"), ecosystem, review);
      yield lockfiles(join(data, LOCKFILES), review);
      for (const tree of trees()) yield warnings(tree, review);
      yield lookAlikes(join(data, POPULAR));
    } finally {
      advisories.close();
    }
  },
};

type Review = (name: string, write: (folder: string) => void, lookUp?: PackageLookUp) => Promise<Evaluation[]>;

/** As `build deps --diff` from an empty directory, offline. */
function reviewing(temporary: string, advisories: AdvisoryDatabase): Review {
  const offline = { code: "packages.offline", reason: "registries were not asked" };
  const nothing: PackageLookUp = async () => ({ contents: absent(offline) });
  return async (name, write, lookUp = nothing) => {
    const [before, after] = [join(temporary, name, "before"), join(temporary, name, "after")];
    for (const folder of [before, after]) mkdirSync(folder, { recursive: true });
    write(after);
    const sides = { before: { kind: "folder", path: before }, after: { kind: "folder", path: after } } as const;
    return (await reviewDependencies(sides, { policy: defaultPolicy, now: NOW, advisories }, lookUp)).evaluations;
  };
}

function malicious(advisories: string, ecosystem: string, review: Review): Case {
  return {
    name: `malicious packages of ${ecosystem} are refused`,
    async run() {
      const packages = await maliciousIn(advisories, ecosystem);
      const evaluations = await review(`malicious-${ecosystem}`, (folder) => writeLockfiles(folder, packages));
      const refused = new Set(
        evaluations.flatMap(({ check, verdict, findings }) =>
          check === "build/dependency-malicious" && verdict === "fail"
            ? findings.map(({ matches }) => keyOf(matches.package, matches.version))
            : [],
        ),
      );
      const missed = packages.filter(({ name, version }) => !refused.has(keyOf(name, version)));
      process.stdout.write(`${ecosystem}: ${packages.length - missed.length} of ${packages.length} refused\n`);
      assert.deepEqual(
        missed.map(({ id, name, version }) => `${id} ${name} ${version}`),
        [],
      );
    },
  };
}

/** Registries take no two names that differ in case alone; Go writes its versions with a letter. */
function keyOf(name: string | undefined, version: string | undefined): string {
  return `${name} ${version?.replace(/^v/, "")}`.toLowerCase();
}

function lockfiles(archive: string, review: Review): Case {
  return {
    name: "real lockfiles, added whole, fail nothing but what is listed",
    async run() {
      const files = unpackZstd(archive);
      const evaluations = await review("lockfiles", (folder) => {
        for (const [path, bytes] of files) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), bytes);
        }
      });
      const failed = evaluations
        .filter(({ verdict, check }) => verdict === "fail" && check !== VULNERABLE)
        .map(({ asset, check }) => `${asset.id} ${check}`);
      const flawed = evaluations.filter(({ verdict, check }) => verdict === "fail" && check === VULNERABLE).length;
      process.stdout.write(
        `${files.size} lockfiles: ${failed.length} fails, and ${flawed} with known critical vulnerabilities\n`,
      );
      const expected = JSON.parse(readFileSync(EXPECTED, "utf8")) as readonly ExpectedFail[];
      assert.ok(expected.length <= MOST_EXPECTED);
      assert.ok(expected.every(({ reason }) => reason.length > 10));
      assert.deepEqual(
        failed.sort(),
        expected.map(({ lockfile, check }) => `${lockfile} ${check}`).sort(),
        evaluations
          .filter(({ verdict, check }) => verdict === "fail" && check !== VULNERABLE)
          .map(({ asset, findings }) => `${asset.id}: ${findings.map(({ title }) => title).join("; ")}`)
          .join("\n"),
      );
    },
  };
}

/** Of packages that are installed here, what is in them. */
function installedContents(folder: string): PackageLookUp {
  const missing = { code: "packages.archive", reason: "not installed at the version that is locked" };
  return async ({ after }) => {
    const place = join(folder, after?.name ?? "");
    if (!existsSync(join(place, "package.json"))) return { contents: absent(missing) };
    const contents = await readPackageFolder(place, { place: "the package", observedAt: NOW.toISOString() });
    const isOther = contents.state === "present" && contents.facts.version !== after?.version;
    return { contents: isOther ? absent(missing) : contents };
  };
}

function warnings(tree: Tree, review: Review): Case {
  return {
    name: `few warnings on the tree of ${tree.name}`,
    async run() {
      const evaluations = await review(
        `tree-${tree.name}`,
        (folder) => writeFileSync(join(folder, "package-lock.json"), tree.lockfile),
        tree.installed === undefined ? undefined : installedContents(tree.installed),
      );
      const packages = Object.keys((JSON.parse(tree.lockfile) as { packages: object }).packages).length - 1;
      const all = evaluations.filter(({ check }) => check !== VULNERABLE).flatMap(({ findings }) => findings);
      const transitive = all.filter(({ evidence }) => evidence.dependency !== "direct");
      process.stdout.write(
        `${tree.name}: ${packages} packages, ${transitive.length} findings about transitive ones, ${all.length - transitive.length} about direct ones\n`,
      );
      if (tree.name !== "this project") assert.ok(packages >= TREES_OF, String(packages));
      assert.deepEqual(
        all.filter(({ overThreshold }) => overThreshold).map(({ title }) => title),
        [],
      );
      const told = transitive.map(({ title }) => title).join("\n");
      assert.ok(transitive.length <= WARNED * packages, told);
    },
  };
}

/** A hint that fires on ordinary names is none: all of these are packages that many people mean. */
function lookAlikes(file: string): Case {
  return {
    name: "well-known names are taken for others of them once in a hundred at most",
    run() {
      const { packages: names } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
        packages: readonly string[];
      };
      const found = names.flatMap((name) => popularResemblance("npm", name) ?? []);
      process.stdout.write(`${names.length} popular names: ${found.length} resemble another one\n`);
      assert.ok(found.length <= WARNED * names.length, found.map(({ popular }) => popular).join(", "));
    },
  };
}

function made(): Case {
  return {
    name: "made packages are told by their content, in every variant, and their harmless twins are not",
    run() {
      const judged = madeSamples();
      process.stdout.write(contentReport("made samples", judged));
      const { missed, falseAlarms } = scoreOf(judged);
      assert.deepEqual([...missed, ...falseAlarms], []);
    },
  };
}

function labelled(data: string): Case {
  return {
    name: "labelled samples",
    async run() {
      const judged = await labelledSamples(data);
      process.stdout.write(contentReport("labelled samples", judged));
      assert.ok(judged.length > 0, "labels.jsonl names no sample");
    },
  };
}
