import assert from "node:assert/strict";
import { test } from "node:test";
import { formats } from "./formats.ts";
import { renderedPieces } from "./rendered.fixture.ts";
import { npm, sampleReport } from "./sample.ts";

const options = { columns: 100, color: false, all: true };

/** Longer than any text of the report. GitHub takes no comment of more than 65,000 characters, which are one piece. */
const LONGEST = 70_000;

test("no format makes one text of a report: no piece of it grows with the evaluations or with their findings", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const findings = Array.from({ length: 2_000 }, () => finding);
  const gaps = Array.from({ length: 100 }, (_, index) => ({ code: "some.gap", reason: `part ${index} is missing` }));
  const excepted = Array.from({ length: 500 }, () => npm.excepted[0]).filter((one) => one !== undefined);
  const report = {
    ...sampleReport,
    notes: Array.from({ length: 2_000 }, (_, index) => `note ${index}, which has something to say`),
    evaluations: [
      { ...npm, findings, excepted, gaps, verdict: "unknown" as const },
      ...Array.from({ length: 2_000 }, (_, index) => ({
        ...npm,
        asset: { ...npm.asset, name: `web-${index}` },
        verdict: "pass" as const,
        findings: [],
        excepted: [],
      })),
    ],
    controls: [],
    relations: [],
  };
  for (const format of formats) {
    let [longest, total] = [0, 0];
    for (const piece of renderedPieces(report, format, options)) {
      longest = Math.max(longest, piece.length);
      total += piece.length;
    }
    assert.ok(longest <= LONGEST, `${format}: a piece of ${longest} of ${total} characters`);
  }
});

test("every format takes an evaluation of more findings than a call takes arguments", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const findings = Array.from({ length: 150_000 }, () => finding);
  const report = { ...sampleReport, evaluations: [{ ...npm, findings }] };
  for (const format of formats) {
    const pieces = Iterator.from(renderedPieces(report, format, { ...options, all: false }))
      .take(500)
      .toArray();
    assert.ok(pieces.length > 0, format);
  }
});
