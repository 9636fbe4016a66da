import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import type { ReportedFlaw, ScannerReport } from "./model.ts";
import { readReport } from "./read.ts";
import * as samples from "./samples.fixture.ts";
import { bytesOf, every } from "./samples.fixture.ts";

function read(report: unknown): ScannerReport {
  const [first] = readReport(bytesOf(report), "report.json");
  assert.ok(first !== undefined);
  return first;
}

function flawsOf({ targets }: ScannerReport): ReportedFlaw[] {
  return targets.flatMap(({ flaws }) => flaws);
}

/** @throws where it is taken */
function refusal(bytes: Buffer): Problem {
  try {
    readReport(bytes, "report.json");
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("it was taken");
}

for (const [nth, { format, report }] of every.entries()) {
  test(`${format} (${nth}) says of which image, package and flaw it is, how bad, and as of when`, () => {
    const said = read(report);
    assert.equal(said.format, format);
    const [flaw] = flawsOf(said);
    assert.ok(flaw !== undefined);
    assert.equal(flaw.package.name, "minimist");
    assert.equal(flaw.package.version, "1.2.0");
    assert.equal(flaw.severity, "critical");
    assert.ok(flaw.ids.includes("CVE-2021-44906"), flaw.ids.join());
    const subject = said.targets.find(({ flaws }) => flaws.length > 0)?.subject;
    assert.ok(subject?.kind === "image");
    assert.ok(subject.config === samples.config || subject.manifests.some((each) => each === samples.manifest));
    if (format !== "Snyk JSON") assert.equal(said.observedAt?.slice(0, 19), "2026-11-27T08:00:00");
  });
}

test("tools are told with their versions, where they state one", () => {
  const tools = every.map(({ report }) => read(report).tool);
  assert.deepEqual(tools[0], { name: "Trivy", version: "0.58.1" });
  assert.deepEqual(tools[1], { name: "Grype", version: "0.87.0" });
  assert.deepEqual(tools[2], { name: "Snyk" });
  assert.deepEqual(read(samples.cycloneDx()).tool, { name: "Trivy", version: "0.58.1" });
  assert.deepEqual(read(samples.sarif()).tool, { name: "Sast", version: "3.1.0" });
});

test("what a tool set aside is counted by its own word, and is no finding", () => {
  const suppressed = (report: unknown) => Object.assign({}, ...read(report).targets.map((each) => each.suppressed));
  assert.deepEqual(suppressed(samples.trivy()), { exception: 1, "not affected": 1 });
  assert.deepEqual(suppressed(samples.grype()), { ignored: 1 });
  assert.deepEqual(suppressed(samples.snyk({ applications: [] })), { ignored: 1 });
  assert.deepEqual(suppressed(samples.inspector()), { suppressed: 1 });
  assert.deepEqual(suppressed(samples.ecrEnhanced()), { suppressed: 1 });
  assert.deepEqual(suppressed(samples.cycloneDx()), { "not affected": 1 });
  assert.deepEqual(suppressed(samples.sarif()), { "suppressed insource": 1, "absent since the baseline": 1 });
});

test("what is not taken over is counted", () => {
  assert.deepEqual({ ...read(samples.trivy()).unread }, { licenses: 1 });
  assert.deepEqual({ ...read(samples.snyk()).unread }, { licenses: 1 });
  assert.deepEqual({ ...read(samples.sarif()).unread }, { "results that are no findings": 1 });
  assert.deepEqual({ ...read(samples.inspector({ nextToken: "x" })).unread }, { "further pages of findings": 1 });
  const lambda = { findingArn: "a", resources: [{ type: "AWS_LAMBDA_FUNCTION" }] };
  assert.deepEqual({ ...read({ findings: [lambda] }).unread }, { "findings that are about no image": 1 });
  const orphan = samples.cycloneDx({ components: [] });
  assert.deepEqual({ ...read(orphan).unread }, { "vulnerabilities of components that it does not list": 1 });
});

test("severities are the tool's own, and what it does not rate stays unknown", () => {
  const severity = (word: string) => {
    const report = JSON.stringify(samples.trivy()).replace('"CRITICAL"', JSON.stringify(word));
    return flawsOf(read(JSON.parse(report)))[0]?.severity;
  };
  assert.equal(severity("LOW"), "low");
  assert.equal(severity("UNKNOWN"), "unknown");
  assert.equal(severity("SEVERE"), "unknown");
  assert.equal(severity("UNTRIAGED"), "unknown");
  assert.equal(severity("INFORMATIONAL"), "negligible");
});

test("what Trivy calls the packages of many files together is no path", () => {
  const pathOf = (Target: string) => {
    const result = { Target, Class: "lang-pkgs", Vulnerabilities: [{ VulnerabilityID: "CVE-1", PkgName: "a" }] };
    return flawsOf(read(samples.trivy({ Results: [result] })))[0]?.path;
  };
  assert.deepEqual(["Node.js", "Java", "app/Cargo.lock", "go.sum"].map(pathOf), [
    undefined,
    undefined,
    "app/Cargo.lock",
    "go.sum",
  ]);
});

test("what mends a flaw, that nothing does, and that the report does not say are three answers", () => {
  const fixed = (report: unknown) => flawsOf(read(report))[0]?.fixed;
  assert.deepEqual(fixed(samples.trivy()), ["1.2.6", "0.2.4"]);
  assert.deepEqual(fixed(samples.cycloneDx()), ["1.2.6"]);
  assert.deepEqual(fixed(samples.inspector()), ["1.2.6"]);
  const without = (report: object, ...words: string[]) =>
    JSON.parse(
      words.reduce(
        (text, word) => text.replace(new RegExp(`"${word}":("[^"]*"|\\[[^\\]]*\\])`), `"${word}":null`),
        JSON.stringify(report),
      ),
    );
  assert.deepEqual(fixed(without(samples.trivy(), "FixedVersion")), []);
  assert.deepEqual(fixed(samples.grype({ matches: grypeMatch("wont-fix") })), []);
  assert.equal(fixed(samples.grype({ matches: grypeMatch("unknown") })), undefined);
  assert.equal(fixed(samples.ecrBasic()), undefined);
});

function grypeMatch(state: string): object[] {
  const vulnerability = { id: "CVE-1", severity: "High", fix: { versions: [], state } };
  return [{ vulnerability, artifact: { name: "a", version: "1", type: "deb" } }];
}

test("results of SARIF have the rule, the score before the level, and the place in the repository", () => {
  const [target] = read(samples.sarif()).targets;
  assert.deepEqual(
    target?.results.map(({ rule, severity, path, line, column }) => ({ rule, severity, path, line, column })),
    [
      { rule: "sast/injection", severity: "critical", path: "src/db.ts", line: 12, column: 3 },
      { rule: "sast/injection", severity: "critical", path: "src/db.ts", line: 40, column: undefined },
      { rule: "sast/style", severity: "low", path: "src/db.ts", line: 12, column: 3 },
      { rule: "sast/injection", severity: "critical", path: "src/other.ts", line: 12, column: 3 },
    ],
  );
});

test("places that lead out of the repository are shown, and are none of its files", () => {
  const places = [
    "../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "a/../../b",
    "https://example.com/a",
    "%2e%2e/b",
    "a\\b",
    "%",
  ];
  for (const uri of places) {
    const [target] = read(samples.sarif([samples.sarifResult({}, uri)])).targets;
    assert.equal(target?.results[0]?.path, undefined, uri);
    assert.equal(target?.results[0]?.outside, uri);
  }
  const sub = { locations: [{ physicalLocation: { artifactLocation: { uri: "./web/a.ts", uriBaseId: "SUB" } } }] };
  assert.equal(read(samples.sarif([samples.sarifResult(sub)])).targets[0]?.results[0]?.path, "services/web/a.ts");
});

test("results for review are of low confidence, and secrets are told by the tool or the rule's tags", () => {
  const review = read(samples.sarif([samples.sarifResult({ kind: "review", level: "none" })])).targets[0]?.results[0];
  assert.equal(review?.confidence, "low");
  assert.equal(read(samples.sarif(undefined, "gitleaks")).targets[0]?.results[0]?.kind, "secret");
  const trivy = samples.trivy({
    Results: [
      {
        Target: ".env",
        Class: "secret",
        Secrets: [{ RuleID: "r", Severity: "HIGH", Match: "kept out", StartLine: 3 }],
      },
    ],
  });
  const [secret] = read(trivy).targets[0]?.results ?? [];
  assert.equal(secret?.kind, "secret");
  assert.ok(!JSON.stringify(secret).includes("kept out"));
});

test("a report of another version, of a scan that did not end or of no known tool is refused with the place", () => {
  const line = (report: unknown) => refusal(bytesOf(report)).line();
  assert.match(line(samples.trivy({ SchemaVersion: 3 })), /^imports\.unsupported: report\.json: SchemaVersion: /);
  assert.match(line([{ Target: "a", Vulnerabilities: null }]), /before schema version 2/);
  assert.match(line({ ClusterName: "c", Resources: [] }), /report of a cluster/);
  assert.match(line({ ...samples.sarif(), version: "2.0.0" }), /report\.json: version: not 2\.1\.0/);
  assert.match(line(samples.grype({ descriptor: { name: "gripe" } })), /descriptor\.name: not grype/);
  assert.match(line(samples.ecrBasic({ imageScanStatus: { status: "IN_PROGRESS" } })), /the scan is IN_PROGRESS/);
  assert.match(line(samples.cycloneDx({ vulnerabilities: undefined })), /SBOM without vulnerabilities/);
  assert.match(line(samples.cycloneDx({ metadata: {} })), /metadata\.tools: names no tool/);
  assert.match(line({ ok: false, error: "no access", path: "a" }), /the test failed: no access/);
  for (const other of [{}, [], 1, null, "text", { findings: [{}] }, [1, 2]]) {
    assert.match(line(other), /not a report of a known tool/);
  }
});

test("a broken value is told by its place", () => {
  const flaw = (more: object) =>
    samples.trivy({
      Results: [{ Target: "a", Vulnerabilities: [{ VulnerabilityID: "CVE-1", PkgName: "a", ...more }] }],
    });
  const line = (report: unknown) => refusal(bytesOf(report)).line();
  assert.match(line(flaw({ PkgName: 1 })), /Results\[0\]\.Vulnerabilities\[0\]\.PkgName: not a string/);
  assert.match(line(flaw({ VulnerabilityID: "" })), /Vulnerabilities\[0\]\.VulnerabilityID: missing/);
  assert.match(line(samples.trivy({ Results: {} })), /Results: not a list/);
  assert.match(line(samples.trivy({ CreatedAt: "yesterday" })), /CreatedAt: not an RFC 3339 time/);
  assert.match(line(flaw({ PkgName: "a".repeat(5_000_000) })), /5000000 characters exceed the limit/);
});
