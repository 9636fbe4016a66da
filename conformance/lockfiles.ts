/**
 * Suite `lockfiles`: lockfiles and manifests of real projects and of other scanners' tests. Each is read as a file of a
 * folder; none may throw or take long, and what `lockfiles/expected.json` says of it must hold.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderAnalyserFor } from "../src/engines/contents/analysers.ts";
import type { FileFacts } from "../src/engines/contents/model.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

const ARCHIVE = "corpora/lockfile-fixtures.tar.zst";
const EXPECTED = join(import.meta.dirname, "lockfiles/expected.json");

/** Files are few hundred kilobytes at most, so whatever takes that long hangs. */
const LONGEST_MILLISECONDS = 5_000;

/** How the packages of a file were counted without this program, and what came of it. */
interface Expected {
  /** By the name that `by` refers to: the independent way in words. */
  readonly methods: Readonly<Record<string, string>>;
  /** By the path in the archive. */
  readonly files: Readonly<Record<string, Expectation>>;
}

type Expectation =
  /** `sha256` is of the sorted lines `name@version`, each with its line end. */
  | { readonly packages: number; readonly sha256: string; readonly by: string }
  | { readonly unreadable: string }
  | { readonly unwanted: string };

export const lockfiles: Suite = {
  about: "432 lockfiles and manifests of every ecosystem: none crashes or hangs, and what is in them is found",
  needs: [ARCHIVE],
  async *cases({ data }) {
    const files = unpackZstd(join(data, ARCHIVE));
    const { methods, files: expectations } = JSON.parse(readFileSync(EXPECTED, "utf8")) as Expected;
    for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield {
        name: path,
        run() {
          const started = performance.now();
          const facts = folderAnalyserFor(path)?.analyse({ path, bytes, companions: new Map() });
          const milliseconds = performance.now() - started;
          assert.ok(milliseconds < LONGEST_MILLISECONDS, `it took ${Math.round(milliseconds)} ms`);
          assert.deepEqual(facts, facts === undefined ? undefined : JSON.parse(JSON.stringify(facts)));
          const expectation = expectations[path];
          if (expectation !== undefined) compare(facts, expectation, folderAnalyserFor(path) !== undefined);
        },
      };
    }
    yield {
      name: "every expectation is about a file of the archive, by a method that is explained",
      run() {
        for (const [path, expectation] of Object.entries(expectations)) {
          assert.ok(files.has(path), path);
          if ("by" in expectation) assert.ok(methods[expectation.by], `${path}: ${expectation.by}`);
        }
      },
    };
  },
};

function compare(facts: FileFacts | undefined, expectation: Expectation, wanted: boolean): void {
  if ("unwanted" in expectation) {
    assert.ok(!wanted, `it is read, but ${expectation.unwanted}`);
    return;
  }
  assert.ok(wanted, "no analyser wants it");
  if ("unreadable" in expectation) {
    assert.equal(facts?.kind, "unreadable", expectation.unreadable);
    return;
  }
  assert.equal(facts?.kind, "packages", facts?.kind === "unreadable" ? facts.reason : "no packages");
  const lines = [...new Set(facts.packages.map(({ name, version }) => `${name}@${version}\n`))].sort();
  assert.equal(lines.length, expectation.packages, `counted by ${expectation.by}; found:\n${lines.join("")}`);
  const sha256 = createHash("sha256").update(lines.join("")).digest("hex");
  assert.equal(
    sha256,
    expectation.sha256,
    `names or versions differ from ${expectation.by}'s; found:\n${lines.join("")}`,
  );
}
