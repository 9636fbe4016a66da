import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import spdxIds from "spdx-license-ids/index.json" with { type: "json" };
import { codePoint } from "../../../core/code-point.fixture.ts";
import type { LicenseTerm, Package, PackageType } from "../model.ts";
import { declaredLicense, licensedPackages } from "./declared.ts";

/** The term as an expression; what is not listed in quotes. */
function shown(term: LicenseTerm): string {
  if (term.kind === "unlisted") return `"${term.text}"`;
  if (term.kind === "license") return term.exception === undefined ? term.id : `${term.id} WITH ${term.exception}`;
  return `(${term.parts.map(shown).join(term.kind === "and" ? " AND " : " OR ")})`;
}

function holds(cases: Readonly<Record<string, string>>): void {
  for (const [text, expected] of Object.entries(cases)) assert.equal(shown(declaredLicense(text)), expected, text);
}

test("SPDX expressions, with the current ids for deprecated ones", () => {
  holds({
    MIT: "MIT",
    "mit or apache-2.0": "(MIT OR Apache-2.0)",
    "(MIT OR Apache-2.0) AND ISC": "((MIT OR Apache-2.0) AND ISC)",
    "GPL-2.0": "GPL-2.0-only",
    "GPL-2.0+": "GPL-2.0-or-later",
    "LGPL-2.1-or-later": "LGPL-2.1-or-later",
    "GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
    "GPL-3.0-or-later WITH GCC-exception-3.1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "Apache-1.1+": "Apache-1.1+",
    "LicenseRef-Acme": "LicenseRef-Acme",
  });
});

test("names as people write them", () => {
  holds({
    "Apache 2": "Apache-2.0",
    "ASL 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "The Apache Software License, Version 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "Expat (MIT/X11)": "MIT",
    "MIT/X11": "MIT",
    "ISC License (ISCL)": "ISC",
    BSD: "(BSD-2-Clause AND BSD-3-Clause)",
    "New BSD License": "BSD-3-Clause",
    "BSD (3-clause)": "BSD-3-Clause",
    "Simplified BSD": "BSD-2-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Eclipse Public License - v 2.0": "EPL-2.0",
    "Eclipse Distribution License - v 1.0": "BSD-3-Clause",
    "Common Development and Distribution License (CDDL) v1.0": "CDDL-1.0",
    "Python Software Foundation License": "PSF-2.0",
    "Public Domain": "LicenseRef-public-domain",
    "CC0 1.0 Universal": "CC0-1.0",
    "http://www.apache.org/licenses/LICENSE-2.0.txt": "Apache-2.0",
    "https://opensource.org/licenses/MIT": "MIT",
    "https://www.gnu.org/licenses/gpl-3.0.html": "GPL-3.0-only",
  });
});

test("the GNU licences with their versions, and any version where none is named", () => {
  holds({
    GPL: "GPL-1.0-or-later",
    "GPL+": "GPL-1.0-or-later",
    GPLv2: "GPL-2.0-only",
    "GPLv2+": "GPL-2.0-or-later",
    "GPL-3+": "GPL-3.0-or-later",
    "GPL (>= 2)": "GPL-2.0-or-later",
    "LGPL v2.1 or later": "LGPL-2.1-or-later",
    LGPLv3: "LGPL-3.0-only",
    "GNU GPL": "GPL-1.0-or-later",
    "GNU General Public License, version 2 or any later version": "GPL-2.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library General Public License v2": "LGPL-2.0-only",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    GPLv9: '"GPLv9"',
  });
});

