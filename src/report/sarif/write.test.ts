import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../../core/report.ts";
import { renderSarif } from "../rendered.fixture.ts";
import { npm, sampleReport } from "../sample.ts";

/** What the tests look at of a log; SARIF 2.1.0 has more. */
interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
      readonly invocations: readonly { readonly executionSuccessful: boolean; readonly exitCode: number }[];
      readonly results: readonly Result[];
    },
  ];
}

interface Rule {
  readonly id: string;
  readonly help?: { readonly text: string; readonly markdown: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn?: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints?: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
  readonly properties: Readonly<Record<string, unknown>>;
}

function runOf(report: Report) {
  const log = JSON.parse(renderSarif(report)) as Log;
  assert.equal(log.version, "2.1.0");
  return log.runs[0];
}

const run = runOf(sampleReport);

test("every result points to its rule, and each rule is there once", () => {
  const { rules } = run.tool.driver;
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  assert.ok(run.results.length > 0);
  for (const { ruleId, ruleIndex } of run.results) assert.equal(rules[ruleIndex]?.id, ruleId);
});

test("every result has a message, a place with a line, and a level that its kind allows", () => {
  for (const { kind, level, message, locations } of run.results) {
    assert.ok(message.text.length > 0);
    assert.ok(locations.length > 0);
    for (const { physicalLocation } of locations) {
      assert.ok(physicalLocation.region.startLine >= 1);
      assert.doesNotMatch(physicalLocation.artifactLocation.uri, /^\/|^$|[\s:?#\\]/);
    }
    assert.equal(level === "none", kind !== "fail");
  }
});

test("a finding in a file is at its line and column", () => {
  const [result] = run.results.filter(({ ruleId }) => ruleId === "policy/expired-exception");
  assert.deepEqual(result?.locations, [
    {
      physicalLocation: {
        artifactLocation: { uri: "bulkhead.yaml", uriBaseId: "%SRCROOT%" },
        region: { startLine: 15, startColumn: 5 },
      },
    },
  ]);
  assert.equal(result?.level, "error");
  assert.match(result?.message.text ?? "", /^The exception for CVE-2020-7598 expired on 2025-05-31\. Fix: /);
});

test("a finding in an image is at its path, and says the image, the layer and what made it", () => {
  const [result] = run.results.filter(({ message }) => message.text.startsWith("CVE-2021-44906"));
  assert.equal(
    result?.message.text,
    "CVE-2021-44906 in minimist 1.2.5: minimist can be made to run what it should not. " +
      "In /app/node_modules/minimist/package.json of shop/web:1.4, layer 3/3, RUN npm ci --omit=dev. " +
      "Fix: upgrade minimist to 1.2.6",
  );
  const [location] = result?.locations ?? [];
  assert.equal(location?.physicalLocation.artifactLocation.uri, "app/node_modules/minimist/package.json");
  assert.deepEqual(
    location?.logicalLocations?.map(({ fullyQualifiedName }) => fullyQualifiedName),
    [`sha256:${"a".repeat(64)}`, "shop/web:1.4!/app/node_modules/minimist/package.json"],
  );
  assert.equal(result?.partialFingerprints?.["bulkhead/v1"], npm.findings[0]?.fingerprint);
  assert.equal(result?.properties["security-severity"], "9.0");
});

test("what is unknown is open, never a pass or a fail", () => {
  const open = run.results.filter(({ kind }) => kind === "open");
  assert.deepEqual(
    open.map(({ message }) => message.text),
    [
      "Unknown for shop/web:1.4, Debian:13: no advisories for Debian:13. no advisories for Debian:13 (bulkhead db import them)",
    ],
  );
  assert.equal(open[0]?.partialFingerprints, undefined);
});

test("what an exception covers is suppressed, with who answers for it", () => {
  const suppressed = run.results.filter(({ suppressions }) => suppressions !== undefined);
  assert.equal(suppressed.length, 1);
  assert.match(suppressed[0]?.message.text ?? "", /^CVE-2019-10744/);
  assert.equal(suppressed[0]?.suppressions?.[0]?.kind, "external");
  assert.equal(
    suppressed[0]?.suppressions?.[0]?.justification,
    "only used at build time (shop team, until 2025-12-31)",
  );
});

test("a rule is documented, and one whose severity varies takes the worst that was found", () => {
  const rule = (id: string) => run.tool.driver.rules.find((one) => one.id === id);
  const image = rule("image/known-vulnerabilities");
  const policy = rule("policy/expired-exception");
  assert.equal(image?.id, "image/known-vulnerabilities");
  assert.match(image?.help?.markdown ?? "", /## How to fix\n\nUpgrade the package\./);
  const varies = sampleReport.checks.map((check) => ({ ...check, severity: "varies" as const }));
  const [rated] = runOf({ ...sampleReport, checks: varies }).tool.driver.rules.filter(({ id }) => id === policy?.id);
  assert.equal(rated?.properties?.["security-severity"], "7.0");
  assert.equal(policy?.properties?.["security-severity"], "7.0");
});

test("the exit code is told; only an error of usage or input is no successful run", () => {
  for (const [exitCode, executionSuccessful] of [
    [0, true],
    [1, true],
    [2, false],
    [3, true],
  ] as const) {
    const [invocation] = runOf({ ...sampleReport, exitCode }).invocations;
    assert.deepEqual([invocation?.exitCode, invocation?.executionSuccessful], [exitCode, executionSuccessful]);
  }
});

test("a check that nobody described is a rule all the same, and any path is a URI", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const hostile = { ...finding, locations: [{ kind: "file", path: "/a b/c:d?e#f\ud800/%2e" }] as const };
  const own = { ...hostile, matches: { ids: ["image/known-vulnerabilities"] } };
  const { results, tool } = runOf({
    ...sampleReport,
    checks: [],
    evaluations: [{ ...npm, findings: [own], excepted: [] }],
  });
  const id = "image/known-vulnerabilities";
  assert.deepEqual(tool.driver.rules, [{ id, shortDescription: { text: id } }]);
  assert.equal(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri, "a%20b/c%3Ad%3Fe%23f%EF%BF%BD/%252e");
});

test("a change of files is a fix that can be applied, of each file its replacements", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const edit = (path: string, start: number, end: number, replacement: string) => ({ path, start, end, replacement });
  const edits = [edit("a b/Dockerfile", 5, 9, "USER 1"), edit("c", 0, 0, "x"), edit("a b/Dockerfile", 20, 20, "y")];
  const [first, ...more] = edits;
  assert.ok(first);
  const fix = { kind: "edit", text: "run as a user", grade: "likely", reason: "why", edits: [first, ...more] } as const;
  const log = JSON.parse(renderSarif({ ...sampleReport, evaluations: [{ ...npm, findings: [{ ...finding, fix }] }] }));
  const replacement = (charOffset: number, charLength: number, text: string) => ({
    deletedRegion: { charOffset, charLength },
    insertedContent: { text },
  });
  assert.deepEqual(log.runs[0].results[0].fixes, [
    {
      description: { text: "run as a user (likely: why)" },
      artifactChanges: [
        {
          artifactLocation: { uri: "a%20b/Dockerfile", uriBaseId: "%SRCROOT%" },
          replacements: [replacement(5, 4, "USER 1"), replacement(20, 0, "y")],
        },
        { artifactLocation: { uri: "c", uriBaseId: "%SRCROOT%" }, replacements: [replacement(0, 0, "x")] },
      ],
    },
  ]);
  assert.equal(log.runs[0].columnKind, "utf16CodeUnits");
});

test("a field of a cluster's object is a logical location, and no field of an image", () => {
  const [finding] = npm.findings;
  assert.ok(finding);
  const asset = {
    kind: "workload",
    id: "prod/Pod/shop/web",
    lineage: "prod/Pod/shop/web",
    name: "shop/Pod/web",
  } as const;
  const located = {
    ...finding,
    locations: [{ kind: "object", object: "Pod shop/web", field: "spec.hostPID" }] as const,
  };
  const log = JSON.parse(renderSarif({ ...sampleReport, evaluations: [{ ...npm, asset, findings: [located] }] }));
  const [location] = log.runs[0].results[0].locations;
  assert.deepEqual(location.logicalLocations, [
    { name: "shop/Pod/web", fullyQualifiedName: "prod/Pod/shop/web", kind: "module" },
    { name: "Pod shop/web", fullyQualifiedName: "prod/Pod/shop/web!Pod shop/web", kind: "resource" },
    { name: "spec.hostPID", fullyQualifiedName: "prod/Pod/shop/web!Pod shop/web!spec.hostPID", kind: "property" },
  ]);
});
