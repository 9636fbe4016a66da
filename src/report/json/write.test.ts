import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Report } from "../../core/report.ts";
import { renderJson } from "../rendered.fixture.ts";
import { knownAndNew, npm, reviewedChanges, sampleReport } from "../sample.ts";

const schemaFile = new URL("../../../docs/schemas/bulkhead-report-v1.json", import.meta.url);
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));

function valid(report: Report): unknown {
  const document: unknown = JSON.parse(renderJson(report));
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
  return document;
}

const { controls: _, layers: __, ...scan } = sampleReport;

test("a report keeps to the published schema", () => {
  valid(sampleReport);
  valid({
    ...scan,
    policy: { kind: "default" },
    databases: [{ label: "none" }],
    evaluations: [],
    checks: [],
    exitCode: 0,
  });
  valid({ ...scan, policy: { kind: "tree", path: "bulkhead.yaml" } });
  const locations = [
    { kind: "config", field: "config.User" },
    { kind: "file", path: "Dockerfile" },
    { kind: "object", object: "Namespace shop" },
    { kind: "object", object: "Pod shop/web", field: "spec.hostPID", place: { path: "web.yaml", line: 2, column: 3 } },
  ] as const;
  const [finding] = npm.findings;
  assert.ok(finding);
  valid({ ...scan, evaluations: [{ ...npm, findings: [{ ...finding, detail: "d", locations }] }] });
});

test("the schema knows every key that a report has, and refuses what is none", () => {
  const closed = JSON.parse(
    readFileSync(schemaFile, "utf8").replaceAll('"additionalProperties": true', '"additionalProperties": false'),
  );
  const strict = new Ajv2020({ allErrors: true }).compile(closed);
  assert.ok(strict(JSON.parse(renderJson(sampleReport))), JSON.stringify(strict.errors, null, 2));
  const known = { ...sampleReport, ...knownAndNew, ...reviewedChanges };
  assert.ok(strict(JSON.parse(renderJson(known))), JSON.stringify(strict.errors, null, 2));
  assert.ok(!validate({ schema: "bulkhead/report/v2" }));
});

test("all findings are there, whatever a terminal would show", () => {
  const findings = Array.from({ length: 25 }, () => npm.findings[0] as (typeof npm.findings)[number]);
  const document = valid({ ...scan, evaluations: [{ ...npm, findings }] }) as {
    evaluations: { findings: unknown[] }[];
  };
  assert.equal(document.evaluations[0]?.findings.length, 25);
});

test("the order of evaluations and checks in memory does not show", () => {
  const reversed = {
    ...sampleReport,
    evaluations: [...sampleReport.evaluations].toReversed(),
    checks: sampleReport.checks.toReversed(),
  };
  assert.equal(renderJson(reversed), renderJson(sampleReport));
});

test("a value without meaning is left out, and nothing is escaped but as JSON has it", () => {
  const subject = "a\u001b[2J\u202e\u2028b";
  const document = valid({ ...scan, subject });
  assert.ok(typeof document === "object" && document !== null);
  assert.equal("controls" in document, false);
  assert.equal("subject" in document && document.subject, subject);
});