test("short names of Debian's copyright files", () => {
  holds({
    Expat: "MIT",
    Artistic: "Artistic-1.0-Perl",
    "GPL-1+": "GPL-1.0-or-later",
    "GFDL-1.3+": "GFDL-1.3-or-later",
    "GFDL-NIV-1.3+": "GFDL-1.3-no-invariants-or-later",
    "GFDL-NIV-1.2": "GFDL-1.2-no-invariants-only",
    "FDL-1.2+": "GFDL-1.2-or-later",
    "BSD-3-clause-Google": "BSD-3-Clause",
    "BSD-4-clause~2": "BSD-4-Clause",
    "Expat~1": "MIT",
    "public-domain-md5": "LicenseRef-public-domain",
    "BSD-3-clause-variant": '"BSD-3-clause-variant"',
    "MIT-Export": '"MIT-Export"',
    "GPL-2+ with Autoconf exception": "GPL-2.0-or-later WITH Autoconf-exception-generic",
    "GPL-3+ with Autoconf exception": "GPL-3.0-or-later WITH Autoconf-exception-generic-3.0",
    "GPL-3+ with GCC-Runtime-3.1 exception": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "GPL-2 with Linux-syscall-note exception": "GPL-2.0-only WITH Linux-syscall-note",
    "Apache-2.0 with LLVM exception": "Apache-2.0 WITH LLVM-exception",
    "LGPL-2.1+ with Autoconf exception": "LGPL-2.1-or-later WITH Autoconf exception",
    "GPL-2+ with Libtool exception, and Expat": "(GPL-2.0-or-later WITH Libtool-exception AND MIT)",
  });
});

test("the short names that Fedora and its descendants had before SPDX's", () => {
  holds({
    "LGPLv2+": "LGPL-2.0-or-later",
    LGPLv2: "LGPL-2.0-only",
    "GPLv2+ and LGPLv2+ with exceptions": "(GPL-2.0-or-later AND LGPL-2.0-or-later WITH exceptions)",
    "GPLv3+ and GPLv3+ with exceptions and GPLv2+ with exceptions":
      "(GPL-3.0-or-later AND GPL-3.0-or-later WITH exceptions AND GPL-2.0-or-later WITH exceptions)",
    "(GPL+ or Artistic) and BSD": "((GPL-1.0-or-later OR Artistic-1.0-Perl) AND BSD-2-Clause AND BSD-3-Clause)",
    "BSD or GPLv2+": "((BSD-2-Clause AND BSD-3-Clause) OR GPL-2.0-or-later)",
    MPLv2: "MPL-2.0",
    "MPLv2.0": "MPL-2.0",
    zlib: "Zlib",
    OpenLDAP: "OLDAP-2.8",
    "ASL 2.0": "Apache-2.0",
    "Public Domain": "LicenseRef-public-domain",
    "GPL-2.0-or-later AND LGPL-2.1-or-later": "(GPL-2.0-or-later AND LGPL-2.1-or-later)",
    "LicenseRef-Fedora-Public-Domain AND MIT": "(LicenseRef-Fedora-Public-Domain AND MIT)",
  });
});

test("lists as the ecosystems write them", () => {
  holds({
    "MIT/Apache-2.0": "(MIT OR Apache-2.0)",
    "GPL+ or Artistic": "(GPL-1.0-or-later OR Artistic-1.0-Perl)",
    "ASL 2.0 and BSD and (MIT or GPLv2)": "(Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND (MIT OR GPL-2.0-only))",
    "GPL-2 | GPL-3": "(GPL-2.0-only OR GPL-3.0-only)",
    "MIT + file LICENSE": "MIT",
    "MIT, BSD-2-Clause, or GPL-3.0": "(MIT OR BSD-2-Clause OR GPL-3.0-only)",
    "MIT, ISC": "(MIT AND ISC)",
    "GPL-2+ or AFL-2.1, and Expat": "((GPL-2.0-or-later OR AFL-2.1) AND MIT)",
    "LGPLv3+_or_GPLv2+": "(LGPL-3.0-or-later OR GPL-2.0-or-later)",
    "MPL-2.0 GPL-2.0-or-later": "(MPL-2.0 AND GPL-2.0-or-later)",
    "GPL-2+ with OpenSSL exception": "GPL-2.0-or-later WITH OpenSSL exception",
    "CDDL + GPLv2 with classpath exception": "(CDDL-1.0 AND GPL-2.0-only WITH Classpath-exception-2.0)",
    "public domain, Python, 2-Clause BSD, GPL 3 (see COPYING.txt)":
      "(LicenseRef-public-domain AND PSF-2.0 AND BSD-2-Clause AND GPL-3.0-only)",
    "MIT and Acme": '(MIT AND "Acme")',
  });
});

