import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { parseLicenseExpression } from "./expression.ts";
import { GRANTS, SENTENCES } from "./license-texts.ts";
import { plainText, recognizedLicenses } from "./recognized.ts";

function licensesOf(text: string): readonly string[] {
  return recognizedLicenses(Buffer.from(text));
}

function holds(cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(licensesOf(text), expected, text);
}

const NOTICE = (family: string, version: string) =>
  `This program is free software; you can redistribute it and/or modify
   it under the terms of the GNU ${family} as published by
   the Free Software Foundation; ${version}.
   You should have received a copy of the GNU ${family} along with it.`;

const BSD = `Redistribution and use in source and binary forms, with or without
 modification, are permitted provided that the following conditions are met:`;

test("the GNU licenses by their notices: the version, and whether a later one may be chosen", () => {
  const later = (version: string) => `either version ${version} of the License, or (at your option) any later version`;
  holds({
    [NOTICE("General Public License", later("2"))]: ["GPL-2.0-or-later"],
    [NOTICE("General Public License", later("3"))]: ["GPL-3.0-or-later"],
    [NOTICE("General Public License", "version 2 of the License")]: ["GPL-2.0-only"],
    [NOTICE("General Public License", "version 2 of the License and no later version")]: ["GPL-2.0-only"],
    [NOTICE("Lesser General Public License", later("2.1"))]: ["LGPL-2.1-or-later"],
    [NOTICE("Library General Public License", later("2"))]: ["LGPL-2.0-or-later"],
    [NOTICE("Affero General Public License", "version 3")]: ["AGPL-3.0-only"],
    "It is under version 2 or later of the GNU General Public License.": ["GPL-2.0-or-later"],
    "It is licensed under the GPL v3 or newer.": ["GPL-3.0-or-later"],
    "It is licensed under the GNU GPL, version 2.": ["GPL-2.0-only"],
    "License: LGPLv2.1+": ["LGPL-2.1-or-later"],
    "You may copy it under the terms of the GNU General Public License.": ["GPL-1.0-or-later"],
    "under the GNU Free Documentation License, Version 1.3 or any later version; with no Invariant Sections": [
      "GFDL-1.3-no-invariants-or-later",
    ],
    "under the GPL version 9 or later": [],
  });
});

test("what only speaks of a license is no grant", () => {
  holds({
    "It is compatible with the GNU General Public License.": [],
    "an additional permission under section 7 of the GNU General Public License, version 3": ["GPL-3.0-only"],
    [`${NOTICE("General Public License", "either version 2, or any later version")} (GPLv3 is another)
      an additional permission under section 7 of the GNU General Public License, version 3`]: ["GPL-2.0-or-later"],
    '"Secondary License" means either the GNU General Public License, Version 2.0, the GNU Lesser General Public License, Version 2.1, the GNU Affero General Public License, Version 3.0, or any later versions of those licenses.':
      [],
    "This file is not in the public domain.": [],
    "": [],
  });
});

test("references to common-licenses count where the text itself names no version", () => {
  const where = "On Debian systems, the complete text of the GNU General Public License can be found in";
  holds({
    [`${where} \`/usr/share/common-licenses/GPL-2'.`]: ["GPL-2.0-only"],
    [`${where} /usr/share/common-licenses/GPL.`]: ["GPL-1.0-or-later"],
    [`${NOTICE("General Public License", "either version 2, or any later version")} ${where} /usr/share/common-licenses/GPL-3.`]:
      ["GPL-2.0-or-later"],
    "See /usr/share/common-licenses/Artistic and /usr/share/common-licenses/LGPL-2.1": [
      "Artistic-1.0-Perl",
      "LGPL-2.1-only",
    ],
    [`${BSD} Neither the name of X. See /usr/share/common-licenses/BSD`]: ["BSD-3-Clause"],
    "See /usr/share/common-licenses/Unheard-Of": [],
  });
});

test("the packaging's own license is left out", () => {
  holds({
    "Under the Apache License, Version 2.0. The Debian packaging is (C) 2020 A B <a@example.org> and is licensed under the GPL, see `/usr/share/common-licenses/GPL-3'.":
      ["Apache-2.0"],
  });
});

test("a license's whole text is that version, and what its appendix shows is no grant", () => {
  const text = (title: string) => `GNU ${title}
    Preamble. The GNU General Public License is intended to guarantee your freedom.
    END OF TERMS AND CONDITIONS
    How to Apply These Terms to Your New Programs
    ${NOTICE("General Public License", "either version 2 of the License, or (at your option) any later version")}`;
  holds({
    [text("GENERAL PUBLIC LICENSE\n Version 2, June 1991")]: ["GPL-2.0-only"],
    [text("AFFERO GENERAL PUBLIC LICENSE\n Version 3, 19 November 2007")]: ["AGPL-3.0-only"],
    [`${NOTICE("General Public License", "version 3 or any later version")}
      ${text("GENERAL PUBLIC LICENSE Version 3, 29 June 2007")}`]: ["GPL-3.0-or-later"],
  });
});

