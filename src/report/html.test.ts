import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
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
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  const hashed = "'sha256-[A-Za-z0-9+/]{43}='";
  assert.match(
    policy,
    new RegExp(`^default-src 'none'; style-src ${hashed}; script-src ${hashed}; base-uri 'none'; form-action 'none'$`),
  );
  // A style in an attribute would be refused, and a handler too.
  assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ""), /<[^>]* (?:style|on[a-z]+)=/i);
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
      assert.equal((JSON.parse(data) as { rows: unknown[] }).rows.length, 7);
    }),
    runs(100),
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
  const choose = (id: string, shown: string) => page.set(id, page.choice(id, shown));
  choose("severity", "critical");
  assert.deepEqual(names(), ["CVE-2021-44906"]);
  page.set("accepted", true);
  assert.deepEqual(names(), ["CVE-2021-44906", "CVE-2019-10744"]);
  page.set("severity", "");
  page.set("text", "MUSL");
  assert.deepEqual(names(), ["CVE-2019-14697", "CVE-2019-14697"]);
  page.set("text", "musl utils");
  assert.equal(names().length, 1);
  page.set("text", "");
  for (const [id, shown] of [
    ["asset", "bulkhead.yaml (1)"],
    ["layer", "policy (1)"],
    ["check", "policy/expired-exception (1)"],
  ] as const) {
    choose(id, shown);
    assert.deepEqual(names(), ["policy/expired-exception"], id);
    page.set(id, "");
  }
  assert.equal(page.count(), "7 of 7 findings");
});

test("each row has its title and what to do", () => {
  const rows = browse(renderHtml(sampleReport)).rows();
  assert.deepEqual(
    [rows[0]?.title, rows[0]?.fix],
    ["minimist can be made to run what it should not", "upgrade minimist to 1.2.6"],
  );
  assert.equal(rows.find(({ name }) => name.startsWith("GHSA"))?.fix, "no fix available");
});

test("a column sorts up, then down, and what has nothing in it comes last", () => {
  const page = browse(renderHtml(sampleReport));
  const first = () => page.rows()[0]?.fix;
  page.sort("fix");
  assert.match(first() ?? "", /^fix what it names/);
  assert.equal(page.rows().at(-1)?.fix, "no fix available");
  page.sort("fix");
  assert.equal(first(), "no fix available");
  page.sort("severity");
  assert.equal(page.rows()[0]?.name, "CVE-2021-44906");
  page.set("sort", "name");
  assert.equal(page.rows()[0]?.name, "CVE-2019-14697");
});

function many(count: number) {
  const findings = Array.from({ length: count }, (_, i) =>
    vulnerability(`CVE-2024-${i}`, "high", [`package-${i}`, "1.0.0", "1.0.1"], [`usr/lib/package-${i}`, 0]),
  );
  return { ...sampleReport, evaluations: [{ ...npm, findings, excepted: [] }] };
}

test("of many findings a page is drawn, and every one is on some page", () => {
  const html = renderHtml(many(5_000));
  assert.ok(html.length < 3_000_000, String(html.length));
  const page = browse(html);
  const seen = new Set<string>();
  for (let pages = 0; pages < 50; pages++) {
    const rows = page.rows();
    assert.equal(rows.length, 100);
    for (const { name } of rows) seen.add(name);
    assert.equal(page.isLast(), pages === 49);
    page.next();
  }
  assert.equal(seen.size, 5_000);
});

test("on paper findings are grouped by what fixes them, as in the summary, and what is left is counted", () => {
  const groups = (report: Report): string =>
    /<section id="groups">[\s\S]*?<\/section>/.exec(renderHtml(report))?.[0] ?? "";
  const sample = groups(sampleReport);
  const affected = [...sample.matchAll(/<td>([^<]*)<div class="quiet">/g)].map(([, text]) => text);
  assert.deepEqual(affected.slice(0, 3), [
    "upgrade minimist to 1.2.6",
    "The exception for CVE-2020-7598 expired on 2025-05-31",
    "outdated Alpine v3.10 packages in layer 1/3",
  ]);
  const large = groups(many(5_000));
  assert.equal(large.match(/<tr><td>/g)?.length, 120);
  assert.match(large, /\d+ more fixes for \d+ findings in the page itself/);
});

test("of many evaluations some of each asset are written, and the rest is counted", () => {
  const evaluations = Array.from({ length: 400 }, (_, asset) =>
    Array.from({ length: asset % 40 === 0 ? 70 : 2 }, (__, check) => ({
      ...npm,
      check: `image/check-${check}`,
      asset: {
        ...npm.asset,
        name: `web-${asset}`,
        id: `sha256:${String(asset).padStart(64, "0")}`,
      } as typeof npm.asset,
      reason: `reason ${check}`,
      findings: [],
    })),
  ).flat();
  const html = renderHtml({ ...sampleReport, evaluations });
  assert.equal(html.match(/<details>/g)?.length, 300);
  assert.match(html, /100 more assets: --format json has all/);
  assert.match(html, /10 more evaluations: --format json has all/);
});

test("a report without findings has no table and no script error", () => {
  const html = renderHtml({ ...sampleReport, evaluations: [], controls: [], layers: [] });
  assert.ok(!html.includes('id="findings"'));
  assert.doesNotThrow(() => browse(html));
});
