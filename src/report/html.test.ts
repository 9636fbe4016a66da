import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { nastyText, withTexts } from "./hostile.fixture.ts";
import { browse } from "./page.fixture.ts";
import { renderHtml } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";

/** The page without what its script is handed as data, and that data. */
function parts(html: string): { markup: string; data: string } {
  const open = '<script type="application/json" id="report-data">';
  const start = html.indexOf(open) + open.length;
  const end = html.indexOf("</script>", start);
  return { markup: html.slice(0, start) + html.slice(end), data: html.slice(start, end) };
}

test("the page asks for nothing: no address that is loaded, and a policy that allows none", () => {
  const html = renderHtml(sampleReport);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';/);
  assert.doesNotMatch(html, /<(?:link|img|iframe|object|base)\b|<script[^>]* src|@import|url\(/i);
});

test("controls, layers and what was judged are there without scripts", () => {
  const { markup } = parts(renderHtml(sampleReport));
  for (const text of [
    "Images scanned and criticals blocked",
    "2 of 3 package sets",
    "shop/web:1.4",
    "Next: upgrade minimist",
  ]) {
    assert.ok(markup.includes(text), text);
  }
  assert.ok(markup.includes("git:origin/main:bulkhead.yaml"));
});

test("no text of a report becomes markup, ends the script or its data, or is lost", () => {
  const plainTags = (html: string) => html.match(/<[/!a-z][^>]*>/gi)?.map((tag) => tag.split(/[\s>]/, 1)[0]);
  const expected = plainTags(parts(renderHtml(sampleReport)).markup);
  fc.assert(
    fc.property(nastyText, (text) => {
      const report = withTexts(sampleReport, (clean) => `${clean}${text}`) as Report;
      const { markup, data } = parts(renderHtml(report));
      assert.deepEqual(plainTags(markup), expected);
      assert.doesNotMatch(data, /[<>&\u2028\u2029]/);
      assert.equal((JSON.parse(data) as { findings: unknown[] }).findings.length, 7);
    }),
    { numRuns: 100 },
  );
});

test("an address that is no web address is no link", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const references = ["javascript:alert(1)", "data:text/html,x", "https://example.com/a", "http://", "//example.com"];
  const page = browse(
    renderHtml({ ...sampleReport, evaluations: [{ ...npm, findings: [{ ...finding, references }] }] }),
  );
  page.rows()[0]?.click();
  assert.deepEqual(page.links(), ["https://example.com/a"]);
});

test("a finding opens with its place, instruction, fix and fingerprint, and closes again", () => {
  const page = browse(renderHtml(sampleReport));
  const [row] = page.rows();
  row?.click();
  const text = page.text();
  for (const part of [
    "layer 3/3",
    "RUN npm ci --omit=dev",
    "upgrade minimist to 1.2.6",
    npm.findings[0]?.fingerprint,
  ]) {
    assert.ok(text.includes(part ?? "?"), part);
  }
  row?.click();
  assert.ok(!page.text().includes(npm.findings[0]?.fingerprint ?? "?"));
});

test("filters: severity, asset, package or id, and what does not count", () => {
  const page = browse(renderHtml(sampleReport));
  const names = () => page.rows().map(({ name }) => name);
  assert.equal(names().length, 6);
  assert.equal(names()[0], "CVE-2021-44906");
  page.set("severity", "critical");
  assert.deepEqual(names(), ["CVE-2021-44906"]);
  page.set("accepted", true);
  assert.deepEqual(names(), ["CVE-2021-44906", "CVE-2019-10744"]);
  page.set("severity", "");
  page.set("text", "MUSL");
  assert.deepEqual(names(), ["CVE-2019-14697", "CVE-2019-14697"]);
  page.set("text", "");
  page.set("asset", page.assets().indexOf("bulkhead.yaml"));
  assert.deepEqual(names(), ["policy/expired-exception"]);
});

test("a column sorts up, then down", () => {
  const page = browse(renderHtml(sampleReport));
  const first = () => page.rows()[0]?.name;
  page.sort("name");
  assert.equal(first(), "CVE-2019-14697");
  page.sort("name");
  assert.equal(first(), "policy/expired-exception");
});

test("of many findings only a screenful is drawn, until asked for or printed", () => {
  const findings = Array.from({ length: 20_000 }, (_, i) =>
    vulnerability(`CVE-2024-${i}`, "high", [`package-${i}`, "1.0.0", "1.0.1"], [`usr/lib/package-${i}`, 0]),
  );
  const html = renderHtml({ ...sampleReport, evaluations: [{ ...npm, findings, excepted: [] }] });
  assert.ok(html.length < 12_000_000);
  const page = browse(html);
  assert.equal(page.rows().length, 200);
  page.more();
  assert.equal(page.rows().length, 400);
  page.print();
  assert.equal(page.rows().length, 20_000);
});

test("a report without findings has no table and no script error", () => {
  const html = renderHtml({ ...sampleReport, evaluations: [], controls: [], layers: [] });
  assert.ok(!html.includes('id="findings"'));
  assert.doesNotThrow(() => browse(html));
});
