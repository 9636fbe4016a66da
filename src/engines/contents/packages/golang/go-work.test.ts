import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { goMod } from "./go-mod.ts";
import { goWork } from "./go-work.ts";

const WORK = `go 1.21

use (
	./api
	./web
)

replace golang.org/x/net => golang.org/x/net v0.7.0

replace (
	example.org/own => ./own
	example.org/forked v1.0.0 => example.org/fork v1.0.1
)
`;

describe("go.work", () => {
  test("what it replaces by other modules is read, local folders are not", () => {
    const facts = factsOf(goWork, "go.work", WORK);
    assert.deepEqual(packageLines(facts), ["example.org/fork@v1.0.1 direct", "golang.org/x/net@v0.7.0 direct"]);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("what it cannot read it says", () => {
    const facts = factsOf(goWork, "go.work", "go 1.21\nfoo x\nreplace a b\nreplace a => b v1.0.0 c\n");
    assert.deepEqual(unreadOf(facts).slice(0, 2), [
      "line 2 has the unknown directive foo",
      "the replace in line 3 says not by what",
    ]);
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(goWork, "go.work", WORK));
});

describe("go.sum", () => {
  const OLD = "module m\n\ngo 1.16\n\nrequire github.com/a/a v1.0.0\n\nreplace github.com/r/r => ./r\n";
  const SUM = [
    "github.com/a/a v0.9.0 h1:x=",
    "github.com/a/a v1.0.0 h1:x=",
    "github.com/a/a v1.0.0/go.mod h1:x=",
    "github.com/b/b v1.9.0 h1:x=",
    "github.com/b/b v1.10.0 h1:x=",
    "github.com/b/b v2.0.0+incompatible h1:x=",
    "github.com/c/c v1.0.0/go.mod h1:x=",
    "github.com/r/r v1.0.0 h1:x=",
    "",
  ].join("\n");

  test("before Go 1.17 it says what is needed indirectly, in the highest version", () => {
    assert.deepEqual(goMod.includes?.({ path: "api/go.mod", bytes: Buffer.from(OLD) }), ["api/go.sum"]);
    const facts = factsOf(goMod, "api/go.mod", OLD, { "api/go.sum": Buffer.from(SUM) });
    assert.deepEqual(packageLines(facts), ["github.com/a/a@v1.0.0 direct", "github.com/b/b@v2.0.0+incompatible"]);
    assert.deepEqual(unreadOf(facts), []);
    const broken = factsOf(goMod, "go.mod", OLD, { "go.sum": Buffer.from("github.com/b/b\na one h1:x=\n") });
    assert.deepEqual(unreadOf(broken), [
      "line 1 of its go.sum is not a module with its hash",
      "line 2 of its go.sum has no version",
    ]);
  });

  test("without one, that modules are left out is said; from 1.17 on go.mod names them all", () => {
    assert.deepEqual(unreadOf(factsOf(goMod, "go.mod", OLD)), [
      "before Go 1.17, a go.mod leaves out modules that are needed indirectly",
    ]);
    const facts = factsOf(goMod, "go.mod", OLD.replace("1.16", "1.17"), { "go.sum": Buffer.from(SUM) });
    assert.deepEqual(packageLines(facts), ["github.com/a/a@v1.0.0 direct"]);
  });
});
