import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText } from "../hostile.fixture.ts";
import { renderTrace, renderTraceJson } from "./trace.ts";
import { renderTraceMarkdown } from "./trace-markdown.ts";
import { renderTracePage } from "./trace-page.ts";
import { sampleTrace } from "./trace-sample.fixture.ts";
import { withMore } from "./view.fixture.ts";

test("the last line names the first broken link, or says that none is", () => {
  const lines = (view: typeof sampleTrace) =>
    renderTrace(view, { columns: 160, color: false, all: false }).trimEnd().split("\n");
  assert.match(
    lines(sampleTrace).slice(-2).join(" "),
    /^first broken link: admission: Pod shop\/api .* \(fix: set enforcement/,
  );
  assert.ok(lines(sampleTrace).some((line) => /^ {2}✗ admission {8}broken: Pod shop\/api was admitted/.test(line)));
  const { firstBroken: _, ...sound } = sampleTrace;
  assert.equal(lines({ ...sound, exitCode: 0 }).at(-1), "no link is broken; unknown: behavior");
  assert.equal(lines({ ...sound, exitCode: 0, unknown: [] }).at(-1), "no link is broken");
  const { firstBroken, exitCode, unknown } = JSON.parse(renderTraceJson(sampleTrace));
  assert.deepEqual([firstBroken.link, exitCode, unknown], ["admission", 1, ["behavior"]]);
});

test("the page has a picture with a text alternative, all of it as a table, and no script", () => {
  const page = renderTracePage(sampleTrace);
  const [, css = ""] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
  assert.ok(page.includes(`style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'`));
  assert.doesNotMatch(page, /<script|javascript:|\son[a-z]+=/i);
  assert.match(page, /<svg role="img" aria-label="The chain in 14 links: first broken link: admission: /);
  assert.equal([...page.matchAll(/<rect /g)].length, 14);
  assert.equal([...page.matchAll(/<path class="cut"/g)].length, 1);
  for (const { name, facts } of sampleTrace.links) {
    for (const { text } of facts) assert.ok(page.includes(`<p>${text}`), name);
  }
});

test("Markdown has the chain as a picture and a row a link", () => {
  const text = renderTraceMarkdown(sampleTrace);
  assert.match(
    text,
    /^## Trace of <code>registry\.example\.com\/shop\/api&#58;4\.0\.0<\/code>\n\n\*\*first broken link/,
  );
  assert.match(text, /```mermaid\nflowchart TD\n/);
  assert.match(text, /\n {2}l8 -\. broken \.-> l9\n/);
  assert.match(text, /\n {2}class l9 broken\n/);
  assert.equal([...text.matchAll(/^\| /gm)].length, 16);
});

test("texts of labels, logs and statements are text in each form", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const links = sampleTrace.links.map((link) => ({ ...withMore(link, more), name: link.name, state: link.state }));
      const firstBroken = { link: "admission", broken: withMore(sampleTrace.firstBroken?.broken as object, more) };
      const view = { ...withMore(sampleTrace, more), links, firstBroken, exitCode: 1 } as typeof sampleTrace;
      const page = renderTracePage(view);
      // How many lines a text of the picture takes depends on its length.
      const tags = (html: string) => new Set([...html.matchAll(/<(\/?[a-z0-9!]+)/gi)].map(([, name]) => name));
      assert.deepEqual([...tags(page).difference(tags(renderTracePage(sampleTrace)))], []);
      const text = renderTraceMarkdown(view);
      assert.equal(text.split("\n").length, renderTraceMarkdown(sampleTrace).split("\n").length);
      assert.equal([...text.matchAll(/```/g)].length, 2);
    }),
    runs(60),
  );
});