test("what says nothing that is known stays in its own words", () => {
  for (const text of [
    ...["Dual License", "SEE LICENSE IN LICENSE.txt", "UNLICENSED", "proprietary", "BSD-style", "file LICENSE", "NONE"],
    ...[
      "GPL-2.0 OR (MIT",
      "MIT or )",
      "()",
      "and",
      "Redistribution and use, with or without modification, are permitted",
    ],
  ]) {
    assert.deepEqual(declaredLicense(text), { kind: "unlisted", text });
  }
});

function packageOf(type: PackageType, ...licenses: string[]): Package {
  return { type, name: "a", version: "1", licenses, purl: `pkg:${type}/a@1`, path: "x" };
}

test("several declared licences are a choice where the ecosystem says so", () => {
  const license = (type: PackageType, ...texts: string[]) => {
    const [found] = licensedPackages([packageOf(type, ...texts)]);
    return found?.license === undefined ? undefined : shown(found.license);
  };
  assert.equal(license("maven", "MIT", "GPLv2"), "(MIT OR GPL-2.0-only)");
  assert.equal(license("composer", "MIT", "GPL-2.0-only"), "(MIT OR GPL-2.0-only)");
  assert.equal(license("pypi", "MIT License", "Apache Software License"), "(MIT AND Apache-2.0)");
  assert.equal(license("gem", "MIT", "MIT"), "MIT");
  assert.equal(license("deb"), undefined);
  assert.equal(license("npm", "NOASSERTION"), undefined);
  assert.equal(license("npm", "NONE", "MIT"), "MIT");
});

test("every id of the list is itself, in any case and surrounding", () => {
  fc.assert(
    fc.property(fc.constantFrom(...spdxIds), fc.constantFrom("", " ", "\t"), (id, blank) => {
      const term = declaredLicense(`${blank}${id.toLowerCase()}${blank}`);
      assert.ok(term.kind === "license");
      assert.ok(term.id === id || term.formerly === id);
    }),
  );
});

const words = fc.constantFrom(
  ...["MIT", "GPLv2+", "BSD", "or", "and", "OR", "AND", "with", "WITH", "(", ")", ",", "/", "|", "&", ";", "+", "file"],
  ...[
    "later",
    "any",
    "exception",
    ">=",
    "2",
    "v3",
    "Apache",
    "License",
    "version",
    "x",
    "\u202e",
    "https://opensource.org/licenses/",
  ],
);

test("any words at all end, and nothing that was not said is a licence", () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), fc.constantFrom(" ", "", "  "), (list, glue) => {
      const term = declaredLicense(list.join(glue));
      const ids = idsOf(term);
      if (!list.some((word) => /mit/i.test(word))) assert.ok(!ids.includes("MIT"));
    }),
  );
  fc.assert(fc.property(fc.string({ unit: codePoint, maxLength: 300 }), (text) => void shown(declaredLicense(text))));
});

function idsOf(term: LicenseTerm): string[] {
  if (term.kind === "license") return [term.id];
  return term.kind === "unlisted" ? [] : term.parts.flatMap(idsOf);
}

test("deep, long and hostile texts are unlisted", () => {
  for (const text of [
    `${"(".repeat(900)}MIT or ISC${")".repeat(900)}`,
    "MIT or ".repeat(5_000),
    `${" ".repeat(1_900)}x`,
    ",".repeat(1_999),
    `${".".repeat(1_900)}a`,
  ]) {
    assert.equal(declaredLicense(text).kind, "unlisted");
  }
});
