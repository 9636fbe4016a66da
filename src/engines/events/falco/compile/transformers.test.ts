import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldType, Value } from "../../fields/field.ts";
import type { Transformer } from "../model.ts";
import { transformation } from "./transformers.ts";

const typed = (type: FieldType, list = false) => ({ name: `a ${type}`, type, list });
const text = typed("text");
const texts = typed("text", true);

function made(transformer: Transformer, values: readonly Value[], argument?: string): Value | undefined {
  const of = values.map((value) => (Array.isArray(value) ? texts : text));
  return transformation(transformer, of, argument).apply(values);
}

test("what each transformer makes of its arguments", () => {
  assert.equal(made("tolower", ["/Bin/\xc9A"]), "/bin/\xc9a");
  assert.equal(made("toupper", ["a\xe9z"]), "A\xe9Z");
  assert.deepEqual(made("toupper", [["a", "b"]]), ["A", "B"]);
  assert.equal(made("basename", ["/usr/bin/cat"]), "cat");
  assert.equal(made("basename", ["/usr/"]), "");
  assert.equal(made("basename", ["cat"]), "cat");
  assert.equal(made("len", ["caf\xc3\xa9"]), 5);
  assert.equal(made("len", [["a", "b"]]), 2);
  assert.equal(made("join", [",", ["a", "b", "c"]]), "a,b,c");
  assert.equal(made("concat", ["a", "b", "c"]), "abc");
});

test("base64 is decoded with and without its padding, and nothing else is", () => {
  assert.equal(made("b64", ["Y2F0"]), "cat");
  assert.equal(made("b64", ["YQ=="]), "a");
  assert.equal(made("b64", ["YQ"]), "a");
  assert.equal(made("b64", [""]), "");
  for (const broken of ["Y", "YR==", "Y2F0!", "=", "Y2 F0", "Y2F0==="])
    assert.equal(made("b64", [broken]), undefined, broken);
});

test("getopt reads options as getopt(3) does", () => {
  const words = ["-n", "-tvalue", "--long", "-p", "80", "-x", "file", "-z"];
  assert.deepEqual(made("getopt", [words, "nt:p:"]), ["n", "t", "value", "p", "80", "?"]);
  assert.equal(made("getopt", [words, "nt:p:"], "p"), "80");
  assert.equal(made("getopt", [words, "nt:p:"], "n"), "n");
  assert.equal(made("getopt", [words, "nt:p:z"], "z"), undefined);
  assert.equal(made("getopt", [["-t"], "t:"], "t"), "");
  assert.equal(made("getopt", [["-ta", "-tb"], "t:"], "t"), "b");
  assert.deepEqual(made("getopt", [["--", "-n"], "n"]), []);
});

test("arguments of other types and numbers are refused", () => {
  const refused: readonly (readonly [Transformer, Parameters<typeof transformation>[1], RegExp, string?])[] = [
    ["tolower", [typed("number")], /'INT64' is not supported by 'tolower'/],
    ["b64", [typed("path")], /not supported by 'b64'/],
    ["len", [typed("boolean")], /not supported by 'len'/],
    ["tolower", [text, text], /takes one argument/],
    ["tolower", [text], /does not support field arguments/, "a"],
    ["join", [text], /exactly 2 arguments/],
    ["join", [text, text], /must be a list/],
    ["join", [texts, texts], /must be a single value/],
    ["concat", [text], /at least 2 arguments/],
    ["concat", [text, typed("number")], /must be strings/],
    ["getopt", [texts, text], /single option character/, "ab"],
    ["getopt", [text, text], /must be a list/],
  ];
  for (const [transformer, of, message, argument] of refused)
    assert.throws(() => transformation(transformer, of, argument), message, transformer);
});
