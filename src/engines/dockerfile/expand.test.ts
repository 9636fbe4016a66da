import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { expand, type Value } from "./expand.ts";

const known: Readonly<Record<string, Value>> = {
  A: { kind: "set", value: "foo-bar-baz" },
  E: { kind: "set", value: "" },
  P: { kind: "set", value: "a/b/c.tar.gz" },
  U: { kind: "unset" },
};

const of = (written: string, escapeCharacter = "\\"): string | undefined =>
  expand(written, escapeCharacter, (name) => known[name] ?? { kind: "unknown" }).value;

/** Keeps the linter from reading `${` as a template's. */
const $ = (text: string): string => text.replaceAll("@", "$");

test("plain variables, quotes and escapes", () => {
  for (const [written, value] of [
    ["x", "x"],
    ["@A", "foo-bar-baz"],
    ["x@{A}y", "xfoo-bar-bazy"],
    ["@U@E", ""],
    ["@N", undefined],
    ['"@A b"', "foo-bar-baz b"],
    ["'@A'", "$A"],
    ["\\@A", "$A"],
    ['"\\a\\@"', "\\a$"],
    ["a\\ b", "a b"],
    ["a@", "a$"],
    ["@", "$"],
  ] as const) {
    assert.equal(of($(written)), value === undefined ? undefined : value, written);
  }
  assert.equal(of("C:\\a`$A", "`"), "C:\\a$A");
});

test("modifiers, as the reference and BuildKit have them", () => {
  for (const [written, value] of [
    ["@{A:-d}", "foo-bar-baz"],
    ["@{U:-d}", "d"],
    ["@{U-d}", "d"],
    ["@{E:-d}", "d"],
    ["@{E-d}", ""],
    ["@{U:-@{A}}", "foo-bar-baz"],
    ["@{N:-d}", undefined],
    ["@{A:+d}", "d"],
    ["@{U:+d}", ""],
    ["@{E+d}", "d"],
    ["@{E:+d}", ""],
    ["@{A:?no}", "foo-bar-baz"],
    ["@{U:?no}", undefined],
    ["@{A#foo}", "-bar-baz"],
    ["@{A#*-}", "bar-baz"],
    ["@{A##*-}", "baz"],
    ["@{A%-*}", "foo-bar"],
    ["@{A%%-*}", "foo"],
    ["@{A%x}", "foo-bar-baz"],
    ["@{P##*/}", "c.tar.gz"],
    ["@{A/-/_}", "foo_bar-baz"],
    ["@{A//-/_}", "foo_bar_baz"],
    ["@{A/?/_}", "_oo-bar-baz"],
    ["@{A/b*r/_}", "foo-_-baz"],
    ["@{A//a?/_}", "foo-b_-b_"],
    ["@{A//*/_}", "_"],
    ["@{A///_}", "_f_o_o_-_b_a_r_-_b_a_z_"],
    ["@{A//-/@{E}}", "foobarbaz"],
    ["@{A//-/\\@x}", undefined],
    ["@{A#[a-z]}", "foo-bar-baz"],
    ["@{A#f*-b}", "ar-baz"],
    ["@{A##f*-b}", "az"],
    ["@{A%?}", "foo-bar-ba"],
    ["@{A#}", "foo-bar-baz"],
    ["@{P#a\\/}", "b/c.tar.gz"],
    ["@{A:#foo}", "-bar-baz"],
  ] as const) {
    assert.equal(of($(written)), value, written);
  }
});

test("what is not closed is refused, and no value", () => {
  for (const written of ["@{A", "@{}", "@{A:-x", "@{A!}", '"a', "'a", "@{A#\\q}", "@{A:}}", "@{U:?x}"]) {
    assert.equal(expand($(written), "\\", () => ({ kind: "unset" })).failure, "refused", written);
  }
});

test("the text keeps variables as they are written, and names them", () => {
  const { text, variables } = expand($('"x @A"@{U:-@N}'), "\\", () => ({ kind: "unknown" }));
  assert.equal(text, $("x @A@{U:-@N}"));
  assert.deepEqual(variables, ["A", "U", "N"]);
});

test("what is stated is what a build makes of it to which nothing is given", () => {
  const stated = (written: string, value: Value): string | undefined => expand($(written), "\\", () => value).stated;
  const open: Value = { kind: "unknown", stated: { kind: "unset" } };
  assert.equal(stated("@{N:-root}", open), "root");
  assert.equal(stated("a@{N:+x}@N", open), "a");
  assert.equal(stated("@{N:-root}", { kind: "unknown" }), undefined);
  assert.equal(stated("@{N:-root}", { kind: "set", value: "app" }), "app");
});

test("a value is taken apart at white space that no quote holds, as EXPOSE has it", () => {
  const words = (written: string): readonly string[] | undefined =>
    expand($(written), "\\", () => ({ kind: "set", value: "22  80" })).words;
  assert.deepEqual(words("@N"), ["22", "80"]);
  assert.deepEqual(words('"@N"1 a\\ b'), ["22  801", "a b"]);
});

test("nesting beyond the bound is said", () => {
  assert.equal(expand($("@{A:-".repeat(100)), "\\", () => ({ kind: "unset" })).failure, "deep");
});

test("fuzz: any text ends; what has no special character is itself", () => {
  const special = fc.stringMatching(/^[$A{}:+\-?#%/*'"\\ ]{0,40}$/);
  fc.assert(
    fc.property(special, (written) => {
      expand(written, "\\", (name) => known[name] ?? { kind: "unknown" });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (written) => {
      const plain = written.replace(/[$'"\\]/g, "");
      assert.equal(of(plain), plain);
    }),
  );
});
