import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import { fileAsset } from "../core/asset.ts";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { render } from "./rendered.fixture.ts";
import { anyReport } from "./report.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";

const text = { type: "string", minLength: 1 };
const object = (required: object, optional: object = {}) => ({
  type: "object",
  required: Object.keys(required),
  properties: { ...required, ...optional },
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", uniqueItems: true, items });
const properties = { type: "array", items: object({ name: text, value: { type: "string" } }) };

/** What CycloneDX 1.6 (bom-1.6.schema.json) asks of what this format writes; `npm run conformance -- schemas` asks the schema. */
const validate = new Ajv({ allErrors: true, strict: false }).compile(
  object({
    $schema: { const: "http://cyclonedx.org/schema/bom-1.6.schema.json" },
    bomFormat: { const: "CycloneDX" },
    specVersion: { const: "1.6" },
    serialNumber: {
      type: "string",
      pattern: "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    },
    version: { type: "integer", minimum: 1 },
    metadata: object({ timestamp: { type: "string" }, tools: {}, component: {}, properties }),
    components: list(
      object(
        {
          type: { enum: ["application", "container", "platform", "operating-system", "library", "file"] },
          "bom-ref": text,
          name: { type: "string" },
        },
        { version: { type: "string" }, purl: { type: "string" } },
      ),
    ),
    dependencies: list(object({ ref: text, dependsOn: list(text) })),
    vulnerabilities: list(
      object(
        {
          "bom-ref": text,
          id: { type: "string" },
          ratings: list(object({ severity: { enum: ["critical", "high", "medium", "low", "info", "unknown"] } })),
          description: { type: "string" },
          affects: list(object({ ref: text })),
          properties,
        },
        {
          detail: { type: "string" },
          recommendation: { type: "string" },
          advisories: list(object({ url: text })),
        },
      ),
    ),
  }),
);

interface Document {
  readonly serialNumber: string;
  readonly metadata: { readonly properties: readonly { readonly name: string; readonly value: string }[] };
  readonly components: readonly {
    readonly "bom-ref": string;
    readonly type: string;
    readonly name: string;
    readonly purl?: string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly vulnerabilities: readonly {
    readonly id: string;
    readonly ratings: readonly { readonly severity: string }[];
    readonly affects: readonly { readonly ref: string }[];
    readonly recommendation?: string;
  }[];
}

function valid(report: Report): Document {
  const document = JSON.parse(render(report, "cyclonedx", { columns: 100, color: false, all: false })) as Document;
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
  const references = document.components.map((component) => component["bom-ref"]);
  assert.equal(new Set(references).size, references.length);
  const known = new Set([...references, "subject"]);
  for (const { ref, dependsOn } of document.dependencies) assert.ok([ref, ...dependsOn].every((one) => known.has(one)));
  for (const { affects } of document.vulnerabilities) assert.ok(affects.every(({ ref }) => known.has(ref)));
  return document;
}

test("an advisory is there once, with the components that it is in, and each asset with its own", () => {
  const lockfile = { ...npm, asset: fileAsset("package-lock.json"), findings: npm.findings.slice(0, 1), excepted: [] };
  const other = {
    ...npm,
    asset: fileAsset("other.lock"),
    findings: [vulnerability("CVE-2021-44906", "low", ["minimist", "1.0.0", "1.2.6"], ["other.lock", 0])],
    excepted: [],
  };
  const { components, dependencies, vulnerabilities } = valid({ ...sampleReport, evaluations: [npm, lockfile, other] });
  assert.deepEqual(
    components.map(({ type, name, purl }) => [type, name, purl]),
    [
      ["file", "other.lock", undefined],
      ["file", "package-lock.json", undefined],
      ["container", "shop/web:1.4", undefined],
      ["library", "minimist", "pkg:generic/minimist@1.0.0"],
      ["library", "minimist", "pkg:generic/minimist@1.2.5"],
      ["library", "lodash", "pkg:generic/lodash@4.17.15"],
      ["library", "@scope/a-rather-long-package-name", "pkg:generic/@scope/a-rather-long-package-name@10.0.0-rc.1"],
    ],
  );
  assert.deepEqual(
    dependencies.map(({ dependsOn }) => dependsOn.length),
    [3, 1, 1, 3],
  );
  const [first, ...more] = vulnerabilities;
  assert.deepEqual(
    [first?.id, first?.ratings, first?.affects.length],
    ["CVE-2021-44906", [{ severity: "critical" }], 2],
  );
  assert.equal(first?.recommendation, "upgrade minimist to 1.2.6");
  assert.deepEqual(
    more.map(({ id }) => id),
    ["CVE-2020-8203", "GHSA-xx4c-jj58-r7x6"],
  );
});

test("what is no vulnerability of a package, and what is unknown, is said", () => {
  const values = valid(sampleReport).metadata.properties.map(({ name, value }) => `${name}: ${value}`);
  assert.ok(values.includes("bulkhead:left-out: 1 finding about no package"));
  assert.ok(
    values.some((value) =>
      value.startsWith("bulkhead:unknown: shop/web:1.4: image/known-vulnerabilities: no advisories"),
    ),
  );
});

test("two runs of one report are one document, any report keeps to the form", () => {
  assert.equal(valid(sampleReport).serialNumber, valid(sampleReport).serialNumber);
  assert.notEqual(valid(sampleReport).serialNumber, valid({ ...sampleReport, subject: "other" }).serialNumber);
  fc.assert(
    fc.property(anyReport, (report) => {
      valid(report);
    }),
    runs(60),
  );
});
