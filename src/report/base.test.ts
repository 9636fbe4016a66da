import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { type BaseReport, renderBase, renderBaseJson } from "./base.ts";
import { nastyText } from "./hostile.fixture.ts";

const page = { columns: 80, color: false, all: false };

/** Whatever the lines are broken at. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ");
}

const report: BaseReport = {
  subject: "shop/web:1",
  image: "sha256:00",
  base: {
    ...{
      kind: "full",
      name: "debian:13",
      layers: 1,
      by: "chain",
      confidence: "certain",
      why: "it is",
      accepted: false,
    },
    ...{ created: "2026-01-01T00:00:00Z", ageDays: 1 },
  },
  layers: 3,
  shares: {
    base: { packages: 20, vulnerabilities: { critical: 1, unknown: 2 } },
    application: { packages: 1, vulnerabilities: {} },
    removed: { packages: 3 },
  },
  packagesOfBase: Array.from({ length: 20 }, (_, i) => `p${i} 1`),
  onlyInBase: [{ id: "CVE-2026-1", severity: "critical" }],
  switching: [{ to: "slim", packages: 4, vulnerabilities: 1, tools: ["bash"], condition: "where it fits" }],
  notes: ["something was not read"],
};

test("the table names the base, its shares, the estimate and what is unknown", () => {
  const text = renderBase(report, page);
  for (const part of [
    ...["kind              full, not accepted by the policy", "the lowest 1 of 3", "1 day (2026-01-01)"],
    ...[
      "20 packages, 3 known vulnerabilities (1 critical, 2 of unknown severity)",
      "1 package, 0 known vulnerabilities",
    ],
    ...["3 packages: still in the lower layers", "and 8 more", "CVE-2026-1 (critical)", "estimated"],
    ...["4 packages, 1 known vulnerability, among them bash; where it fits", "something was not read"],
  ]) {
    assert.ok(flat(text).includes(flat(part)), `${part} in\n${text}`);
  }
  assert.ok(renderBase(report, { ...page, all: true }).includes("p19 1"));
  assert.ok(text.split("\n").every((line) => line.length <= page.columns));
});

test("a base that is not recognized is said, and what is not there is left out", () => {
  const { base: _, ...unknown } = report;
  const text = renderBase({ ...unknown, switching: [], notes: [] }, page);
  assert.match(text, /base +not recognized/);
  assert.doesNotMatch(text, /SMALLER|note/);
});

const schemaFile = new URL("../../docs/schemas/bulkhead-base-v1.json", import.meta.url);
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));

test("JSON keeps to the published schema", () => {
  const { base: _, ...unknown } = report;
  for (const each of [report, { ...unknown, switching: [], notes: [] }]) {
    const document: unknown = JSON.parse(renderBaseJson(each));
    assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
  }
  const { layers: __, ...broken } = JSON.parse(renderBaseJson(report));
  assert.ok(!validate(broken));
});

test("JSON holds all of it", () => {
  const { schema, estimate, ...rest } = JSON.parse(renderBaseJson(report));
  assert.deepEqual([schema, estimate], ["bulkhead/base/v1", "switching"]);
  assert.deepEqual(rest, report);
});

test("property: text of an image cannot move the cursor", () => {
  fc.assert(
    fc.property(nastyText, (nasty) => {
      const base = { ...(report.base as NonNullable<BaseReport["base"]>), name: nasty, why: nasty };
      const text = renderBase({ ...report, subject: nasty, base, packagesOfBase: [nasty], notes: [nasty] }, page);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the claim
      assert.doesNotMatch(text.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202e]/);
    }),
  );
});
