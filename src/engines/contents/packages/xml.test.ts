import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { xmlEvents } from "./xml.ts";

/** Elements as they open and close, texts joined. */
function read(source: string): string {
  let shown = "";
  for (const event of xmlEvents(source)) {
    if (event.kind === "text") shown += event.text;
    else if (event.kind === "end") shown += `</${event.name}>`;
    else shown += `<${event.name}${[...event.attributes].map(([key, value]) => ` ${key}=${value}`).join("")}>`;
  }
  return shown;
}

describe("xmlEvents", () => {
  const cases: readonly [source: string, shown: string][] = [
    ["<a/>", "<a></a>"],
    ["<a></a >", "<a></a>"],
    ['<?xml version="1.0"?><!-- > < --><!DOCTYPE a SYSTEM "a.dtd">\n<a>b</a>\n', "<a>b</a>"],
    ["<x:a xmlns:x='y'><x:b/></x:a>", "<a x=y><b></b></a>"],
    [`<a b = "1>2" c='"'/>`, '<a b=1>2 c="></a>'],
    ["<a>&lt;&amp;&#65;&#x42;&apos;&quot;&gt;</a>", "<a><&AB'\"></a>"],
    ["<a>&other;&#x110000;& </a>", "<a>&other;&#x110000;& </a>"],
    ["<a>1<!-- 2 -->3<![CDATA[<4>&amp;]]>5<?6 7?></a>", "<a>13<4>&amp;5</a>"],
    ['<a b="&amp;"/>', "<a b=&></a>"],
  ];
  for (const [source, shown] of cases) test(source, () => assert.equal(read(source), shown));

  const broken = [
    "",
    "a",
    "<a>",
    "<a",
    "<a b",
    "<a b=>",
    '<a b="',
    "<a / >",
    "<>",
    "<a></b>",
    "</a>",
    "<a/><b/>",
    "<a/>b",
    "<!-- -",
    "<a><![CDATA[</a>",
    "<![CDATA[a]]><a/>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    `${"<a>".repeat(bounds.manifestDepth + 1)}${"</a>".repeat(bounds.manifestDepth + 1)}`,
    `<${"a".repeat(bounds.packageNameLength + 1)}/>`,
  ];
  for (const source of broken) {
    test(`refuses ${JSON.stringify(source.slice(0, 40))}`, () => assert.throws(() => read(source), Problem));
  }

  test("says in which line", () => {
    assert.throws(() => read("<a>\n\n</b>"), { place: "line 3" });
  });

  test("whatever the text, events or a problem, and elements nest", () => {
    const seed = Buffer.from(`<?xml version="1.0"?><p a="1"><b><!-- c --><d e='&lt;'/>f</b><![CDATA[g]]>&#65;</p>`);
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        const open: string[] = [];
        try {
          for (const event of xmlEvents(bytes.toString("utf8"))) {
            if (event.kind === "start") open.push(event.name);
            else if (event.kind === "end") assert.equal(open.pop(), event.name);
          }
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
          return;
        }
        assert.deepEqual(open, []);
      }),
      { numRuns: 500 },
    );
  });
});
