import assert from "node:assert/strict";
import { test } from "node:test";
import type { LockfileChanges } from "../core/dependency-changes.ts";
import { renderHtml, renderMarkdown, renderPlain, renderTable } from "./rendered.fixture.ts";
import { reviewedChanges, sampleReport } from "./sample.ts";

const { controls: _, layers: __, ...scan } = sampleReport;
const report = { ...scan, ...reviewedChanges };
const page = { all: false, color: false, columns: 100 };

test("a change is told before what to fix: counts, and what brings how much", () => {
  const text = renderTable(report, page);
  assert.match(
    text,
    /CHANGES ─+ 12 added, 1 upgraded, 1 removed\nweb\/package-lock\.json: 12 added, 1 upgraded, 1 removed; closes 2 known vulnerabilities\n {2}\+ express {3}5\.1\.0 {2}brings 10\n {2}↑ lodash {4}4\.17\.20 → 4\.17\.21\n {2}- left-pad {2}1\.3\.0\n {2}· vite {6}brings 1\n/,
  );
  assert.ok(text.indexOf("CHANGES") < text.indexOf("FIX FIRST"));
});

test("of many direct dependencies and lockfiles the first are told, and the rest is counted", () => {
  const [own] = reviewedChanges.changes as readonly [LockfileChanges];
  const direct = Array.from(
    { length: 300 },
    (_, at) => ({ ...own.direct[0], name: `p${at}` }) as (typeof own.direct)[0],
  );
  const text = renderTable({ ...report, changes: [{ ...own, direct }, own, own] }, page);
  const section = text.slice(text.indexOf("CHANGES"), text.indexOf("FIX FIRST"));
  assert.ok(section.split("\n").length <= 18, section);
  assert.match(section, /… 2\d\d more\n {2}… 2 more lockfiles/);
  const markdown = renderMarkdown({ ...report, changes: [{ ...own, direct }] }, page);
  assert.match(markdown, /- and 260 more/);
  assert.ok(markdown.length < 65_536);
});

test("plain lines and Markdown hold the same", () => {
  const plain = renderPlain(report, page);
  assert.match(plain, /^changes: web\/package-lock\.json: 12 added, 1 upgraded, 1 removed; closes 2 known vuln/m);
  assert.match(
    plain,
    /^change: upgraded lockfile=web\/package-lock\.json type=npm name=lodash before=4\.17\.20 after=4\.17\.21 brings=0$/m,
  );
  const html = renderHtml(report);
  assert.match(html, /upgraded lodash 4\.17\.20 → 4\.17\.21</);
  const markdown = renderMarkdown(report, page);
  assert.match(
    markdown,
    /<details><summary><code>web\/package-lock\.json<\/code>: 12 added, 1 upgraded, 1 removed; closes 2/,
  );
  assert.match(markdown, /- added: <code>express<\/code> 5\.1\.0, brings 10/);
});

test("what a lockfile calls its packages is text", () => {
  const [own] = reviewedChanges.changes as readonly [LockfileChanges];
  const ESCAPE = String.fromCharCode(27);
  const nastyText = `a${ESCAPE}[2J<img src=x>![x](https://x.example) @everyone <script>\n::error::x`;
  const direct = [{ kind: "added", type: "npm", name: nastyText, after: nastyText, brings: 1 } as const];
  const hostile = { ...report, changes: [{ ...own, lockfile: nastyText, direct }] };
  const texts = [
    renderTable(hostile, page),
    renderPlain(hostile, page),
    renderMarkdown(hostile, page),
    renderHtml(hostile),
  ];
  for (const text of texts) assert.ok(!text.includes(ESCAPE) && !/^::error/m.test(text), text);
  assert.doesNotMatch(renderMarkdown(hostile, page), /<img|\]\(|<script|@everyone/);
});
