import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { rDescription } from "./description.ts";

const PATH = "usr/lib/R/site-library/rlang/DESCRIPTION";

const DESCRIPTION = `Package: rlang
Version: 1.1.4-1
Title: Functions for Base Types
Authors@R: c(
    person("A", "B"))
License: MIT + file LICENSE
Depends: R (>= 3.5.0)
Maintainer: A B <a@example.org>
Built: R 4.4.1; x86_64-pc-linux-gnu; 2024-06-15 10:00:00 UTC; unix
`;

function read(text: string) {
  return factsOf(rDescription, PATH, text);
}

describe("DESCRIPTION of an installed R package", () => {
  test("has name, version, licence and maintainer", () => {
    assert.deepEqual(read(DESCRIPTION), {
      kind: "packages",
      packages: [
        {
          ...{ type: "cran", name: "rlang", version: "1.1.4-1", licenses: ["MIT + file LICENSE"] },
          supplier: "A B <a@example.org>",
        },
      ],
      unread: [],
    });
  });

  test("is none of a package that is not built, nor of a part of R", () => {
    for (const text of ["", "Package: a\nVersion: 1\n", `${DESCRIPTION}Priority: base\n`]) {
      assert.equal(read(text), undefined, text);
    }
    assert.equal(read(`${DESCRIPTION}Priority: recommended\n`)?.kind, "packages");
  });

  test("is unreadable without a name or version, or with two", () => {
    for (const text of [
      "Built: x\n",
      "Built: x\nPackage: a\n",
      `${DESCRIPTION}Version: 2\n`,
      `${DESCRIPTION}bogus\n`,
    ]) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("is wanted in a library alone", () => {
    const wanted = [
      PATH,
      "usr/local/lib/R/library/MASS/DESCRIPTION",
      "app/renv/library/linux-debian/R-4.4/x86_64-pc-linux-gnu/rlang/DESCRIPTION",
    ];
    for (const path of wanted) assert.ok(rDescription.wants(path), path);
    for (const path of ["DESCRIPTION", "app/DESCRIPTION", "app/library/DESCRIPTION", "app/library/a/b/DESCRIPTION"]) {
      assert.ok(!rDescription.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(rDescription, PATH, DESCRIPTION));
});
