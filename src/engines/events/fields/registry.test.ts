import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field, FieldArgument } from "./field.ts";
import { fieldsBy } from "./registry.ts";
import { fieldsOf } from "./sources.ts";

function fieldOf(name: string, argument?: FieldArgument): Field<unknown> {
  return {
    name,
    source: "syscall",
    type: "text",
    scope: "event",
    description: name,
    bind: () => () => undefined,
    ...(argument === undefined ? {} : { argument }),
  };
}

const fields = fieldsBy("syscall", [
  fieldOf("a.plain"),
  fieldOf("a.each", { presence: "optional", kind: "index" }),
  fieldOf("a.key", { presence: "required", kind: "key" }),
  fieldOf("a.key.", { presence: "required", kind: "key" }),
  fieldOf("a.key.deep"),
]);

/** `field[argument]`, or the problem. */
function said(text: string): string {
  const found = fields.find(text);
  if ("problem" in found) return `${found.unknown ? "unknown" : "wrong"}: ${found.problem}`;
  return `${found.field.name}(${found.argument ?? ""})`;
}

test("fields are found with their arguments", () => {
  const cases: Readonly<Record<string, string>> = {
    "a.plain": "a.plain()",
    "a.each": "a.each()",
    "a.each[2]": "a.each(2)",
    "a.key[x]": "a.key(x)",
    "a.key[/a/b[0]]": "a.key(/a/b[0])",
    "a.key.x.y": "a.key.(x.y)",
    "a.key.deep": "a.key.deep()",
    "a.plain[1]": "wrong: a.plain takes no argument",
    "a.each[x]": "wrong: the argument of a.each must be a whole number from 0",
    "a.each[-1]": "wrong: the argument of a.each must be a whole number from 0",
    "a.each[1": "wrong: a.each[ has no closing bracket",
    "a.key": "wrong: a.key needs an argument: a.key[…]",
    "a.key.": "wrong: a.key. needs an argument: a.key.[…]",
    "a.none": "unknown: no field is named a.none",
    "a.none[1]": "unknown: no field is named a.none[1]",
    "": "unknown: no field is named ",
    constructor: "unknown: no field is named constructor",
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(said(text), expected, text);
  assert.match(said("a".repeat(5_000)), /^unknown: .* longer than 4096 bytes$/);
});

test("two fields of one name are a mistake", () => {
  assert.throws(() => fieldsBy("syscall", [fieldOf("a"), fieldOf("a")]), /two fields are named a/);
});

test("each source has fields of its own, and the time and number of the event", () => {
  for (const source of ["syscall", "k8s_audit"] as const) {
    const { all, find } = fieldsOf(source);
    assert.ok(all.length > 50, source);
    assert.ok(!("problem" in find("evt.num")) && !("problem" in find("evt.time")), source);
    for (const field of all) {
      assert.ok(field.source === source || field.source === "any", field.name);
      assert.match(field.name, /^[a-z0-9]+(?:\.[a-zA-Z0-9_]+)+\.?$/);
      assert.match(field.description, /^[^\n]{5,}[^.\n]$/, field.name);
      if (field.name.endsWith(".")) assert.equal(field.argument?.presence, "required", field.name);
    }
  }
  assert.ok("problem" in fieldsOf("k8s_audit").find("proc.name"));
  assert.ok("problem" in fieldsOf("syscall").find("ka.verb"));
});
