import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { draftReport, reportOf } from "../../guards/admission/reports/report.ts";
import { readAdmissionReport } from "./report-log.ts";
import { reportForms } from "./report-names.ts";

const digest = `sha256:${"a".repeat(64)}`;
const outcome = {
  ...{ check: "registry/unsigned-image", verdict: "fail", action: "audit", image: "r.example.com/api:1" },
  ...{ message: "not signed", evaluation: { findings: [{ severity: "high" }] } },
};

/** As the guard writes it. */
function written(...outcomes: readonly object[]): readonly object[] {
  const request = { kind: { group: "", version: "v1", kind: "Pod" }, namespace: "shop" };
  const decision = { request, outcomes, policy: digest } as never;
  const reported = { namespace: "shop", name: "api", uid: "01234567-89ab" };
  const draft = draftReport(reported, decision, new Date("2026-11-27T10:00:00Z"));
  return reportForms.map((form) => reportOf(form, draft));
}

test("what the guard reports is read, in both forms", () => {
  const common = { kind: "Pod", namespace: "shop", name: "api", time: "2026-11-27T10:00:00.000Z", policy: digest };
  for (const object of written()) assert.deepEqual(readAdmissionReport(object), { ...common, results: [], leftOut: 0 });
  for (const object of written(outcome, { ...outcome, verdict: "unknown", action: "warn" })) {
    const { evaluation: _, ...result } = outcome;
    const results = [result, { ...result, verdict: "unknown", action: "warn" }];
    assert.deepEqual(readAdmissionReport(object), { ...common, results, leftOut: 0 });
  }
  const many = written(...Array.from({ length: 2_000 }, () => outcome));
  for (const object of many) {
    const read = readAdmissionReport(object);
    assert.equal((read?.results.length ?? 0) + (read?.leftOut ?? 0), 2_000);
  }
});

test("reports of others are none of the guard's, and a result that cannot be read is counted", () => {
  const [report] = written(outcome) as [{ metadata: object; results: object[] }];
  const { metadata, results } = report;
  assert.equal(readAdmissionReport({ ...report, metadata: { ...metadata, name: "polr-1" } }), undefined);
  assert.equal(readAdmissionReport({ ...report, metadata: { ...metadata, labels: {} } }), undefined);
  assert.equal(
    readAdmissionReport({ ...report, results: [...results, { result: "maybe", rule: "x" }, 7] })?.leftOut,
    2,
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("metadata", "scope", "results"), fc.jsonValue()),
      fc.jsonValue(),
      (some, one) => {
        assert.doesNotThrow(() => readAdmissionReport({ ...report, ...some }));
        assert.doesNotThrow(() => readAdmissionReport({ ...report, results: [one, ...results] }));
      },
    ),
  );
});
