/** What GitLab's schemas 15.2.1 ask of each report, and which findings are in which. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import { fileAsset } from "../../core/asset.ts";
import type { CheckDescription } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";
import { runs } from "../../core/runs.fixture.ts";
import type { Format } from "../formats.ts";
import { nastyText, withTexts } from "../hostile.fixture.ts";
import { render } from "../rendered.fixture.ts";
import { anyReport } from "../report.fixture.ts";
import { npm, sampleReport } from "../sample.ts";

const text = { type: "string", minLength: 1 };
const object = (properties: object) => ({ type: "object", required: Object.keys(properties), properties });
const program = object({ id: text, name: text, version: { type: "string" }, vendor: object({ name: text }) });
const dependency = object({ package: object({ name: { type: "string" } }), version: { type: "string" } });
const line = { file: text, start_line: { type: "integer", minimum: 1 } };

const locations = {
  container_scanning: object({ dependency, operating_system: text, image: text }),
  dependency_scanning: object({ file: text, dependency }),
  sast: object(line),
  secret_detection: object({ ...line, commit: object({ sha: text }) }),
};
type Type = keyof typeof locations;

const validators = Object.fromEntries(
  (Object.keys(locations) as Type[]).map((type) => [
    type,
    new Ajv({ allErrors: true, strict: false }).compile(
      object({
        version: { const: "15.2.1" },
        scan: object({
          analyzer: program,
          scanner: program,
          type: { const: type },
          start_time: { type: "string" },
          end_time: { type: "string" },
          status: { enum: ["success", "failure"] },
          messages: { type: "array", items: object({ level: { enum: ["info", "warn", "fatal"] }, value: text }) },
        }),
        vulnerabilities: {
          type: "array",
          items: {
            ...object({ id: text, identifiers: {}, location: locations[type] }),
            properties: {
              id: text,
              name: { type: "string", maxLength: 255 },
              description: { type: "string", maxLength: 1_048_576 },
              severity: { enum: ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
              solution: { type: "string", maxLength: 7_000 },
              identifiers: { type: "array", minItems: 1, items: object({ type: text, name: {}, value: {} }) },
              links: { type: "array", items: object({ url: { type: "string", pattern: "^(https?|ftp)://.+" } }) },
              location: locations[type],
            },
          },
        },
      }),
    ),
  ]),
);

interface Scan {
  readonly scan: { readonly messages: readonly { readonly value: string }[] };
  readonly vulnerabilities: readonly {
    readonly name: string;
    readonly location: Readonly<Record<string, unknown>>;
    readonly identifiers: readonly { readonly value: string }[];
  }[];
}

const formatOf = (type: Type): Format => `gitlab-${type.replace("_", "-")}` as Format;
const options = { columns: 100, color: false, all: false };

function valid(report: Report, type: Type): Scan {
  const document: unknown = JSON.parse(render(report, formatOf(type), options));
  const validate = validators[type];
  assert.ok(validate);
  assert.equal(validate(document), true, JSON.stringify(validate.errors, null, 2));
  return document as Scan;
}

const [vulnerable] = npm.findings;
assert.ok(vulnerable);

const secretCheck: CheckDescription = {
  id: "build/committed-secret",
  title: "Secrets in source files",
  layer: "build",
  category: "secret",
  controls: [3],
  severity: "varies",
  documentation: { what: "", why: "", fix: "", references: [] },
  subject: "sources",
  needs: {},
};

function inFile(check: string, path: string, more: Partial<Finding> = {}): Evaluation {
  const finding: Finding = {
    ...(vulnerable as Finding),
    check,
    title: `of ${check}`,
    locations: [{ kind: "file", path, line: 7 }],
    matches: { ids: [check] },
    evidence: {},
    ...more,
  };
  return { ...npm, check, asset: fileAsset(path), findings: [finding], excepted: [] };
}

const commit = "0123456789abcdef0123456789abcdef01234567";
const mixed: Report = {
  ...sampleReport,
  directory: "services",
  checks: [...sampleReport.checks, secretCheck],
  evaluations: [
    npm,
    inFile("build/known-vulnerabilities", "web/package-lock.json", { matches: vulnerable.matches }),
    inFile("build/runs-as-root", "web/Dockerfile"),
    inFile(secretCheck.id, "web/.env", { evidence: { commit } }),
    inFile(secretCheck.id, "web/key.pem"),
  ],
};

test("each report has the findings of its kind, where they are from the root of the repository", () => {
  const placesOf = (type: Type) =>
    valid(mixed, type).vulnerabilities.map(({ location }) => location.file ?? location.image);
  assert.deepEqual(placesOf("container_scanning"), ["shop/web:1.4", "shop/web:1.4", "shop/web:1.4"]);
  assert.deepEqual(placesOf("dependency_scanning"), ["services/web/package-lock.json"]);
  assert.deepEqual(placesOf("sast"), ["services/web/Dockerfile"]);
  assert.deepEqual(placesOf("secret_detection"), ["services/web/.env", "services/web/key.pem"]);
  const whole = JSON.parse(render(mixed, "gitlab", options)) as Scan;
  assert.equal(whole.vulnerabilities.length, 4, "gitlab has the packages of lockfiles too");
});

test("a secret is of its commit, and a check is the first identifier of what it found", () => {
  const secrets = valid(mixed, "secret_detection").vulnerabilities.map(({ location }) => location);
  assert.deepEqual(secrets[0], { file: "services/web/.env", start_line: 7, commit: { sha: commit } });
  assert.deepEqual(secrets[1]?.commit, { sha: "0000000" });
  const [checked] = valid(mixed, "sast").vulnerabilities;
  assert.equal(checked?.identifiers[0]?.value, "build/runs-as-root");
});

test("what a report cannot hold is counted in it", () => {
  for (const [type, message] of [
    ["container_scanning", "4 findings about no package, which this format cannot express"],
    ["dependency_scanning", "6 findings about no package of a lockfile, which this format cannot express"],
    [
      "sast",
      "6 findings that are vulnerabilities, secrets, or in no file of the repository, which this format cannot express",
    ],
    [
      "secret_detection",
      "5 findings that are no secrets, or in no file of the repository, which this format cannot express",
    ],
  ] as const) {
    assert.ok(
      valid(mixed, type).scan.messages.some(({ value }) => value === message),
      message,
    );
  }
});

test("any report keeps to each schema", () => {
  const types = Object.keys(locations) as Type[];
  fc.assert(
    fc.property(anyReport, (report) => {
      for (const type of types) valid({ ...report, tool: sampleReport.tool }, type);
    }),
    runs(40),
  );
  fc.assert(
    fc.property(nastyText, (nasty) => {
      const report = withTexts(mixed, (clean) => `${nasty}${clean}`) as Report;
      for (const type of types) valid({ ...report, tool: sampleReport.tool }, type);
    }),
    runs(30),
  );
});

const validateQuality = new Ajv({ strict: false }).compile({
  type: "array",
  items: object({
    description: text,
    check_name: { type: "string" },
    fingerprint: text,
    severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
    location: object({
      path: { type: "string", pattern: "^[^/]" },
      lines: object({ begin: { type: "integer", minimum: 1 } }),
    }),
  }),
});

test("Code Quality has what is in files, each with a fingerprint of its own, and says what is not", () => {
  const notes: string[] = [];
  const issues = JSON.parse(
    render({ ...mixed, evaluations: [...mixed.evaluations, ...mixed.evaluations] }, "gitlab-codequality", {
      ...options,
      onNote: (note) => notes.push(note),
    }),
  ) as { fingerprint: string; severity: string; location: object; description: string }[];
  assert.ok(validateQuality(issues), JSON.stringify(validateQuality.errors));
  assert.equal(issues.length, 8);
  assert.equal(new Set(issues.map(({ fingerprint }) => fingerprint)).size, 8);
  assert.deepEqual(issues[0]?.severity, "blocker");
  assert.deepEqual(issues.at(-1)?.location, { path: "services/web/package-lock.json", lines: { begin: 7 } });
  assert.deepEqual(notes, ["gitlab-codequality leaves out 6 findings that are in no file of the repository"]);
  fc.assert(
    fc.property(anyReport, (report) => {
      assert.ok(validateQuality(JSON.parse(render(report, "gitlab-codequality", options))));
    }),
    runs(40),
  );
});
