import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { severities } from "../core/severity.ts";
import { type Display, defaultDisplay, filterOf, filterText, layerNames } from "./display.ts";
import { render } from "./rendered.fixture.ts";
import { anyReport } from "./report.fixture.ts";
import { knownAndNew, sampleReport } from "./sample.ts";
import { viewOf } from "./view.ts";

const options = { columns: 100, color: false, all: false };

function shown(display: Partial<Display>, report: Report = sampleReport): string[] {
  const shows = filterOf({ ...defaultDisplay, ...display }, report) ?? (() => true);
  const findings = [...report.evaluations].flatMap((evaluation) => evaluation.findings);
  return findings.filter(shows).map(({ matches }) => matches.ids[0] ?? "");
}

test("findings are shown by severity, by whether they have a fix, by layer and by check", () => {
  const all = shown({});
  assert.equal(all.length, 6);
  assert.deepEqual(shown({ severity: "critical" }), ["CVE-2021-44906"]);
  assert.deepEqual(
    shown({ severity: "negligible" }),
    all.filter((id) => id !== "GHSA-xx4c-jj58-r7x6"),
  );
  assert.deepEqual(
    shown({ fixable: true }),
    all.filter((id) => id !== "GHSA-xx4c-jj58-r7x6"),
  );
  assert.deepEqual(shown({ layers: ["policy"] }), ["policy/expired-exception"]);
  assert.deepEqual(shown({ checks: ["policy/*", "x/y"] }), ["policy/expired-exception"]);
  assert.deepEqual(shown({ checks: ["*"] }), []);
  assert.equal(filterOf(defaultDisplay, sampleReport), undefined);
});

test("a filter says how many findings it hides, and changes neither the result nor the exit code", () => {
  const display = { ...defaultDisplay, severity: "critical" as const, layers: ["image" as const] };
  for (const format of ["table", "plain"] as const) {
    const [whole, filtered] = [defaultDisplay, display].map((some) =>
      render(sampleReport, format, { ...options, columns: 160, display: some }),
    );
    const last = (text = "") => text.trimEnd().split("\n").at(-1);
    assert.equal(last(filtered), last(whole), format);
    assert.match(
      filtered ?? "",
      /5 findings are hidden by --severity critical --layer image: verdicts and the exit code/,
    );
    assert.doesNotMatch(whole ?? "", /hidden/);
    assert.doesNotMatch(filtered ?? "", /expired on/);
  }
});

test("with --only-new what the baseline has and what is excepted is not mentioned", () => {
  const report = { ...sampleReport, ...knownAndNew };
  const display = { ...defaultDisplay, details: true, onlyNew: true };
  const text = render(report, "plain", { ...options, display });
  assert.doesNotMatch(text, /CVE-2021-44906|^baselined:|^excepted:/m);
  assert.match(text, /^finding: .*CVE-2020-8203/m);
  assert.match(text, /^hidden: 2 findings are hidden by --only-new/m);
});

test("formats that are no terminal's hold every finding, whatever is shown", () => {
  const display = { ...defaultDisplay, severity: "critical" as const, fixable: true };
  for (const format of ["json", "sarif", "html", "junit", "gitlab", "github", "markdown"] as const) {
    const [whole, filtered] = [defaultDisplay, display].map((some) =>
      render(sampleReport, format, { ...options, display: some }),
    );
    assert.equal(filtered, whole, format);
  }
});

test("of any report, what is shown and what is hidden are all findings", () => {
  const display = fc.record({
    details: fc.boolean(),
    groupBy: fc.constantFrom("asset" as const, "check" as const),
    sort: fc.constantFrom("severity" as const, "asset" as const, "check" as const, "fix" as const),
    severity: fc.constantFrom(...severities),
    fixable: fc.boolean(),
    layers: fc.subarray([...layerNames], { maxLength: 2 }),
    checks: fc.constantFrom<string[]>([], ["**"], ["a*"]),
    onlyNew: fc.constant(false),
  });
  fc.assert(
    fc.property(anyReport, display, fc.integer({ min: 20, max: 160 }), (report, some, columns) => {
      const view = viewOf(report, { all: false, display: some });
      const groups = view.fixes.groups.flatMap(({ over, below }) => [...Object.values(over), ...Object.values(below)]);
      const audited = [...report.evaluations].filter(({ action }) => action === "audit");
      const shows = view.shows ?? (() => true);
      const expected = [...report.evaluations]
        .filter(({ action }) => action !== "audit")
        .flatMap(({ findings }) => findings.filter(shows)).length;
      assert.equal(
        groups.reduce((sum, count) => sum + count, 0),
        expected,
      );
      const hidden = Number(/^\d+/.exec(view.hidden ?? "0")?.[0]);
      const all = [...report.evaluations].flatMap(({ findings }) => findings).length;
      const ofAudited = audited.flatMap(({ findings }) => findings.filter(shows)).length;
      assert.equal(hidden + expected + ofAudited, all);
      for (const format of ["table", "plain"] as const) {
        assert.match(render(report, format, { columns, color: false, all: false, display: some }), /\n$/);
      }
    }),
    runs(60),
  );
});

test("the filters in force are named as they are written", () => {
  assert.equal(filterText(defaultDisplay), "");
  const all = { severity: "high", fixable: true, layers: ["image", "build"], checks: ["a/*"], onlyNew: true } as const;
  assert.equal(
    filterText({ ...defaultDisplay, ...all }),
    "--severity high --fixable --layer image --layer build --check a/* --only-new",
  );
});
