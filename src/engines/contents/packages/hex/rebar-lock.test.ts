import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { rebarLock } from "./rebar-lock.ts";

const INNER = "0123456789ABCDEF".repeat(4);
const OUTER = "FEDCBA9876543210".repeat(4);

const LOCK = `{"1.2.0",
[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},
 {<<"cowlib">>,{pkg,<<"cow_lib">>,<<"2.11.0">>},1},
 {<<"ranch">>,
  {git,"https://example.org/ranch.git",
       {ref,"3f7b3a6350e73c7dcac45301c0e18fbd42af02f7"}},
  1}]}.
[
{pkg_hash,[
 {<<"cowboy">>, <<"${INNER}">>}]},
{pkg_hash_ext,[
 {<<"cowboy">>, <<"${OUTER}">>}]}
].
`;

function read(text: string) {
  return factsOf(rebarLock, "app/rebar.lock", text);
}

describe("rebar.lock", () => {
  test("packages of Hex and git; those of level 0 are direct", () => {
    const facts = read(LOCK);
    assert.deepEqual(packageLines(facts), [
      "cow_lib@2.11.0",
      "cowboy@2.9.0 direct",
      "ranch@3f7b3a6350e73c7dcac45301c0e18fbd42af02f7",
    ]);
    assert.deepEqual(packagesOf(facts)[0], {
      ...{ type: "hex", name: "cowboy", version: "2.9.0", licenses: [], direct: true },
      hashes: { sha256: OUTER.toLowerCase() },
    });
  });

  test("the oldest form is the list alone", () => {
    assert.deepEqual(packageLines(read('[{<<"a">>,{pkg,<<"a">>,<<"1.0">>},0}].')), ["a@1.0 direct"]);
    assert.deepEqual(read("[]."), { kind: "packages", packages: [], unread: [] });
  });

  test("what is not a package is noted, the others are there", () => {
    const facts = read('[{<<"a">>},b,{<<"c">>,{pkg,<<"c">>,<<"1.0">>},1}].');
    assert.deepEqual(packageLines(facts), ["c@1.0"]);
    assert.deepEqual(unreadOf(facts), ["entry 1 (a) states no version", "entry 2 states no name"]);
  });

  test("what is not a list is unreadable", () => {
    for (const text of ["", "bogus", "{}.", '{"1.2.0"}.', "["]) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(rebarLock, "rebar.lock", LOCK));
});
