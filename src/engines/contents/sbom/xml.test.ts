import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { parseXml } from "./xml.ts";

test("elements, attributes, text, entities, CDATA and comments", () => {
  const root = parseXml(
    `<?xml version="1.0"?>\n<!-- > --><b:bom xmlns:b='urn:x' a="1 &lt; 2&#x21;">\n <c/>t&amp;<![CDATA[<&>]]>u<c d=">"></c></b:bom>\n`,
    "x.xml",
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
    ["<a>\n <b></a>", "x.xml:2:5", /closes nothing/],
    ["<a>\n", "x.xml:1:4", /<a> is not closed/],
    ["<a", "x.xml:1:3", /not closed/],
    ["<a b>", "x.xml:1:5", /no value/],
    ["<a b=1/>", "x.xml:1:6", /not quoted/],
    ["<a b='1' b='2'/>", "x.xml:1:15", /twice/],
    ["<a/><b/>", "x.xml:1:9", /second root/],
    ["<a/>x", "x.xml:1:5", /outside/],
    ["<a>&nbsp;</a>", "x.xml:1:4", /entity/],
    ["<a>&amp</a>", "x.xml:1:4", /entity/],
    ["<a>&#x110000;</a>", "x.xml:1:4", /entity/],
    ["<a><!-- </a>", "x.xml:1:8", /comment/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "x.xml:1:1", /document type/],
    ["", "x.xml:1:1", /no element/],
    ["<a>".repeat(300), "x.xml:1:772", /deeper than 256/],
  ];
  for (const [text, place, cause] of cases) {
    assert.throws(
      () => parseXml(text, "x.xml"),
      (error) =>
        error instanceof Problem && error.code === "sbom.xml" && error.place === place && cause.test(error.message),
      text.slice(0, 40),
    );
  }
});

test("a damaged document is read or refused, and never breaks the reader", () => {
  const seed = Buffer.from(`<bom a="b"><!-- c --><d>&lt;</d><e f='g'><![CDATA[h]]></e></bom>`);
  fc.assert(
    fc.property(mutatedBytes(seed), (bytes) => {
      try {
        assert.equal(typeof parseXml(bytes.toString("utf8"), "x").name, "string");
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
