import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import type { ScannerReport } from "./model.ts";
import { readReport } from "./read.ts";
import * as samples from "./samples.fixture.ts";
import { bytesOf, every } from "./samples.fixture.ts";

function problemOf(bytes: Buffer): Problem | undefined {
  try {
    readReport(bytes, "hostile.json");
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
}

test("deep nesting, too many values and 100 MB are refused before they are parsed", () => {
  const deep = Buffer.from(`{"SchemaVersion":2,"Results":${"[".repeat(1_000_000)}`);
  assert.match(problemOf(deep)?.line() ?? "", /^imports\.invalid: hostile\.json: its values are nested deeper than 64/);
  const many = Buffer.from(`{"SchemaVersion":2,"Results":[${"{},".repeat(bounds.reportValues)}{}]}`);
  assert.match(problemOf(many)?.line() ?? "", /more than 2000000 values/);
  assert.match(problemOf(Buffer.alloc(100 * 1024 * 1024, 0x20))?.line() ?? "", /104857600 bytes exceed the limit/);
});

test("a report that readers may read in two ways is refused", () => {
  const twice = Buffer.from(`{"SchemaVersion":2,"ArtifactName":"a","Results":[],"Results":[{"Target":"b"}]}`);
  assert.match(problemOf(twice)?.line() ?? "", /the key "Results" twice in one object/);
  const long = Buffer.from(`{"SchemaVersion":2,"${"k".repeat(1_000_000)}":1,"${"k".repeat(1_000_000)}":2}`);
  assert.ok((problemOf(long)?.line().length ?? 0) < 1_000);
  assert.match(problemOf(Buffer.from([0x7b, 0xff, 0x7d]))?.line() ?? "", /not UTF-8/);
});

test("more findings than the limit are refused", () => {
  const item = { VulnerabilityID: "CVE-1", PkgName: "a" };
  const report = samples.trivy({
    Results: [{ Target: "a", Vulnerabilities: Array(bounds.reportItems + 1).fill(item) }],
  });
  assert.match(problemOf(bytesOf(report))?.line() ?? "", /names more than 200000 findings and parts/);
});

test("very long lists are read, in every form that has lists within lists", () => {
  const many = 150_000;
  const inspected = (samples.inspector() as { findings: { packageVulnerabilityDetails: object }[] }).findings[0];
  assert.ok(inspected !== undefined);
  const issue = { affectedPackage: "a" };
  const occurrence = {
    kind: "VULNERABILITY",
    noteName: "n/CVE-1",
    vulnerability: { packageIssue: Array(many).fill(issue) },
  };
  const seldom = { kind: "VULNERABILITY", noteName: "n/CVE-1", vulnerability: {} };
  const details = { vulnerabilityId: "CVE-1", vulnerablePackages: Array(many).fill({ name: "a", version: "1" }) };
  const reports: Readonly<Record<string, object>> = {
    snyk: samples.snyk({
      vulnerabilities: [],
      applications: Array(many).fill({ packageManager: "npm", vulnerabilities: [] }),
    }),
    google: samples.googleDescription({
      package_vulnerability_summary: { vulnerabilities: { LOW: [occurrence] } },
    }),
    "google, by severity": samples.googleDescription({
      package_vulnerability_summary: { vulnerabilities: { LOW: Array(many).fill(seldom) } },
    }),
    amazon: { findings: [{ ...inspected, packageVulnerabilityDetails: details }] },
    cyclonedx: samples.cycloneDx({
      components: [{ "bom-ref": "pkg-1", type: "library", name: "a", version: "1" }],
      vulnerabilities: [{ id: "CVE-1", affects: Array(many).fill({ ref: "pkg-1" }) }],
    }),
  };
  for (const [name, report] of Object.entries(reports)) {
    const [read] = readReport(bytesOf(report), `${name}.json`);
    const { length } = read?.targets ?? [];
    const flaws = read?.targets.reduce((count, target) => count + target.flaws.length, 0);
    if (name === "snyk") assert.equal(length, many + 1);
    else if (name !== "google, by severity") assert.equal(flaws, many, name);
  }
});

test("texts are one line without escapes, and of a bounded length", () => {
  const title = `\u001b[2J\u202e::error::\n${"x".repeat(1_000_000)}`;
  const report = samples.trivy({
    Results: [{ Target: "a", Vulnerabilities: [{ VulnerabilityID: "CVE-1", PkgName: "a", Title: title }] }],
  });
  const [flaw] = readReport(bytesOf(report), "hostile.json")[0]?.targets[0]?.flaws ?? [];
  assert.ok(flaw !== undefined && flaw.title.length <= 400);
  assert.ok(!["\u001b", "\u202e", "\n"].some((sign) => flaw.title.includes(sign)));
});

test("names of prototypes are counted as any other", () => {
  const report = samples.trivy({
    Results: [{ Target: "a", ExperimentalModifiedFindings: [{ Status: "__proto__" }, { Status: "constructor" }] }],
  });
  const suppressed = readReport(bytesOf(report), "hostile.json")[0]?.targets[0]?.suppressed ?? {};
  assert.deepEqual(Object.entries(suppressed), [
    ["proto", 1],
    ["constructor", 1],
  ]);
  const named = samples.cycloneDx({ metadata: { tools: [{ name: "constructor" }] } });
  assert.deepEqual(readReport(bytesOf(named), "hostile.json")[0]?.tool, { name: "constructor" });
});

/** What stands at one place of a valid report is something else. */
function mutated(value: unknown, way: readonly number[], put: unknown): unknown {
  const [step, ...rest] = way;
  if (step === undefined || typeof value !== "object" || value === null) return put;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return put;
  const inner = mutated((value as Record<string, unknown>)[key], rest, put);
  return Array.isArray(value)
    ? value.map((each, index) => (String(index) === key ? inner : each))
    : { ...value, [key]: inner };
}

test("whatever stands in the place of a value, it is read, or refused with one Problem", () => {
  const seeds = [...every.map(({ report }) => report), samples.sarif()];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }),
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constantFrom("__proto__", -1, 1e308, "pkg:", "sha256:1", "../..", "\u0000"),
      ),
      (seed, way, put) => {
        const bytes = bytesOf(mutated(seed, way, put));
        let reports: ScannerReport[] = [];
        try {
          reports = readReport(bytes, "hostile.json");
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
        }
        for (const { targets } of reports) {
          for (const { results, flaws } of targets) {
            for (const { path } of [...results, ...flaws]) {
              assert.ok(path === undefined || (!path.startsWith("/") && !path.split("/").includes("..")), path);
            }
          }
        }
      },
    ),
    runs(3_000),
  );
});

test("whatever bytes are cut off or changed, it is read, or refused with one Problem", () => {
  fc.assert(
    fc.property(fc.constantFrom(...every), fc.nat(), fc.nat(255), fc.boolean(), ({ report }, at, byte, cut) => {
      const bytes = bytesOf(report);
      const place = at % bytes.length;
      bytes[place] = byte;
      problemOf(cut ? bytes.subarray(0, place) : bytes);
    }),
    runs(2_000),
  );
});
