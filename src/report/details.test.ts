import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import { detailsOf } from "./details.ts";
import { type Display, defaultDisplay } from "./display.ts";
import { render } from "./rendered.fixture.ts";
import { sampleReport } from "./sample.ts";

function passed(asset: string, check: string, changes: Partial<Evaluation> = {}): Evaluation {
  const nothing = { findings: [], excepted: [], evidence: {}, gaps: [] };
  const observedAt = "2026-01-01T00:00:00.000Z";
  return { check, asset: fileAsset(asset), verdict: "pass", reason: "no findings", observedAt, ...nothing, ...changes };
}

const names = (evaluations: Evaluations, display: Partial<Display>) =>
  detailsOf({ evaluations }, { display: { ...defaultDisplay, ...display }, all: false }).groups.map(({ name }) => name);

test("what passed without a word is counted by asset, and everything else is told", () => {
  const quiet = ["b", "a", "c"].map((check) => passed("Dockerfile", check));
  const told = [
    passed("Dockerfile", "f", { gaps: [{ code: "x", reason: "x" }] }),
    passed("Dockerfile", "g", { verdict: "unknown" }),
  ];
  const details = detailsOf(
    { evaluations: [...quiet, ...told, passed("another", "a")] },
    { display: defaultDisplay, all: false },
  );
  assert.deepEqual(
    details.groups.flatMap(({ told: some }) => some.map(({ evaluation }) => evaluation)),
    [told[1], told[0]],
  );
  assert.deepEqual(details.passed, [
    { asset: fileAsset("Dockerfile"), checks: 3 },
    { asset: fileAsset("another"), checks: 1 },
  ]);
});

test("a long list of what was not read is told once, and of other checks and assets as the same", () => {
  const lost = ["a.yaml", "b.yaml", "c.yaml"].map((reason) => ({ code: "x", reason }));
  const unknown = (asset: string, check: string, gaps = lost) => passed(asset, check, { verdict: "unknown", gaps });
  const evaluations = [
    unknown("one", "a"),
    unknown("one", "b", lost.toReversed()),
    unknown("other", "c"),
    unknown("other", "d", lost.slice(0, 2)),
    unknown("other", "e", lost.slice(0, 2)),
  ];
  const report = { ...sampleReport, evaluations };
  const shown = { columns: 100, color: false, display: { ...defaultDisplay, details: true } };
  const told = (all: boolean) =>
    render(report, "plain", { ...shown, all })
      .split("\n")
      .flatMap((line) => /^unknown: asset=(.*)/.exec(line)?.[1] ?? []);
  assert.deepEqual(told(false), [
    "one: a.yaml",
    "one: b.yaml",
    "one: c.yaml",
    "one: the same 3 causes as a, above (--all lists them)",
    "other: the same 3 causes as a of one, above (--all lists them)",
    "other: a.yaml",
    "other: b.yaml",
    "other: a.yaml",
    "other: b.yaml",
  ]);
  assert.equal(told(true).length, 13);
  assert.match(render(report, "table", { ...shown, all: false }), /unknown: the same 3 causes as a of one, above/);
});

test("findings are grouped by asset or by check, the worst group first or by name", () => {
  const { evaluations } = sampleReport;
  assert.deepEqual(names(evaluations, {}), ["shop/web:1.4", "bulkhead.yaml"]);
  assert.deepEqual(names(evaluations, { sort: "asset" }), ["bulkhead.yaml", "shop/web:1.4"]);
  assert.deepEqual(names(evaluations, { groupBy: "check" }), [
    "image/known-vulnerabilities",
    "policy/expired-exception",
  ]);
  assert.deepEqual(names(evaluations, { groupBy: "check", sort: "fix" }), [
    "image/known-vulnerabilities",
    "policy/expired-exception",
  ]);
  const shows = ({ check }: { readonly check: string }) => check.startsWith("policy/");
  const filtered = detailsOf(sampleReport, { display: defaultDisplay, shows, all: false });
  assert.deepEqual(
    filtered.groups.map(({ name }) => name),
    ["bulkhead.yaml"],
  );
});

test("all names what passed, and details count it", () => {
  const report = { ...sampleReport, evaluations: [...sampleReport.evaluations, passed("Dockerfile", "build/x")] };
  const details = { columns: 100, color: false, all: false, display: { ...defaultDisplay, details: true } };
  for (const format of ["table", "plain"] as const) {
    assert.match(render(report, format, details), /Dockerfile.*1 check without a finding/, format);
    assert.doesNotMatch(render(report, format, details), /build\/x/, format);
    assert.match(render(report, format, { ...details, all: true }), /build\/x/, format);
    assert.doesNotMatch(render(report, format, { ...details, display: defaultDisplay }), /build\/x/, format);
  }
});

test("a heading keeps the check's id, however long the asset's name", () => {
  const long = `deploy/${"very-long-name/".repeat(8)}web.yaml`;
  const [, , expired] = sampleReport.evaluations;
  assert.ok(expired);
  const report = { ...sampleReport, evaluations: [{ ...expired, asset: fileAsset(long) }] };
  for (const columns of [60, 80, 100, 140]) {
    const text = render(report, "table", {
      columns,
      color: false,
      all: false,
      display: { ...defaultDisplay, details: true, groupBy: "asset" },
    });
    const [, after = ""] = text.split("FINDINGS");
    assert.match(after.split("✗ high")[0] ?? "", /policy\/expired-exception/, `${columns}`);
  }
});
