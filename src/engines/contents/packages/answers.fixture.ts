import assert from "node:assert/strict";
import fc from "fast-check";
import type { Analyser } from "../analyser.ts";
import { factsOf, packagesOf } from "../facts.fixture.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";

/** For tests of formats without a graph: whatever becomes of a valid file, an answer, with each package once. */
export function answersWhateverTheBytes(analyser: Analyser, path: string, seed: string, numRuns = 200): void {
  assert.notEqual(packagesOf(factsOf(analyser, path, seed)).length, 0);
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(seed)), (bytes) => {
      const facts = factsOf(analyser, path, bytes);
      if (facts === undefined || facts.kind === "unreadable") return;
      const packages = packagesOf(facts);
      assert.equal(new Set(packages.map(({ name, version }) => `${name} ${version}`)).size, packages.length);
    }),
    { numRuns },
  );
}
