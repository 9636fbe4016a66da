import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import type { Report } from "../../core/report.ts";
import { runs } from "../../core/runs.fixture.ts";
import { inOrder } from "../in-order.ts";
import { renderJson } from "../rendered.fixture.ts";
import { anyReport } from "../report.fixture.ts";
import { knownAndNew, npm, sampleReport } from "../sample.ts";
import { readReport } from "./read.ts";

const schemaFile = new URL("../../../docs/schemas/bulkhead-report-v1.json", import.meta.url);
const closed = readFileSync(schemaFile, "utf8").replaceAll(
  '"additionalProperties": true',
  '"additionalProperties": false',
);
const isReport = new Ajv2020({ allErrors: true }).compile(JSON.parse(closed));

/** The order of evaluations and checks says nothing; what is written is in one order. */
function ordered(report: Report): Report {
  return {
    ...report,
    evaluations: [...inOrder(report.evaluations)],
    checks: report.checks.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

test("any report that is written is read back whole, and keeps to the published schema", () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const text = renderJson(report);
      assert.deepEqual(readReport(text), ordered(report));
      assert.ok(isReport(JSON.parse(text)), JSON.stringify(isReport.errors, null, 2));
    }),
    runs(100),
  );
});

test("what was read is written as the same text", () => {
  for (const report of [sampleReport, { ...sampleReport, ...knownAndNew, controls: [] }]) {
    const text = renderJson(report);
    assert.equal(renderJson(readReport(text)), text);
  }
});

test("of two images of one lineage, a control's worst finding is the one that it was", () => {
  const [finding] = npm.findings;
  assert.ok(finding !== undefined && npm.asset.kind === "image");
  const other = { ...finding, title: "the other image's" };
  const twin = { ...npm, asset: { ...npm.asset, name: "shop/web:1.3" }, findings: [other] };
  const [control] = sampleReport.controls ?? [];
  assert.ok(control);
  const report = { ...sampleReport, evaluations: [npm, twin], controls: [{ ...control, worst: [finding] }] };
  assert.deepEqual(readReport(renderJson(report)).controls?.[0]?.worst, [finding]);
});

test("a report of an older Bulkhead is read: what it did not say is empty", () => {
  const document = JSON.parse(renderJson(sampleReport)) as Record<string, unknown> & {
    controls: { worstAt?: unknown }[];
    checks: { documentation?: unknown; subject?: unknown; kind?: unknown }[];
    evaluations: { part?: unknown; basis?: unknown }[];
  };
  delete document.relations;
  delete document.bases;
  for (const evaluation of document.evaluations) {
    delete evaluation.part;
    delete evaluation.basis;
  }
  for (const control of document.controls) delete control.worstAt;
  for (const check of document.checks) {
    delete check.documentation;
    delete check.subject;
    delete check.kind;
  }
  const report = readReport(JSON.stringify(document));
  assert.deepEqual(report.relations, []);
  assert.deepEqual(report.controls?.[1]?.worst, sampleReport.controls?.[1]?.worst);
  assert.equal(report.checks[0]?.documentation.what, "");
  const parts = (some: Report) => Array.from(inOrder(some.evaluations), ({ scope }) => scope);
  assert.deepEqual(parts(report), parts(sampleReport));
  assert.ok(report.evaluations.every(({ basis }) => basis === undefined));
});

test("what is no report is refused with its place", () => {
  const of = (change: (document: { [key: string]: unknown }) => void) => {
    const document = JSON.parse(renderJson(sampleReport)) as { [key: string]: unknown };
    change(document);
    return JSON.stringify(document);
  };
  const cases: [code: string, place: string, text: string][] = [
    ["report.syntax", "r.json", "{"],
    ["report.version", "r.json", "[]"],
    ["report.version", "r.json", '{"schema":"bulkhead/report/v9"}'],
    ["report.form", "r.json: exitCode", of((document) => set([document], "exitCode", 7))],
    ["report.form", "r.json: evaluations: 0: verdict", of(({ evaluations }) => set(evaluations, "verdict", "passed"))],
    ["report.form", "r.json: evaluations: 0", of(({ evaluations }) => set(evaluations, "basis", 99))],
    [
      "report.form",
      "r.json: controls: 1",
      of(({ controls }) => set((controls as unknown[]).slice(1), "worstAt", [{ evaluation: 99, finding: 0 }])),
    ],
  ];
  for (const [code, place, text] of cases) {
    assert.throws(
      () => readReport(text, "r.json"),
      (error) => error instanceof Problem && error.code === code && error.place === place,
      `${code} ${place}`,
    );
  }
});

function set(list: unknown, key: string, value: unknown): void {
  const [first] = list as { [key: string]: unknown }[];
  if (first !== undefined) first[key] = value;
}
