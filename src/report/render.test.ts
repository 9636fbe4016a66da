import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { explainCheck } from "./explain.ts";
import { outputDefaults } from "./options.ts";
import { formats, render } from "./render.ts";
import { sampleReport } from "./sample.ts";

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

test("every format ends with one line break", () => {
  for (const format of formats) assert.match(render(sampleReport, format, options), /[^\n]\n$/);
});

/** The report with every text in it, of whatever depth, put through the function. */
function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, words.has(key) ? item : withTexts(item, change)]),
  );
}

/** Keys whose values are words of our own. */
const words = new Set(["tool", "kind", "verdict", "severity", "layer", "category", "needs", "startedAt", "observedAt"]);

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
    { numRuns: 50 },
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
  category  vulnerability (which of the policy's thresholds
            applies)
  severity  varies
  controls  2
  needs     inventory (witness), vulnerabilities (witness)

References
  https://ossf.github.io/osv-schema/
`,
  );
});
