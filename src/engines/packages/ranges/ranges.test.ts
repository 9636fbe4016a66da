import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { inComposerConstraint } from "./composer.ts";
import { inGemRequirements } from "./gem.ts";
import { inCargoRange, inNpmRange } from "./npm.ts";
import { inPoetryConstraint, inPythonSpecifiers } from "./python.ts";

type In = (range: string, version: string) => boolean | undefined;

/** The first words of each: the versions that are in, those that are not, and those of which it does not say. */
type Row = readonly [range: string, inside: string, outside: string, unknown?: string];

const suites: readonly [name: string, of: In, rows: readonly Row[]][] = [
  [
    "npm",
    inNpmRange,
    [
      ["^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0"],
      ["~1.2", "1.2.0 1.2.9", "1.3.0"],
      ["1.x || >=3", "1.0.0 3.0.0 9.9.9", "2.0.0"],
      ["*", "0.0.0 1.0.0-rc.1", ""],
      ["", "1.0.0", ""],
      ["^2.0.0-rc.1", "2.0.0-rc.2 2.1.0", "2.0.0-beta.1"],
      ["latest", "", "", "1.0.0"],
      ["workspace:^1", "", "", "1.0.0"],
      ["npm:other@^1", "", "", "1.0.0"],
      ["^1", "", "", "git+https://h/a.git"],
    ],
  ],
  [
    "Cargo",
    inCargoRange,
    [
      ["1.2", "1.2.0 1.9.9", "1.1.0 2.0.0"],
      ["0.3.1", "0.3.1 0.3.9", "0.4.0"],
      ["=1.2.3", "1.2.3", "1.2.4"],
      [">= 1.2, < 1.5", "1.2.0 1.4.9", "1.5.0"],
      ["1.*", "1.0.0 1.9.0", "2.0.0"],
      ["~1", "1.9.0", "2.0.0"],
      ["*", "3.0.0", ""],
      ["", "", "", "1.0.0"],
    ],
  ],
  [
    "Python",
    inPythonSpecifiers,
    [
      [">=1.0,<2", "1.0 1.9.9 1.0.post1 2.0rc1", "0.9 2.0", "0.9rc1"],
      ["==1.2.*", "1.2 1.2.9", "1.3 1.1"],
      ["!=1.2.*", "1.3 1.1", "1.2 1.2.9"],
      ["~=1.4.2", "1.4.2 1.4.9", "1.5.0 1.4.1"],
      ["~=2.2", "2.2 2.9", "3.0 2.1"],
      ["==1.0", "1.0 1.0.0 1.0+cpu", "1.0.1"],
      ["===1.0", "1.0", "1.1"],
      ["", "1.0", ""],
      ["~=1", "", "", "1.0"],
      ["1.0", "", "", "1.0"],
    ],
  ],
  [
    "Poetry",
    inPoetryConstraint,
    [
      ["^1.2.3", "1.2.3 1.9", "1.2.2 2.0"],
      ["^0.2.3", "0.2.9", "0.3.0"],
      ["^0.0.3", "0.0.3", "0.0.4"],
      ["^0.0", "0.0.9", "0.1"],
      ["~1.2.3", "1.2.9", "1.3"],
      ["~1", "1.9", "2.0"],
      ["1.2", "1.2 1.2.0", "1.2.1"],
      ["1.*", "1.9", "2.0"],
      ["*", "1", ""],
      ["^1.0 || ^3.0", "1.5 3.1", "2.0"],
      [">=1.0 <2.0", "", "", "1.5"],
      [">= 1.0, < 2.0", "1.5", "2.5"],
    ],
  ],
  [
    "Composer",
    inComposerConstraint,
    [
      ["^1.2", "v1.2.0 1.9.0", "1.1.0 2.0.0"],
      ["^0.3", "0.3.9", "0.4.0"],
      ["~1.2", "1.9.0", "2.0.0"],
      ["~1.2.3", "1.2.9", "1.3.0"],
      ["1.0.*", "1.0.9", "1.1.0"],
      [">=1.0 <1.1 || >=1.2", "1.0.5 1.3.0", "1.1.5"],
      [">=1.0,<1.1", "1.0.5", "1.1.5"],
      ["1.2.3", "1.2.3 v1.2.3", "1.2.4"],
      ["^1.0@beta", "1.5.0", "2.5.0"],
      ["dev-main", "", "", "dev-main"],
      ["1.0 - 2.0", "", "", "1.5.0"],
      ["^1.0", "2.0.0-RC1", "", "dev-main 1.0.0-RC1"],
    ],
  ],
  [
    "RubyGems",
    inGemRequirements,
    [
      ["~> 1.2.3", "1.2.3 1.2.9", "1.3.0"],
      ["~> 1.2", "1.2 1.9", "2.0"],
      ["~> 1", "1.9", "2.0"],
      [">= 1.0, < 3", "2.5", "3.0"],
      ["= 1.0", "1.0 1.0.0", "1.0.1"],
      ["1.0", "1.0", "2.0"],
      ["!= 1.0", "1.1", "1.0"],
    ],
  ],
];

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

for (const [name, of, rows] of suites) {
  describe(`ranges of ${name}`, () => {
    for (const [range, inside, outside, unknown = ""] of rows) {
      test(JSON.stringify(range), () => {
        for (const version of words(inside)) assert.equal(of(range, version), true, version);
        for (const version of words(outside)) assert.equal(of(range, version), false, version);
        for (const version of words(unknown)) assert.equal(of(range, version), undefined, version);
      });
    }

    test("whatever the text, an answer and no exception", () => {
      const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789.^~<>=!*x|, v-@+") }));
      fc.assert(fc.property(text, text, (range, version) => void of(range, version)));
      of("1.".repeat(100_000), "1.0.0");
      of("^1.0.0", "1.".repeat(100_000));
      of(">".repeat(900), "1");
      of(`${"1.2 ".repeat(200)}a`, "1");
    });
  });
}
