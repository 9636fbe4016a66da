import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { packagesScope } from "../core/scope.ts";
import { nastyText, withTexts } from "./hostile.fixture.ts";
import { code, literal, plain } from "./markdown-text.ts";
import { renderMarkdown } from "./rendered.fixture.ts";
import { knownAndNew, npm, sampleReport, vulnerability } from "./sample.ts";

test("a comment: verdict, the worst findings first, then the others, controls, what is unknown, what it rests on", () => {
  const text = renderMarkdown(sampleReport, { all: true });
  assert.match(
    text,
    /^### bulkhead: ✗ fail: findings at or above the threshold\n\n<code>examples\/shop\/insecure<\/code> \(exit code 1\)\n\n\| \| Finding /,
  );
  assert.deepEqual(
    [...text.matchAll(/^\| (\S+(?: \w+\*\*)?) \| .*?<code>([^<]*)<\/code>/gm)].map(
      ([, severity, name]) => `${severity} ${name}`,
    ),
    [
      "**✗ critical** CVE-2021-44906",
      "**✗ high** policy/expired-exception",
      "high CVE-2019-14697",
      "high CVE-2019-14697",
      "high CVE-2020-8203",
      "unknown GHSA-xx4c-jj58-r7x6",
    ],
  );
  assert.match(text, /\| minimist can .*<br><code>CVE-2021-44906<\/code> in <code>minimist 1\.2\.5<\/code> \|/);
  assert.match(
    text,
    /<br><code>shop\/web&#58;1\.4<\/code><br><code>RUN npm ci --omit&#61;dev<\/code> \| upgrade minimist to 1\.2\.6 \|\n/,
  );
  assert.match(text, /\n\nexcepted: 1: 1 critical\n/);
  assert.match(text, /<summary>Controls: ✗ 2 · \? 1 · ✓ 10<\/summary>/);
  assert.match(
    text,
    /\n\| 2 \| Images scanned and criticals blocked \| ✗ fail \| 2 of 3 package sets \| .*Next: upgrade minimist/,
  );
  assert.match(text, /<summary>1 cause of unknown<\/summary>\n\n- no advisories.* \(1 check of shop\/web&#58;1\.4\)/);
  assert.match(text, /\n- policy trusted&#58; git&#58;origin\/main&#58;bulkhead\.yaml\n/);
});

test("with a baseline it says what is new, what is closed and what is unchanged", () => {
  const [finding, ...others] = npm.findings;
  assert.ok(finding);
  const baselined = others.map((known) => ({ finding: known, since: "2025-01-02" }));
  const evaluations = [{ ...npm, findings: [finding], baselined }];
  const text = renderMarkdown({ ...sampleReport, ...knownAndNew, evaluations }, { all: false });
  assert.match(text, /^### bulkhead: ✗ fail: 1 new finding blocks this change\n/);
  assert.match(text, /\nclosed: 1 · baselined: 2: 1 high, 1 unknown · excepted: 1: 1 critical\n/);
  assert.match(text, /<summary>Controls after this change: /);
  const controls = sampleReport.controls?.map((one) => ({ ...one, before: "pass" as const })) ?? [];
  const changed = renderMarkdown({ ...sampleReport, ...knownAndNew, evaluations, controls }, { all: false });
  assert.match(changed, / · controls: 1 ✓→\?, 2 ✓→✗\n/);
});

test("a path starts from the root of the repository", () => {
  const text = renderMarkdown({ ...sampleReport, directory: "services/web" }, { all: true });
  assert.match(text, /<code>services\/web\/bulkhead\.yaml&#58;15&#58;5<\/code>/);
});

test("it stays under GitHub's limit and counts what did not fit", () => {
  const findings = Array.from({ length: 5_000 }, (_, i) =>
    vulnerability(`CVE-2024-${i}`, "high", [`package-${i}`, "1.0.0", "1.0.1"], [`usr/lib/package-${i}`, 0]),
  );
  const some = findings.slice(0, 50);
  const many = Array.from({ length: 300 }, (_, i) => ({ ...npm, scope: packagesScope(`scope ${i}`), findings: some }));
  for (const evaluations of [[{ ...npm, findings }], many]) {
    const text = renderMarkdown({ ...sampleReport, evaluations }, { all: true });
    assert.ok(text.length < 65_000);
    const rows = text.match(/^\| high \|/gm)?.length ?? 0;
    const [, left] = /\*\*(\d+) more findings/.exec(text) ?? [];
    assert.equal(rows + Number(left), evaluations.flatMap((evaluation) => evaluation.findings).length);
    assert.equal(text.match(/<details/g)?.length, text.match(/<\/details>/g)?.length);
  }
});

test("twenty findings, unless all are asked for", () => {
  const findings = Array.from({ length: 24 }, (_, i) =>
    vulnerability(`CVE-2024-${i}`, i < 22 ? "high" : "low", ["p", "1", "2"], ["p", 0]),
  );
  const report = { ...sampleReport, evaluations: [{ ...npm, findings }] };
  const rows = (text: string) => text.match(/^\| (?:high|low) \|/gm)?.length;
  const text = renderMarkdown(report, { all: false });
  assert.equal(rows(text), 20);
  assert.match(text, /\n\n\*\*4 more findings\*\*: 2 high, 2 low \(`--all` shows them\)\n\n/);
  assert.equal(rows(renderMarkdown(report, { all: true })), 24);
});

test("the limit holds for texts of any length, of which only the beginning is shown", () => {
  const long = withTexts(sampleReport, (text) => text + "|".repeat(50_000)) as Report;
  const gaps = Array.from({ length: 5_000 }, (_, i) => ({ code: "c", reason: `reason ${i}` }));
  const text = renderMarkdown(
    {
      ...long,
      notes: Array.from({ length: 5_000 }, () => "|".repeat(500)),
      evaluations: [...long.evaluations, { ...npm, gaps, verdict: "unknown" }],
    },
    { all: true },
  );
  assert.ok(text.length < 65_000);
  assert.match(text, /- and 4983 lines more\n/);
});

test("escaped text holds no structure of Markdown or HTML, and is the same text to a reader", () => {
  const read = (escaped: string) =>
    escaped.replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number))).replaceAll("\u200b", "");
  fc.assert(
    fc.property(nastyText, (text) => {
      for (const escaped of [
        plain(text),
        literal(text, 10_000),
        code(text).slice("<code>".length, -"</code>".length),
      ]) {
        assert.doesNotMatch(escaped.replace(/&#\d+;/g, ""), /[\\`*_[\]<>#|~&@:$"'!^\n\r]/);
        assert.doesNotMatch(escaped, /www\./i);
      }
      const whole = literal(text, 10_000);
      if (/^[ -~]*$/.test(text)) assert.equal(read(whole), printable(text));
    }),
  );
  assert.equal(plain("@team #1 GH-12"), "&#64;&#8203;team &#35;&#8203;1 GH-&#8203;12");
});

test("hostile text changes no row and no fold", () => {
  const shape = (text: string) => [
    text.split("\n").length,
    text.match(/ \| /g)?.length,
    text.match(/<[a-z/]+/g)?.join(""),
  ];
  const expected = shape(renderMarkdown(sampleReport, { all: true }));
  fc.assert(
    fc.property(nastyText, (text) => {
      const report = withTexts(sampleReport, (clean) => `${clean}${text}`) as Report;
      assert.deepEqual(shape(renderMarkdown(report, { all: true })), expected);
    }),
    runs(50),
  );
});
