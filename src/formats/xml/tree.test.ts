import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { refusedAt } from "../refused.fixture.ts";
import { parseXml } from "./tree.ts";

const RULES = { depth: 256, refuse: refusedAt };

test("elements, attributes, text, entities, CDATA and comments", () => {
  const root = parseXml(
    `<?xml version="1.0"?>\n<!-- > --><b:bom xmlns:b='urn:x' a="1 &lt; 2&#x21;">\n <c/>t&amp;<![CDATA[<&>]]>u<c d=">"></c></b:bom>\n`,
    RULES,
  );
  assert.equal(root.name, "bom");
  assert.deepEqual(
    [...root.attributes],
    [
      ["xmlns:b", "urn:x"],
      ["a", "1 < 2!"],
    ],
  );
  assert.equal(root.text, "t&<&>u");
  assert.deepEqual(
    root.children.map(({ attributes }) => attributes.get("d")),
    [undefined, ">"],
  );
});

test("what is not well-formed is refused at its line and column", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["<a>\n <b></a>", "2:5", /closes nothing/],
    ["<a>\n", "1:4", /<a> is not closed/],
    ["<a", "1:3", /not closed/],
    ["<a b>", "1:5", /no value/],
    ["<a b=1/>", "1:6", /not quoted/],
    ["<a b='1' b='2'/>", "1:15", /twice/],
    ["<a/><b/>", "1:5", /second root/],
    ["<a/>x", "1:5", /outside/],
    ["<a>&nbsp;</a>", "1:4", /entity/],
    ["<a>&amp</a>", "1:4", /entity/],
    ["<a>&#x110000;</a>", "1:4", /entity/],
    ["<a><!-- </a>", "1:8", /comment/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "1:1", /document type/],
    ["", "1:1", /no element/],
    ["<a>".repeat(300), "1:772", /deeper than 256/],
  ];
  for (const [text, place, cause] of cases) {
    assert.throws(
      () => parseXml(text, RULES),
      (error) => error instanceof Problem && error.place === place && cause.test(error.message),
      text.slice(0, 40),
    );
  }
});

test("a damaged document is read or refused, and never breaks the reader", () => {
  const seed = Buffer.from(`<bom a="b"><!-- c --><d>&lt;</d><e f='g'><![CDATA[h]]></e></bom>`);
  fc.assert(
    fc.property(mutatedBytes(seed), (bytes) => {
      try {
        assert.equal(typeof parseXml(bytes.toString("utf8"), RULES).name, "string");
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
    runs(500),
  );
});