test("permissive licenses by their permissions and what follows them", () => {
  const permission = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software";
  const use = "Permission to use, copy, modify, and distribute this software";
  holds({
    [`${BSD} 1. Redistributions of source code must retain the above copyright notice.`]: ["BSD-2-Clause"],
    [`${BSD} Neither the name of the project nor the names of its contributors`]: ["BSD-3-Clause"],
    [`${BSD} The name of the author may not be used to endorse or promote products`]: ["BSD-3-Clause"],
    [`${BSD} All advertising materials mentioning features or use of this software`]: ["BSD-4-Clause"],
    [`${BSD} Products derived from this software may not be called "OpenSSL"`]: ["OpenSSL"],
    [`${BSD} one. ${BSD} Neither the name of two`]: ["BSD-2-Clause", "BSD-3-Clause"],
    [`${permission} and associated documentation files (the "Software"), to deal in the Software without restriction`]:
      ["MIT"],
    [`${permission}, to deal in the Software without restriction. Except as contained in this notice, the name`]: [
      "X11",
    ],
    [`${permission}, to deal with the Software without restriction`]: ["NCSA"],
    [`${use} for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.`]:
      ["ISC"],
    [`${use} for any purpose with or without fee is hereby granted.\n\nTHE SOFTWARE IS PROVIDED "AS IS"`]: ["0BSD"],
    [`${use} and its documentation for any purpose, provided that both appear in supporting documentation`]: ["HPND"],
    "3. Altered source versions must be plainly marked as such, and must not be misrepresented as the original": [
      "Zlib",
    ],
    "It was placed in the public domain by its author.": ["LicenseRef-public-domain"],
    "This is free and unencumbered software released into the public domain.": ["Unlicense"],
    "Licensed under the Apache License, Version 2.0 (the “License”)": ["Apache-2.0"],
  });
});

test("a choice only where the text says so", () => {
  holds({
    "You may use it under the same terms as Perl itself": ["Artistic-1.0-Perl OR GPL-1.0-or-later"],
    'under the terms of either: a) the GNU General Public License as published by the Free Software Foundation; either version 1, or any later version, or b) the "Artistic License" which comes with it':
      ["Artistic-1.0-Perl OR GPL-1.0-or-later"],
    [`${BSD} Neither the name. ALTERNATIVELY, this product may be distributed under the terms of the GNU General Public License, version 2`]:
      ["BSD-3-Clause OR GPL-2.0-only"],
    "Apache License, Version 2.0 and the Mozilla Public License, version 1.1": ["Apache-2.0", "MPL-1.1"],
  });
});

test("marks of comments and broken lines do not hide a sentence", () => {
  assert.equal(plainText(Buffer.from(" * One\n * .\n # ``two''  “three”\n")), ' one "two" "three" ');
  const commented = BSD.split("\n")
    .map((line) => ` * ${line.trim()}`)
    .join("\n *\n");
  assert.deepEqual(licensesOf(commented), ["BSD-2-Clause"]);
});

test("whatever is recognized is an SPDX expression", () => {
  const all = [
    ...SENTENCES.map(([, license]) => license),
    ...GRANTS.flatMap(({ tellings, otherwise }) => [
      ...tellings.map(([, license]) => license),
      ...(otherwise === undefined ? [] : [otherwise]),
    ]),
  ];
  for (const license of all) assert.ok(parseLicenseExpression(license) !== undefined, license);
  for (const [sentence] of [...SENTENCES, ...GRANTS.flatMap(({ tellings }) => tellings)]) {
    assert.equal(sentence, plainText(Buffer.from(sentence)), "it is never found otherwise");
  }
});

test("any bytes give expressions or nothing", () => {
  const seed = `${NOTICE("General Public License", "either version 2, or (at your option) any later version")}
    ${BSD} Neither the name. Alternatively, this software may be used under the GPL v3.
    The Debian packaging is under /usr/share/common-licenses/GPL-3. In the public domain.`;
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(seed)), (bytes) => {
      for (const license of recognizedLicenses(bytes)) {
        assert.ok(parseLicenseExpression(license) !== undefined, license);
      }
    }),
  );
});

test("a hostile text ends", () => {
  for (const piece of [
    "gnu general public license ",
    "alternatively, this ",
    "common-licenses/gpl-2 ",
    " * ",
    "version 2 or ",
  ]) {
    const [license = ""] = licensesOf(piece.repeat(Math.ceil(200_000 / piece.length)));
    assert.ok(license.length < 100);
  }
});
