import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { mixLock } from "./mix-lock.ts";

const INNER = "0123456789abcdef".repeat(4);
const OUTER = "fedcba9876543210".repeat(4);

const LOCK = `%{
  "cowboy": {:hex, :cowboy, "2.9.0", "${INNER}", [:make, :rebar3], [{:cowlib, "2.11.0", [hex: :cowlib, repo: "hexpm", optional: false]}, {:ranch, "~> 1.8 or ~> 2.0", [hex: :ranch, optional: true]}, {:missing, "1.0", []}], "hexpm", "${OUTER}"},
  "cowlib": {:hex, :cow_lib, "2.11.0", "${INNER}", [:rebar3], [], "hexpm"},
  "forked": {:git, "https://example.org/forked.git", "3f7b3a6350e73c7dcac45301c0e18fbd42af02f7", [branch: "main"]},
  "ranch" => {:hex, :ranch, "1.8.0", "${INNER}", [:make]},
}
`;

function read(text: string) {
  return factsOf(mixLock, "app/mix.lock", text);
}

describe("mix.lock", () => {
  test("packages of Hex and git with their graph, under the package's name and not the application's", () => {
    const facts = read(LOCK);
    assert.deepEqual(packageLines(facts), [
      "cow_lib@2.11.0",
      "cowboy@2.9.0 -> cow_lib@2.11.0, ranch@1.8.0",
      "forked@3f7b3a6350e73c7dcac45301c0e18fbd42af02f7",
      "ranch@1.8.0",
    ]);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("the hash is the tarball's", () => {
    assert.deepEqual(
      packagesOf(read(LOCK)).map(({ hashes }) => hashes),
      [{ sha256: OUTER }, undefined, undefined, undefined],
    );
  });

  test("what is not a package is noted, the others are there", () => {
    const facts = read('%{"a": {:hex, :a}, "b": {:svn, "x", "1"}, :c, "d": 7, "e": {:hex, :e, "1.0.0"}}');
    assert.deepEqual(packageLines(facts), ["e@1.0.0"]);
    assert.deepEqual(unreadOf(facts), [
      "entry 1 (a) states no version",
      "entry 2 comes from neither Hex nor git",
      "entry 3 has no key",
      "entry 4 comes from neither Hex nor git",
    ]);
  });

  test("what is not a map is unreadable", () => {
    for (const text of ["", "bogus", "[]", "%{}, %{}", "%{", ":a"]) assert.equal(read(text)?.kind, "unreadable", text);
    assert.deepEqual(read("%{\n}\n"), { kind: "packages", packages: [], unread: [] });
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(mixLock, "mix.lock", LOCK));
});
