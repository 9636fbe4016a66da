/** Names of manifests are an attacker's: in every form that a network is shown in they are text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText } from "../hostile.fixture.ts";
import { renderDiff, renderDiffJson, renderDiffMarkdown } from "./diff.ts";
import { renderExplain, renderExplainJson } from "./explain.ts";
import { renderNetworkFlat, renderNetworkJson } from "./json.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderNetworkPage } from "./page.ts";
import { renderTest, renderTestJson, renderTestJunit } from "./test.ts";
import { renderNetworkText } from "./text.ts";
import { sampleDiff, sampleExplain, sampleTest, sampleView, withForeign } from "./view.fixture.ts";

const plain = { columns: 100, color: false, all: true };
// biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test("terminals: no control character, and no line of its own", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      for (const text of [
        renderNetworkText(withForeign(sampleView, more), plain),
        renderExplain(withForeign(sampleExplain, more), plain),
        renderTest(withForeign(sampleTest, more), plain),
        renderDiff(withForeign(sampleDiff, more), plain),
      ]) {
        assert.doesNotMatch(text, STEERS);
        assert.doesNotMatch(text, /^\s*(?:::|##\[|%0A)/m);
      }
    }),
    runs(150),
  );
});

test("pages: the same elements whatever the names are", () => {
  const tags = (html: string) => html.match(/<[/!a-z][^>]*>/gi)?.map((tag) => tag.split(/[\s>]/, 1)[0]);
  const inPage = (html: string) => tags(html.replace(/<pre>[\s\S]*<\/pre>/, ""));
  const expected = inPage(renderNetworkPage(sampleView));
  fc.assert(
    fc.property(nastyText, (more) => {
      const html = renderNetworkPage(withForeign(sampleView, more));
      assert.deepEqual(inPage(html), expected);
      assert.doesNotMatch(/<pre>([\s\S]*)<\/pre>/.exec(html)?.[1] ?? "", /[<>]/);
      assert.doesNotMatch(html, /<[^>]* (?:style|on[a-z]+)=/i);
    }),
    runs(100),
  );
});

test("Mermaid: each line is a node, an edge or a frame, and its label has no sign of the syntax", () => {
  const label = '"[A-Za-z0-9 ,./:_#;<>-]*"';
  const line = new RegExp(
    `^(?:flowchart LR|  subgraph ns\\d+\\[${label}\\]|  end|\\s+n\\d+(?:\\[${label}\\]|\\(\\[${label}\\]\\))|  n\\d+ (?:-->|-\\.->)\\|${label}\\| n\\d+)$`,
  );
  fc.assert(
    fc.property(nastyText, (more) => {
      for (const one of renderMermaid(withForeign(sampleView, more)).trimEnd().split("\n")) assert.match(one, line);
      const labels = [...renderMermaid(withForeign(sampleView, more)).matchAll(/"([^"\n]*)"/g)];
      for (const [, text = ""] of labels) assert.doesNotMatch(text.replaceAll("<br/>", ""), /[<>]/);
    }),
    runs(150),
  );
});

test("Markdown: the same table whatever the names are", () => {
  const shape = (text: string) =>
    text.split("\n").map((line) => [line.match(/\|/g)?.length ?? 0, line.startsWith("#")]);
  const expected = shape(renderDiffMarkdown(sampleDiff));
  fc.assert(
    fc.property(nastyText, (more) => {
      const text = renderDiffMarkdown(withForeign(sampleDiff, more));
      assert.deepEqual(shape(text), expected);
      assert.doesNotMatch(text, /\]\(|!\[|<script|<img|@team/i);
    }),
    runs(100),
  );
});

test("JUnit: the same elements, and nothing that XML has no place for", () => {
  const tags = (xml: string) => xml.match(/<[/?a-z][^\s>]*/gi);
  const expected = tags(renderTestJunit(sampleTest));
  fc.assert(
    fc.property(nastyText, (more) => {
      const xml = renderTestJunit(withForeign(sampleTest, more));
      assert.deepEqual(tags(xml), expected);
      assert.match(xml, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    }),
    runs(100),
  );
});

test("JSON keeps every name as it is", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const view = withForeign(sampleView, more);
      const read = JSON.parse([...renderNetworkJson(view)].join("")) as { endpoints: unknown[] };
      assert.deepEqual(read.endpoints, JSON.parse(JSON.stringify(view.endpoints)));
      const lines = [...renderNetworkFlat(view)].join("").trimEnd().split("\n");
      for (const line of lines) assert.ok(typeof (JSON.parse(line) as { from: string }).from === "string");
      for (const text of [
        renderDiffJson(withForeign(sampleDiff, more)),
        renderTestJson(withForeign(sampleTest, more)),
        renderExplainJson(withForeign(sampleExplain, more)),
      ])
        JSON.parse(text);
    }),
    runs(100),
  );
});
