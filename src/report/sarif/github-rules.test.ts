/** What GitHub's documentation asks of a log ("SARIF support for code scanning"), and what it takes at most. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText, withTexts } from "../hostile.fixture.ts";
import { anyReport } from "../report.fixture.ts";
import { knownAndNew, npm, sampleReport, vulnerability } from "../sample.ts";
import { renderSarif } from "./write.ts";

interface Place {
  readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
  readonly region: { readonly startLine: number; readonly startColumn?: number };
}

interface Rule {
  readonly id: string;
  readonly name?: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription?: { readonly text: string };
  readonly help?: { readonly text: string; readonly markdown: string };
  readonly helpUri?: string;
  readonly defaultConfiguration?: { readonly level: string };
  readonly properties?: { readonly tags: readonly string[]; readonly "security-severity"?: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: Place }[];
  readonly partialFingerprints?: Readonly<Record<string, string>>;
  readonly properties: { readonly severity?: string };
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
  readonly invocations: readonly {
    readonly toolExecutionNotifications: readonly {
      readonly level: string;
      readonly message: { readonly text: string };
    }[];
  }[];
  readonly results: readonly Result[];
}

function logOf(report: Report): { readonly text: string; readonly run: Run; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const text = [...renderSarif(report, (note) => notes.push(note))].join("");
  const { runs } = JSON.parse(text) as { runs: Run[] };
  assert.equal(runs.length, 1);
  return { text, run: runs[0] as Run, notes };
}

/** Throws where GitHub would refuse it, or show something else. */
function holds({ tool, results }: Run): void {
  const { rules } = tool.driver;
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const rule of rules) {
    // Ids of checks are ours, and short.
    assert.ok(!rule.id.startsWith("CVE-") || (rule.id.length <= 255 && (rule.name ?? "").length <= 255));
    assert.ok(rule.shortDescription.text.length <= 1_024);
    assert.ok((rule.fullDescription?.text ?? "").length <= 1_024);
    assert.match(rule.defaultConfiguration?.level ?? "none", /^(?:none|note|warning|error)$/);
    assert.match(rule.helpUri ?? "https://a", /^https?:\/\/[!-~]+$/);
    const { tags = [], "security-severity": score = "0.0" } = rule.properties ?? {};
    assert.ok(tags.length <= 10 && new Set(tags).size === tags.length);
    assert.ok(Number(score) >= 0 && Number(score) <= 10);
  }
  for (const { ruleId, ruleIndex, message, level, kind, locations, partialFingerprints } of results) {
    assert.equal(rules[ruleIndex]?.id, ruleId);
    assert.ok(message.text.length > 0 && message.text.length <= 4_000);
    assert.match(level, kind === "fail" ? /^(?:note|warning|error)$/ : /^none$/);
    assert.ok(locations.length > 0 && locations.length <= 100);
    for (const { physicalLocation } of locations) {
      assert.doesNotMatch(physicalLocation.artifactLocation.uri, /^\/|^$|[\s:?#\\]/);
      assert.ok(physicalLocation.region.startLine >= 1 && (physicalLocation.region.startColumn ?? 1) >= 1);
    }
    if (kind === "fail") assert.match(partialFingerprints?.primaryLocationLineHash ?? "", /^[0-9a-f]{32}:1$/);
  }
}

test("any report is a log that GitHub takes", () => {
  holds(logOf(sampleReport).run);
  holds(logOf({ ...sampleReport, ...knownAndNew }).run);
  const long = vulnerability(`CVE-${"1".repeat(400)}`, "low", ["a", "1"], ["a", 0]);
  holds(logOf({ ...sampleReport, evaluations: [{ ...npm, findings: [long] }] }).run);
  fc.assert(
    fc.property(anyReport, (report) => holds(logOf(report).run)),
    runs(300),
  );
});

test("each advisory is a rule with its own severity, help and page, and all its findings are of it", () => {
  const findings = [
    vulnerability("CVE-2024-0001", "critical", ["a", "1", "2"], ["srv/a", 1]),
    vulnerability("CVE-2024-0001", "high", ["b", "1", "2"], ["srv/b", 1]),
    vulnerability("GHSA-aaaa-bbbb-cccc", "low", ["c", "1"], ["srv/c", 1]),
  ].map(({ references: _, ...finding }): Finding => finding);
  const { run } = logOf({ ...sampleReport, evaluations: [{ ...npm, findings, excepted: [] }] });
  const rule = (id: string) => run.tool.driver.rules.find((one) => one.id === id);
  assert.deepEqual(
    run.results.map(({ ruleId }) => ruleId),
    ["CVE-2024-0001", "CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"],
  );
  assert.equal(rule("CVE-2024-0001")?.properties?.["security-severity"], "9.0");
  assert.equal(rule("CVE-2024-0001")?.defaultConfiguration?.level, "error");
  assert.equal(rule("CVE-2024-0001")?.helpUri, "https://nvd.nist.gov/vuln/detail/CVE-2024-0001");
  assert.match(rule("CVE-2024-0001")?.help?.text ?? "", /\n\nFix: upgrade a to 2$/);
  assert.equal(rule("GHSA-aaaa-bbbb-cccc")?.properties?.["security-severity"], "0.1");
  assert.equal(rule("GHSA-aaaa-bbbb-cccc")?.helpUri, "https://github.com/advisories/GHSA-aaaa-bbbb-cccc");
  assert.ok(rule("image/known-vulnerabilities"));
});

test("paths of files start from the root of the repository, those of an image do not", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const asset = fileAsset("web/Dockerfile");
  const located = { ...finding, locations: [{ kind: "file", path: "web/Dockerfile", line: 3 }] as const };
  const evaluations = [npm, { ...npm, asset, findings: [located], excepted: [] }];
  for (const [directory, uri] of [
    ["services/a b", "services/a%20b/web/Dockerfile"],
    ["", "web/Dockerfile"],
  ] as const) {
    const places = logOf({ ...sampleReport, directory, evaluations }).run.results.map(
      ({ locations }) => locations[0]?.physicalLocation.artifactLocation,
    );
    assert.ok(places.some((place) => place?.uri === uri && place.uriBaseId === "%SRCROOT%"));
    assert.ok(places.some((place) => place?.uri === "app/node_modules/minimist/package.json" && !place.uriBaseId));
  }
});

