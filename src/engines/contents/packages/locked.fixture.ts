import assert from "node:assert/strict";
import fc from "fast-check";
import type { Analyser } from "../analyser.ts";
import { factsOf, packagesOf } from "../facts.fixture.ts";
import type { FileFacts } from "../model.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";

/** For tests: one line a package, sorted: `name@version direct development -> needed@1, other@2`. */
export function packageLines(facts: FileFacts | undefined): string[] {
  const packages = packagesOf(facts);
  const shown = new Map(packages.map(({ reference, name, version }) => [reference, `${name}@${version}`]));
  return packages
    .map(({ name, version, direct, usage, dependsOn = [] }) =>
      [
        `${name}@${version}`,
        ...(direct === true ? ["direct"] : []),
        ...(usage === undefined || usage === "runtime" ? [] : [usage]),
        ...(dependsOn.length === 0
          ? []
          : [
              `-> ${dependsOn
                .map((needed) => shown.get(needed))
                .sort()
                .join(", ")}`,
            ]),
      ].join(" "),
    )
    .sort();
}

/** Whatever becomes of a valid file, an answer; its graph stays within the file, and its references are unique. */
export function holdsWhateverTheBytes(analyser: Analyser, path: string, seed: string, numRuns = 200): void {
  assert.notEqual(packagesOf(factsOf(analyser, path, seed)).length, 0);
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(seed)), (bytes) => {
      const facts = factsOf(analyser, path, bytes);
      if (facts?.kind === "unreadable") return;
      const packages = packagesOf(facts);
      const references = new Set(packages.map(({ reference }) => reference));
      assert.equal(references.size, packages.length);
      for (const { dependsOn = [] } of packages) for (const needed of dependsOn) assert.ok(references.has(needed));
    }),
    { numRuns },
  );
}
