/** What attackers write, in the reports of what was detected. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { detection } from "../../src/checks/runtime/detection.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { EvaluationList } from "../../src/core/evaluations.ts";
import type { Report } from "../../src/core/report.ts";
import { AT, madeAlert } from "../../src/engines/events/detect/alert.fixture.ts";
import { evaluateDetections } from "../../src/evaluate/runtime/detections.ts";
import { nastyText } from "../../src/report/hostile.fixture.ts";
import { rendererOf } from "../../src/report/render.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** As if everything that an attacker chooses had this in it. */
function reportWith(more: string): Report {
  const alert = madeAlert({
    severity: "critical",
    output: `Shell ${more}`,
    subject: `sh ${more}`,
    fields: { "proc.cmdline": `sh ${more}`, "fd.name": `/tmp/${more}` },
    about: { host: `node${more}`, container: { id: `c${more}`, name: `api${more}`, image: `shop/${more}` } },
    process: { pid: 1, name: `sh${more}`, path: `/tmp/${more}`, commandLine: `sh ${more}`, ancestors: [`node${more}`] },
    kubernetesUsers: [{ name: `alice${more}`, request: "pods/exec", auditId: "1", time: AT }],
  });
  const now = new Date("2026-03-02T00:00:00Z");
  const read = { events: 1, evaluated: 1, lost: [{ reason: `full ${more}`, count: 1 }], evicted: {} };
  const stream = { alerts: [alert], read, seen: [], gaps: [] };
  const { evaluations } = evaluateDetections([stream], { policy: defaultPolicy, now });
  return {
    tool: { name: "bulkhead", version: "0.0.0" },
    subject: "capture.scap",
    startedAt: now.toISOString(),
    policy: { kind: "default" },
    databases: [],
    evaluations: new EvaluationList(evaluations),
    relations: [],
    notes: [],
    checks: [detection],
    exitCode: 1,
  };
}

const options = { columns: 100, color: false, all: true };

test("in every report what an attacker's process is called is text", async () => {
  const table = await rendererOf("table");
  const plain = await rendererOf("plain");
  const html = await rendererOf("html");
  const json = await rendererOf("json");
  const tags = (text: string) => (text.match(/<[/!a-z][^>]*>/gi) ?? []).map((tag) => tag.split(/[\s>]/, 1)[0]);
  const all = (pieces: Iterable<string>) => [...pieces].join("");
  const expected = tags(all(html(reportWith(""), options)));
  fc.assert(
    fc.property(nastyText, (more) => {
      const report = reportWith(more);
      for (const form of [table, plain]) {
        const text = all(form(report, options));
        assert.doesNotMatch(text, STEERS);
        assert.doesNotMatch(text, /^\s*(?:::|##\[|%0A)/m);
      }
      assert.deepEqual(tags(all(html(report, options))), expected);
      JSON.parse(all(json(report, options)));
    }),
    { numRuns: 40 },
  );
});
