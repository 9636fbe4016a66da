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
    owner: "libacme1",
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

test("only machine-readable files of packages are wanted", () => {
  assert.ok(isCopyright(path));
  for (const other of ["usr/share/doc/copyright", "usr/share/doc/a/b/copyright", "opt/a/copyright", `x/${path}`]) {
    assert.ok(!isCopyright(other), other);
  }
  assert.ok(dpkgCopyright.startsRight?.(Buffer.from("Format: https://w")));
  assert.ok(dpkgCopyright.startsRight?.(Buffer.from("Format-Specificat")));
  assert.ok(!dpkgCopyright.startsRight?.(Buffer.from("This package was")));
});

test("any bytes give facts or none", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(file)), (bytes) => {
      const facts = factsOf(dpkgCopyright, path, bytes);
      if (facts !== undefined) assert.ok(facts.kind === "licenses" && facts.licenses.length > 0);
    }),
  );
});
