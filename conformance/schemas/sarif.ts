/** Reports as SARIF and CycloneDX, the sample of every format's tests and any others, by the official schema. */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { Report } from "../../src/core/report.ts";
import { render } from "../../src/report/rendered.fixture.ts";
import { anyReport } from "../../src/report/report.fixture.ts";
import { knownAndNew, sampleReport } from "../../src/report/sample.ts";
import type { Case, SuiteContext } from "../suite.ts";
import { sarifValidator, sbomValidators } from "./validators.ts";

const options = { columns: 100, color: false, all: true };
const REPORTS = 300;

export function* sarifCases({ data }: Pick<SuiteContext, "data">): Generator<Case> {
  const errorsOf = sarifValidator(join(data, "schemas"));
  const { cyclonedx } = sbomValidators(join(data, "schemas"));
  const reports: [name: string, report: Report][] = [
    ["sample", sampleReport],
    ["sample with a baseline", { ...sampleReport, ...knownAndNew }],
    ...fc
      .sample(anyReport, { numRuns: REPORTS, seed: 1 })
      .map((report, index): [string, Report] => [`any report ${index}`, withOwnTexts(report)]),
  ];
  for (const [name, report] of reports) {
    yield {
      name: `sarif: ${name} is valid`,
      run: () => assert.deepEqual(errorsOf(JSON.parse(render(report, "sarif", options))), []),
    };
    yield {
      name: `cyclonedx: ${name} is valid`,
      run: () => assert.deepEqual(cyclonedx(JSON.parse(render(report, "cyclonedx", options))), []),
    };
  }
}

/** Texts of our own are what they are: a time, an address. */
function withOwnTexts(report: Report): Report {
  return {
    ...report,
    startedAt: sampleReport.startedAt,
    checks: report.checks.map((check) => ({ ...check, documentation: { ...check.documentation, references: [] } })),
  };
}
