import assert from "node:assert/strict";
import { test } from "node:test";
import { knownAndNew, sampleReport } from "../sample.ts";
import { summaryText } from "./three-lines.ts";

const files = [
  { format: "sarif", file: "a.sarif" },
  { format: "json", file: "b\u001b[2J.json" },
];

test("three lines: the verdict, the counts, the files", () => {
  assert.equal(
    summaryText(sampleReport, files),
    `✗ fail: findings at or above the threshold (exit code 1); controls: 1 fail, 1 unknown, 1 pass
6 findings: 1 critical, 4 high, 1 unknown; 2 at or above the threshold; 1 excepted; 1 evaluation unknown
written: sarif a.sarif, json b\\u001b[2J.json
`,
  );
  assert.match(summaryText({ ...sampleReport, ...knownAndNew }, files), /; 1 excepted; 1 in the baseline\n/);
  const { controls: _, ...clean } = { ...sampleReport, evaluations: [], exitCode: 3 as const };
  assert.match(
    summaryText(clean, files),
    /^\? unknown: incomplete: nothing to scan was found \(exit code 3\)\nno findings\n/,
  );
});
