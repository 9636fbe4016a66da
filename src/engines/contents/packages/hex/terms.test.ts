import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../../core/problem.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { bounds } from "../../bounds.ts";
import { readTerms, type Term } from "./terms.ts";

/** As JSON: tuples, lists and maps by their brackets, pairs as `key=value`. */
function shown(term: Term): string {
  if (typeof term === "string") return JSON.stringify(term);
  if (term.kind === "pair") return `${term.key}=${shown(term.value)}`;
  const [open, close] = { tuple: ["{", "}"], list: ["[", "]"], map: ["%{", "}"] }[term.kind];
  return `${open}${term.items.map(shown).join(",")}${close}`;
}

function elixir(source: string): string {
  return readTerms(source, "elixir").map(shown).join(" ");
}

function erlang(source: string): string {
  return readTerms(source, "erlang").map(shown).join(" ");
}

describe("Elixir's terms", () => {
  const cases: readonly [source: string, terms: string][] = [
    ["", ""],
    ["%{}", "%{}"],
    ['%{"a": {:hex, :a, "1.0"}, # no\n"b" => nil}', '%{a={"hex","a","1.0"},b="nil"}'],
    ["[hex: :a, optional: false, only: [:dev]]", '[hex="a",optional="false",only=["dev"]]'],
    ['{:"odd name", :a?, -1.5}', '{"odd name","a?","-1.5"}'],
    ['["a\\"b\\\\", "#"]', '["a\\"b\\\\","#"]'],
    ['%{"a" => %{b: 1}}', '%{a=%{b="1"}}'],
  ];
  for (const [source, terms] of cases) test(source, () => assert.equal(elixir(source), terms));

  const refused = [
    "{",
    "}",
    "{]",
    "%{a: }",
    '"a',
    ":",
    "a: 1",
    "a()",
    "<<1>>",
    "{a: b: c}",
    '["' + "#" + '{x}"]',
    "[".repeat(formatsBounds.depth + 1),
  ];
  for (const source of refused) {
    test(`refuses ${source.slice(0, 20)}`, () => assert.throws(() => elixir(source), Problem));
  }

  test("says in which line", () => assert.throws(() => elixir("%{\n\n  a: $}"), { place: "line 3" }));

  test("up to a bound", () => {
    assert.throws(() => elixir(`[${"1,".repeat(bounds.manifestValues)}]`), { message: /there are more than/ });
  });
});

describe("Erlang's terms", () => {
  const cases: readonly [source: string, terms: string][] = [
    ['{"1.2.0",[{<<"a">>,{pkg,<<"a">>,<<"1.0">>},0}]}.\n[].', '{"1.2.0",[{"a",{"pkg","a","1.0"},"0"}]} []'],
    ["% no {\n[a, 'B c'].", '["a","B c"]'],
    ['<<"">>.', '""'],
  ];
  for (const [source, terms] of cases) test(source, () => assert.equal(erlang(source), terms));

  for (const source of ["<<1,2>>", '<<"a"', '<<"a"/utf8>>', "#{a => 1}", "[a|b]"]) {
    test(`refuses ${source}`, () => assert.throws(() => erlang(source), Problem));
  }
});

test("whatever the text, terms or a problem", () => {
  const unit = fc.constantFrom(
    ...["{", "}", "[", "]", "%{", "%", "<<", ">>", '"', ":", "=>", ",", ".", "a", "1", " ", "\\", "#"],
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.constantFrom("elixir", "erlang"), (source, language) => {
      try {
        readTerms(source, language as "elixir" | "erlang");
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
    runs(2_000),
  );
});
