import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import type { Package, PackageType } from "../model.ts";
import { licensedPackages } from "./declared.ts";
import { licenseReferences, parseLicenseExpression } from "./expression.ts";
import { licenseWriter } from "./written.ts";

function written(type: PackageType, ...licenses: string[]): { license?: string; extracted: Record<string, string> } {
  const item: Package = { type, name: "a", version: "1", licenses, purl: "pkg:generic/a@1", path: "a" };
  const extracted = new Map<string, string>();
  const license = licenseWriter(extracted)(item, licensedPackages([item])[0]?.license);
  return { ...(license === undefined ? {} : { license }), extracted: Object.fromEntries(extracted) };
}

test("short names and lists are SPDX expressions", () => {
  const cases: readonly [PackageType, string[], string][] = [
    ["deb", ["GPL-2+"], "GPL-2.0-or-later"],
    ["deb", ["GPL-2+ or Artistic", "Expat"], "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT"],
    ["deb", ["GPL-2+ with Autoconf exception"], "GPL-2.0-or-later WITH Autoconf-exception-generic"],
    ["rpm", ["GPLv2+ and (MIT or ASL 2.0)"], "GPL-2.0-or-later AND (MIT OR Apache-2.0)"],
    ["maven", ["Apache License, Version 2.0", "Eclipse Public License - v 2.0"], "Apache-2.0 OR EPL-2.0"],
    ["npm", ["(MIT OR Apache-2.0)"], "(MIT OR Apache-2.0)"],
    ["pypi", ["GPL-2.0"], "GPL-2.0"],
    ["gem", ["Ruby", "BSD-2-Clause"], "Ruby AND BSD-2-Clause"],
  ];
  for (const [type, licenses, expected] of cases) {
    assert.deepEqual(written(type, ...licenses), { license: expected, extracted: {} });
  }
});

test("what SPDX does not list is a reference to its words", () => {
  const { license = "", extracted } = written("deb", "GPL-2+ with OpenSSL exception", "permissive (see file)", "MIT");
  assert.match(
    license,
    /^LicenseRef-bulkhead-GPL-2\.0-or-later-WITH-OpenSSL-ex-\w{12} AND LicenseRef-bulkhead-permissive-see-file-\w{12} AND MIT$/,
  );
  assert.deepEqual(Object.values(extracted), ["GPL-2.0-or-later WITH OpenSSL exception", "permissive (see file)"]);
  assert.deepEqual(written("deb", "public-domain"), {
    license: "LicenseRef-public-domain",
    extracted: { "LicenseRef-public-domain": "public domain" },
  });
  assert.notEqual(written("deb", "odd!").license, written("deb", "odd?").license);
});

test("nothing is written of what says nothing", () => {
  for (const licenses of [[], [""], ["NONE"], ["NOASSERTION"]])
    assert.equal(written("npm", ...licenses).license, undefined);
});

test("whatever is declared, what is written is an expression whose references are all defined", () => {
  const words = fc.constantFrom(
    "MIT",
    "GPLv2+",
    "BSD",
    "or",
    "and",
    "with",
    "(",
    ")",
    ",",
    "Classpath",
    "exception",
    "x/y",
    "漢",
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((list) => list.join(" ")),
    fc.string({ unit: codePoint }),
  );
  fc.assert(
    fc.property(fc.constantFrom<PackageType>("deb", "npm"), fc.array(text, { maxLength: 4 }), (type, licenses) => {
      const { license, extracted } = written(type, ...licenses);
      if (license === undefined) return;
      const expression = parseLicenseExpression(license);
      assert.ok(expression !== undefined, license);
      for (const reference of licenseReferences(expression)) assert.ok(extracted[reference], reference);
    }),
  );
});
