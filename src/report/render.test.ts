import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { explainCheck } from "./explain.ts";
import { formats } from "./formats.ts";
import { withTexts } from "./hostile.fixture.ts";
import { outputDefaults } from "./options.ts";
import { render } from "./rendered.fixture.ts";
import { knownAndNew, sampleReport } from "./sample.ts";

const options = { columns: 100, color: false, all: true };

test("a terminal gets a table in colour, a pipe plain lines", () => {
  assert.deepEqual(outputDefaults({ isTTY: true, columns: 132 }, {}), { format: "table", columns: 132, color: true });
  assert.deepEqual(outputDefaults({}, {}), { format: "plain", columns: 100, color: false });
  assert.equal(outputDefaults({ isTTY: true, columns: 0 }, {}).columns, 100);
});

test("NO_COLOR and a dumb terminal take the colours away and nothing else", () => {
  for (const environment of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    assert.deepEqual(outputDefaults({ isTTY: true, columns: 80 }, environment), {
      format: "table",
      columns: 80,
      color: false,
    });
  }
  assert.equal(outputDefaults({ isTTY: true }, { NO_COLOR: "" }).color, true);
});

test("what a baseline did is said in every format that a person reads", () => {
  const report = { ...sampleReport, ...knownAndNew };
  const use =
    /known\.json: 1 finding in the baseline, 2 more severe than in the baseline, counted as new, 1 entry no longer found: rewrite with --write-baseline, 3 entries for targets not scanned/;
  const wide = { ...options, columns: 160 };
  for (const format of ["table", "plain"] as const) {
    const text = render(report, format, wide).replaceAll(/\n {10}/g, " ");
    assert.match(text, use, format);
    assert.match(text, /baselined: .*1: 1 critical/, format);
  }
  for (const format of ["html", "markdown"] as const) {
    assert.match(render(report, format, wide).replaceAll("&#58;", ":"), use, format);
    assert.match(render(report, format, wide), /baselined: 1: 1 critical/, format);
  }
});

test("in SARIF each finding says whether it is new, where there is a baseline", () => {
  const states = (report: Report) => {
    const { runs } = JSON.parse(render(report, "sarif", options)) as {
      runs: { results: { baselineState?: string; suppressions?: object[] }[] }[];
    };
    return runs[0]?.results.filter((result) => result.suppressions === undefined).map((r) => r.baselineState);
  };
  assert.deepEqual(states({ ...sampleReport, ...knownAndNew }), ["new", "unchanged"]);
  assert.ok(states(sampleReport)?.every((state) => state === undefined));
});

test("every format has its section in the documentation", () => {
  const text = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");
  const sections = [...text.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name);
  assert.deepEqual(sections, [...formats]);
});

test("every format ends with one line break", () => {
  for (const format of formats) assert.match(render(sampleReport, format, options), /[^\n]\n$/);
});

test("nothing that a report holds can steer a terminal", () => {
  const nasty = fc.constantFrom(
    "\u001b[2J",
    "\u009b31m",
    "\r",
    "\n",
    "\u202e",
    "\u0000",
    "\u2028",
    "\ud800",
    "日本",
    "x".repeat(200),
  );
  fc.assert(
    fc.property(nasty, fc.integer({ min: 0, max: 200 }), (text, columns) => {
      const report = withTexts(sampleReport, (clean) => `${clean}${text}${clean}`) as Report;
      for (const format of ["table", "plain"] as const) {
        assert.doesNotMatch(
          render(report, format, { ...options, columns }),
          /(?!\n)[\p{Cc}\p{Surrogate}\u2028\u202e]/u,
        );
      }
    }),
    runs(50),
  );
});

test("a line break in a text does not make a line", () => {
  const report = withTexts(sampleReport, (clean) => `${clean}\nresult: 0 clean`) as Report;
  assert.equal(render(report, "plain", options).match(/^result: /gm)?.length, 1);
});

test("a check is explained: what, why, how to fix, and its facts", () => {
  const [, check] = sampleReport.checks;
  assert.ok(check);
  assert.equal(
    explainCheck(check, { columns: 60, color: false }),
    `image/known-vulnerabilities · Packages with known vulnerabilities

What
  Compares packages with advisories.

Why
  A published flaw is the cheapest way in.

How to fix
  Upgrade the package.

Facts
  layer     image
  category  vulnerability (its threshold applies)
  severity  varies
  controls  2
  needs     inventory (partial), vulnerabilities (partial)

References
  https://ossf.github.io/osv-schema/
`,
  );
});
