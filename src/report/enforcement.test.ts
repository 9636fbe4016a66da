import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../core/report.ts";
import { defaultDisplay } from "./display.ts";
import type { Format } from "./formats.ts";
import { renderedPieces } from "./rendered.fixture.ts";
import { sampleReport } from "./sample.ts";

/** The sample, of which the policy enforces nothing. */
function unenforced(action: "warn" | "audit"): Report {
  const evaluations = Array.from(sampleReport.evaluations, (evaluation) =>
    evaluation.verdict === "pass" && evaluation.findings.length === 0 ? evaluation : { ...evaluation, action },
  );
  return { ...sampleReport, evaluations, exitCode: 0 };
}

function written(format: Format, report: Report): string {
  return [...renderedPieces(report, format, { all: false, columns: 100, color: false })].join("");
}

test("what only warns is no error to any machine", () => {
  const warned = unenforced("warn");
  assert.match(written("github", sampleReport), /^::error/m);
  assert.doesNotMatch(written("github", warned), /^::error/m);
  assert.match(written("github", warned), /^::warning/m);
  assert.match(written("junit", sampleReport), /<failure/);
  assert.doesNotMatch(written("junit", warned), /<failure/);
  assert.match(written("junit", warned), /failures="0"/);
  assert.match(written("junit", warned), /not enforced \(warn\)/);
  const results = (report: Report) =>
    (JSON.parse(written("sarif", report)) as { runs: { results: { kind: string; level: string }[] }[] }).runs.flatMap(
      (run) => run.results.filter(({ kind }) => kind === "fail").map(({ level }) => level),
    );
  assert.ok(results(sampleReport).includes("error"));
  assert.ok(!results(warned).includes("error"));
  assert.ok(results(unenforced("audit")).some((level) => level === "note"));
});

test("people are told how much is not enforced, and of what is audited one line", () => {
  for (const format of ["table", "plain", "markdown", "html"] as const) {
    assert.match(written(format, unenforced("warn")), /not\s+enforced/, format);
  }
  for (const format of ["table", "plain", "markdown"] as const) {
    const text = written(format, unenforced("audit"));
    assert.match(text, /audited:? +\d+ evaluations? with \d+ findings: /, format);
    assert.ok(text.length < written(format, unenforced("warn")).length, format);
  }
  const options = { all: false, columns: 100, color: false, display: { ...defaultDisplay, details: true } };
  assert.match([...renderedPieces(unenforced("warn"), "table", options)].join(""), / · warn · /);
  assert.match(written("table", unenforced("warn")), /1 critical \(warn\)/);
  assert.doesNotMatch(written("table", sampleReport), /enforced/);
});
