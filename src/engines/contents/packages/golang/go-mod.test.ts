import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { goMod } from "./go-mod.ts";

function read(text: string) {
  return factsOf(goMod, "app/go.mod", text);
}

const MODULE = `// Deprecated: an example
module example.org/app // its path

go 1.22.1
toolchain go1.22.5

require example.org/single v1.0.0

require (
	example.org/A v1.2.3
	"example.org/quoted" v0.0.0-20200804184101-5ec99f83aff1 // indirect
	\`example.org/raw\` v2.0.0+incompatible // indirect; for a reason
	example.org/said v1.0.0 // not indirect
	//example.org/ignored v9.9.9
)

tool example.org/single/cmd
godebug default=go1.21
retract [v1.0.0, v1.1.0]
`;

describe("go.mod", () => {
  test("requirements, alone and in blocks; an indirect one is not direct", () => {
    const facts = read(MODULE);
    assert.deepEqual(packageLines(facts), [
      "example.org/A@v1.2.3 direct",
      "example.org/quoted@v0.0.0-20200804184101-5ec99f83aff1",
      "example.org/raw@v2.0.0+incompatible",
      "example.org/said@v1.0.0 direct",
      "example.org/single@v1.0.0 direct",
    ]);
    assert.deepEqual(unreadOf(facts), []);
    assert.deepEqual(packagesOf(facts)[0], {
      ...{ type: "golang", name: "example.org/single", version: "v1.0.0", licenses: [], direct: true, line: 7 },
    });
  });

  const replacements: readonly [directives: string, lines: string[]][] = [
    ["replace a.org/a => b.org/b v2.0.0", ["b.org/b@v2.0.0 direct"]],
    ["replace a.org/a v1.0.0 => b.org/b v2.0.0", ["b.org/b@v2.0.0 direct"]],
    ["replace a.org/a v1.0.1 => b.org/b v2.0.0", ["a.org/a@v1.0.0 direct"]],
    ["replace a.org/a => b.org/b v2.0.0\nreplace a.org/a v1.0.0 => c.org/c v3.0.0", ["c.org/c@v3.0.0 direct"]],
    ["replace (\n a.org/a => ./fork\n)", []],
    ["replace a.org/a v1.0.0 => /src/a", []],
    ["exclude a.org/a v1.0.0", []],
    ["exclude a.org/a v1.0.1", ["a.org/a@v1.0.0 direct"]],
    ["exclude (\na.org/a v1.0.0\n)", []],
  ];
  for (const [directives, lines] of replacements) {
    test(directives, () => {
      assert.deepEqual(packageLines(read(`module m\ngo 1.17\nrequire a.org/a v1.0.0\n${directives}\n`)), lines);
    });
  }

  test("before Go 1.17 not every module is listed, and that is said", () => {
    const sentence = "before Go 1.17, a go.mod leaves out modules that are needed indirectly";
    for (const go of ["", "go 1.16\n", "go 1\n"]) {
      assert.deepEqual(unreadOf(read(`module m\n${go}require a v1.0.0\n`)), [sentence], go);
      assert.deepEqual(unreadOf(read(`module m\n${go}`)), [], go);
    }
    for (const go of ["1.17", "1.22.3", "1.24rc1", "2.0"]) {
      assert.deepEqual(unreadOf(read(`module m\ngo ${go}\nrequire a v1.0.0\n`)), [], go);
    }
  });

  test("what cannot be read is noted, the rest is there", () => {
    const facts = read(
      `module m\ngo 1.17\nruire a v1\nrequire b\nrequire a v1.0.0\nreplace a v1.0.0\nrequire "c v1\nrequire (\n`,
    );
    assert.deepEqual(packageLines(facts), ["a@v1.0.0 direct"]);
    assert.deepEqual(unreadOf(facts), [
      "line 3 has the unknown directive ruire",
      "the replace in line 6 says not by what",
      "line 7 has a string without an end",
      "line 8 ends within a block",
      "the requirement in line 4 is not a path and a version",
    ]);
    const long = `require ${"( ".repeat(bounds.manifestLineLength)}`;
    assert.match(unreadOf(read(`module m\n${long}`))[0] ?? "", /^line 2 has \d+ characters$/);
  });

  test("without a module it is no go.mod", () => {
    for (const text of ["", "bogus", "{}", "//"]) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("a dependency's own in the module cache is not wanted", () => {
    for (const path of ["go.mod", "a/mod/go.mod"]) assert.ok(goMod.wants(path), path);
    for (const path of ["root/go/pkg/mod/a.org/a@v1.0.0/go.mod", "pkg/mod/a/go.mod"])
      assert.ok(!goMod.wants(path), path);
  });

  test("whatever the bytes, an answer", () => {
    answersWhateverTheBytes(goMod, "go.mod", `${MODULE}\nreplace a v1 => b v2\nexclude example.org/A v1.2.3\n`);
  });
});
