/** Suite `sboms`: bills of materials from the tests of other tools, good and broken: none may crash or hang the reader. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../src/core/problem.ts";
import { readSbom } from "../src/engines/contents/sbom/read.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

/** What one document must give, found by counting its package-urls by hand, and why. */
interface Expectation {
  readonly packages?: number;
  /** Its id and release. */
  readonly distribution?: string;
  /** Code, and what it concerns; absent is none. */
  readonly gaps?: readonly string[];
  /** The code of the Problem that the document is. */
  readonly refused?: string;
  readonly why: string;
}

const CORPUS = "corpora/sbom-fixtures.tar.zst";
const DOCUMENTS = 90;
const SLOWEST_MILLISECONDS = 5_000;

export const sboms: Suite = {
  about: "90 bills of materials of other tools, good and broken",
  needs: [CORPUS],
  async *cases({ data }) {
    const documents = unpackZstd(join(data, CORPUS));
    const expected: Readonly<Record<string, Expectation>> = JSON.parse(
      readFileSync(join(import.meta.dirname, "sboms/expected.json"), "utf8"),
    );
    yield {
      name: `there are ${DOCUMENTS} documents, and every expectation is of one`,
      run() {
        assert.equal(documents.size, DOCUMENTS);
        assert.deepEqual(
          Object.keys(expected).filter((name) => !documents.has(name)),
          [],
        );
      },
    };
    for (const [name, bytes] of documents) {
      yield { name, run: () => check(name, bytes, expected[name]) };
    }
  },
};

function check(name: string, bytes: Buffer, expectation: Expectation | undefined): void {
  const start = performance.now();
  const outcome = outcomeOf(name, bytes);
  assert.ok(performance.now() - start < SLOWEST_MILLISECONDS, "it took too long");
  if (expectation === undefined) return;
  const { why, ...stated } = expectation;
  assert.deepEqual(outcome, "refused" in stated ? stated : { gaps: [], ...stated }, why);
}

/** In the form of an expectation. Only a Problem may be thrown. */
function outcomeOf(name: string, bytes: Buffer): Omit<Expectation, "why"> {
  try {
    const { inventory, gaps } = readSbom(bytes, name);
    const { distribution, packages } = inventory;
    return {
      packages: packages.length,
      ...(distribution === undefined ? {} : { distribution: `${distribution.id} ${distribution.versionId}` }),
      gaps: [...new Set(gaps.map(({ code, concerns }) => `${code} ${concerns ?? ""}`.trimEnd()))].sort(),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { refused: error.code };
  }
}
