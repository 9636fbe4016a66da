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
    ["@{A/?/_}", undefined],
    ["@{A#[a-z]}", undefined],
  ] as const) {
    assert.equal(of($(written)), value, written);
  }
});

test("what is not closed is refused, and no value", () => {
  for (const written of ["@{A", "@{}", "@{A:-x", "@{A!}", '"a', "'a"]) {
    assert.equal(expand($(written), "\\", () => ({ kind: "unset" })).broken, true, written);
  }
});

test("the text keeps variables as they are written, and names them", () => {
  const { text, variables } = expand($('"x @A"@{U:-@N}'), "\\", () => ({ kind: "unknown" }));
  assert.equal(text, $("x @A@{U:-@N}"));
  assert.deepEqual(variables, ["A", "U", "N"]);
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
