import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { renvLock } from "./renv-lock.ts";

const LOCK = {
  R: { Version: "4.4.1", Repositories: [] },
  Packages: {
    cli: { Package: "cli", Version: "3.6.3", Source: "Repository", Repository: "CRAN", Requirements: ["R", "utils"] },
    glue: {
      Package: "glue",
      Version: "1.8.0",
      Source: "GitHub",
      Depends: ["R (>= 3.6)"],
      Imports: ["cli (>= 3.6.0)", "methods"],
      LinkingTo: "rlang",
    },
    lifecycle: { Package: "lifecycle", Version: "1.0.4", Source: "Repository", Requirements: ["cli", "glue"] },
    own: { Package: "own", Version: "0.1.0", Source: "Local" },
    Biobase: { Package: "Biobase", Version: "2.64.0", Source: "Bioconductor" },
  },
};

function read(lock: unknown) {
  return factsOf(renvLock, "renv.lock", typeof lock === "string" ? lock : JSON.stringify(lock));
}

describe("renv.lock", () => {
  test("packages with their graph, in both versions; the project's own are none; Bioconductor's are said", () => {
    const facts = read(LOCK);
    assert.deepEqual(packageLines(facts), [
      "cli@3.6.3",
      "glue@1.8.0 -> cli@3.6.3",
      "lifecycle@1.0.4 -> cli@3.6.3, glue@1.8.0",
    ]);
    assert.deepEqual(unreadOf(facts), ["Biobase comes from Bioconductor, which is not read"]);
  });

  test("a package without a version is noted", () => {
    const facts = read({ Packages: { a: 7, b: { Version: "1" } } });
    assert.deepEqual(packageLines(facts), ["b@1"]);
    assert.deepEqual(unreadOf(facts), ["a package (a) states no version"]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "{", "[]", "{}", '{"Packages":[]}']) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(renvLock, "renv.lock", JSON.stringify(LOCK)));
});