test("text of an input is no link, mention, reference, image or markup of a message", () => {
  const active = /\]\(|!\[|@\w|#\d|<[a-z/!]|:\/\/|\bGH-\d|\bwww\./i;
  fc.assert(
    fc.property(nastyText, (nasty) => {
      const report = withTexts(sampleReport, (clean) => `${clean}${nasty}`) as Report;
      for (const { message } of logOf(report).run.results) assert.doesNotMatch(message.text, active);
    }),
    runs(50),
  );
});

const many = (count: number, made: (index: number) => Finding): Evaluation => ({
  ...npm,
  findings: Array.from({ length: count }, (_, index) => made(index)),
  excepted: [],
});

test("of more results than GitHub takes the worst are kept, and what is left out is said", () => {
  const evaluation = many(25_010, (index) =>
    vulnerability(`CVE-2024-${index % 50}`, index % 1_000 === 999 ? "critical" : "low", ["p", "1", "2"], ["p", 0]),
  );
  const { run, notes, text } = logOf({ ...sampleReport, evaluations: [...sampleReport.evaluations, evaluation] });
  assert.equal(run.results.length, 25_000);
  assert.equal(run.results.filter(({ properties }) => properties.severity === "critical").length, 25 + 1);
  assert.ok(run.results.some(({ kind }) => kind === "open"));
  const left = /^SARIF contains only the worst results: 18 more results left out/;
  assert.match(notes.join("\n"), left);
  const [warning] = run.invocations[0]?.toolExecutionNotifications ?? [];
  assert.equal(warning?.level, "warning");
  assert.match(warning?.message.text ?? "", left);
  assert.ok(gzipSync(text).length < 10_000_000);
});

test("as many advisories as results leave no room for rules of checks, and each result has its rule", () => {
  const evaluation = many(25_000, (index) => vulnerability(`CVE-2024-${index}`, "low", ["p", "1"], ["p", 0]));
  const { run } = logOf({ ...sampleReport, evaluations: [evaluation] });
  holds(run);
  assert.equal(run.tool.driver.rules.length, 25_000);
});

test("that GitHub shows five thousand of them is said", () => {
  const evaluation = many(5_001, () => vulnerability("CVE-2024-1", "low", ["p", "1"], ["p", 0]));
  const { run, notes } = logOf({ ...sampleReport, evaluations: [evaluation] });
  assert.equal(run.results.length, 5_001);
  assert.deepEqual(notes, ["SARIF contains 5001 results: GitHub shows the worst 5000 of them"]);
  assert.deepEqual(logOf(sampleReport).notes, []);
});

test("texts that cannot be compressed leave results out until the log fits", () => {
  const random = Array.from({ length: 100 }, () => randomBytes(1_400).toString("base64url"));
  const evaluation = many(9_000, (index) => ({
    ...vulnerability("CVE-2024-1", index === 0 ? "critical" : "low", ["p", "1"], ["p", 0]),
    title: `${index} ${random[index % 100]}`,
    evidence: {},
    matches: { ids: ["CVE-2024-1"], package: "p", purl: randomBytes(1_000).toString("base64url") },
  }));
  const { run, notes, text } = logOf({ ...sampleReport, evaluations: [evaluation] });
  assert.ok(run.results.length > 3_000 && run.results.length < 9_000, String(run.results.length));
  assert.match(notes.join("\n"), /more results left out/);
  assert.ok(gzipSync(text).length < 10_000_000);
});

test("of more locations than are shown the first are kept", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const places = Array.from({ length: 1_500 }, (_, index) => ({ kind: "file", path: `f${index}` }) as const);
  const [first, ...more] = places;
  assert.ok(first);
  const { run } = logOf({
    ...sampleReport,
    evaluations: [{ ...npm, findings: [{ ...finding, locations: [first, ...more] }] }],
  });
  holds(run);
  assert.equal(run.results[0]?.locations.length, 100);
});
