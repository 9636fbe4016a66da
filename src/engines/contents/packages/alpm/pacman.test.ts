import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { pacman } from "./pacman.ts";

const PATH = "var/lib/pacman/local/gcc-libs-12.2.0-1/desc";
const DESC = `%NAME%
gcc-libs

%VERSION%
12.2.0-1

%BASE%
gcc

%ARCH%
x86_64

%PACKAGER%
Someone <someone@example.org>

%LICENSE%
GPL
LGPL

%DEPENDS%
glibc>=2.27
`;

describe("pacman's local database", () => {
  test("a package with its base, architecture and licences", () => {
    assert.deepEqual(packagesOf(factsOf(pacman, PATH, DESC)), [
      {
        ...{ type: "alpm", name: "gcc-libs", version: "12.2.0-1", architecture: "x86_64", licenses: ["GPL", "LGPL"] },
        ...{ source: { name: "gcc", version: "12.2.0-1" }, supplier: "Someone <someone@example.org>" },
      },
    ]);
  });

  test("one without a name is unreadable", () => {
    assert.deepEqual(factsOf(pacman, PATH, "%VERSION%\n1\n"), {
      ...{ kind: "unreadable", code: "contents.pacman-broken", reason: "it states no name", concerns: "alpm" },
    });
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(pacman, PATH, DESC));
});
