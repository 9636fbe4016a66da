import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { bounds } from "../bounds.ts";
import { refusedAt } from "../refused.fixture.ts";
import { xmlEvents } from "./events.ts";

const RULES = { depth: 200, foreignEntities: true, refuse: refusedAt } as const;

/** Elements as they open and close, texts joined. */
function read(source: string): string {
  let shown = "";
  for (const event of xmlEvents(source, RULES)) {
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
    ["<x:a xmlns:x='y'><x:b/></x:a>", "<a xmlns:x=y><b></b></a>"],
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
    "<x:a></y:a>",
    "<1a/>",
    "<x:/>",
    "<a b='1' b='2'/>",
    "</a>",
    "<a/><b/>",
    "<a/>b",
    "<!-- -",
    "<a><![CDATA[</a>",
    "<![CDATA[a]]><a/>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    `${"<a>".repeat(RULES.depth + 1)}${"</a>".repeat(RULES.depth + 1)}`,
    `<${"a".repeat(bounds.xmlNameLength + 1)}/>`,
  ];
  for (const source of broken) {
    test(`refuses ${JSON.stringify(source.slice(0, 40))}`, () => assert.throws(() => read(source), Problem));
  }

  test("what a document type might declare is refused where nobody asks for such documents", () => {
    const strict = { depth: 200, refuse: refusedAt };
    for (const source of ['<!DOCTYPE a SYSTEM "a.dtd"><a/>', "<a>&other;</a>", "<a>& </a>", "<a b='&#x110000;'/>"]) {
      assert.doesNotThrow(() => read(source));
      assert.throws(() => [...xmlEvents(source, strict)], Problem, source);
    }
  });

  test("elements are counted", () => {
    const counted = { ...RULES, elements: 3 };
    assert.equal([...xmlEvents("<a><b/><c/></a>", counted)].length, 6);
    assert.throws(() => [...xmlEvents("<a><b/><c/><d/></a>", counted)], /more than 3 elements/);
  });

  test("says in which line", () => {
    assert.throws(() => read("<a>\n\n</b>"), { place: "3:1" });
  });

  test("whatever the text, events or a problem, and elements nest", () => {
    const seed = Buffer.from(`<?xml version="1.0"?><p a="1"><b><!-- c --><d e='&lt;'/>f</b><![CDATA[g]]>&#65;</p>`);
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        const open: string[] = [];
        try {
          for (const event of xmlEvents(bytes.toString("utf8"), RULES)) {
            if (event.kind === "start") open.push(event.name);
            else if (event.kind === "end") assert.equal(open.pop(), event.name);
          }
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
          return;
        }
        assert.deepEqual(open, []);
      }),
      runs(500),
    );
  });
});
