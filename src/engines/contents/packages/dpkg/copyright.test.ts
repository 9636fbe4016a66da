import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { factsOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { dpkgCopyright, isCopyright } from "./copyright.ts";

const path = "usr/share/doc/libacme1/copyright";

const file = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: acme
License: Apache-2.0

Files: *
Copyright: 2020 Acme
License: GPL-2+ or Artistic
 Some words of it.

Files: src/a.c
 src/b.c
Copyright: 2021 Acme
License: Expat

Files: src/c.c
Copyright: 2021 Acme
License: Expat

Files: debian/*
Copyright: 2022 Packager
License: GPL-3+

License: Expat
 Permission is hereby granted
`;

function licensesOf(text: string): readonly string[] | undefined {
  const facts = factsOf(dpkgCopyright, path, text);
  return facts?.kind === "licenses" ? facts.licenses : undefined;
}

test("the licences of its files, each once, without the packaging's", () => {
  assert.deepEqual(factsOf(dpkgCopyright, path, file), {
    kind: "licenses",
    owner: { type: "deb", name: "libacme1" },
    licenses: ["GPL-2+ or Artistic", "Expat"],
  });
});

test("where no files are spoken of, the header's is the whole package's", () => {
  assert.deepEqual(licensesOf("Format: https://x\nLicense: ISC\n\nLicense: ISC\n Text\n"), ["ISC"]);
  assert.equal(licensesOf("Format: https://x\n\nFiles: *\nLicense:\n Prose alone\n"), undefined);
  assert.equal(licensesOf(""), undefined);
});

test("prose is no licence's name", () => {
  assert.equal(licensesOf(`Format: https://x\n\nFiles: *\nLicense: ${"word ".repeat(100)}\n`), undefined);
});

test("a file in prose has the licenses whose sentences it holds, and says that they were recognized", () => {
  assert.deepEqual(factsOf(dpkgCopyright, path, "It is under the GNU General Public License, version 2 or later.\n"), {
    kind: "licenses",
    owner: { type: "deb", name: "libacme1" },
    licenses: ["GPL-2.0-or-later"],
    recognized: true,
  });
  assert.equal(licensesOf("It was packaged by A B, who has nothing to say of it.\n"), undefined);
});

test("a name that nobody knows is followed to its own text", () => {
  const known = "This file is free software; the Free Software Foundation gives unlimited permission to copy and/or";
  const text = `Format: https://x

Files: *
License: permissive

Files: a
License: Expat and odd

Files: b
License: odd

License: permissive
 ${known}
 distribute it, with or without modifications

License: odd
 Do as you like.
`;
  assert.deepEqual(licensesOf(text), ["FSFULLR", "Expat and odd", "odd"]);
  assert.deepEqual(licensesOf(text.replaceAll("\n", "\n# A remark\n").replace("Format:", "Format-Specification:")), [
    ...["permissive", "Expat and odd", "odd"],
  ]);
});

test("copyright files of packages are wanted, and no others", () => {
  assert.ok(isCopyright(path));
  for (const other of ["usr/share/doc/copyright", "usr/share/doc/a/b/copyright", "opt/a/copyright", `x/${path}`]) {
    assert.ok(!isCopyright(other), other);
  }
});

test("any bytes give facts or none", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(file)), (bytes) => {
      const facts = factsOf(dpkgCopyright, path, bytes);
      if (facts !== undefined) assert.ok(facts.kind === "licenses" && facts.licenses.length > 0);
    }),
  );
});
