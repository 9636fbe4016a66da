import assert from "node:assert/strict";
import { test } from "node:test";
import { cycloneDxDocument } from "./cyclonedx/write.ts";
import { exampleSbom } from "./sbom.fixture.ts";
import { spdxDocument } from "./spdx/write.ts";
import { type Checked, checkedCycloneDx, checkedSpdx } from "./structure.ts";

const options = { toolVersion: "1" };
// Lists are made once, and read here again and again.
const cycloneDx = withLists(cycloneDxDocument(exampleSbom, options));
const spdx = withLists(spdxDocument(exampleSbom, options));

function withLists<T extends object>(document: T) {
  const entries = Object.entries(document).map(([name, value]) => [
    name,
    value !== null && typeof value === "object" && Symbol.iterator in value ? [...value] : value,
  ]);
  return Object.fromEntries(entries) as {
    [Name in keyof T]: T[Name] extends Iterable<infer Item> ? (T[Name] extends string ? T[Name] : Item[]) : T[Name];
  };
}

function faultsOf({ document, faults }: Checked<object>): readonly string[] {
  withLists(document);
  return faults;
}

test("what is written is sound", () => {
  assert.deepEqual(faultsOf(checkedCycloneDx(cycloneDx)), []);
  assert.deepEqual(faultsOf(checkedSpdx(spdx)), []);
});

test("CycloneDX: each fault is told", () => {
  const [first, second] = cycloneDx.components;
  assert.ok(first && second);
  const changed = (change: object) => [{ ...second, ...change }];
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ serialNumber: "urn:uuid:1" }, /serialNumber/],
    [{ components: [first, first], dependencies: [] }, /bom-ref .* is not unique/],
    [{ components: changed({ version: "v".repeat(1_025) }), dependencies: [] }, /longer than 1024/],
    [{ components: changed({ purl: "npm" }), dependencies: [] }, /package-url that does not begin with pkg:/],
    [{ components: changed({ hashes: [{ alg: "MD5", content: "x" }] }), dependencies: [] }, /hash that is none/],
    [{ components: changed({ licenses: [{ expression: "MIT" }, {}] }), dependencies: [] }, /expression beside/],
    [{ dependencies: [{ ref: "x", dependsOn: [] }] }, /stand twice or for nothing/],
    [{ dependencies: [{ ref: second["bom-ref"], dependsOn: ["x", "x"] }] }, /depends on something twice/],
    [{ dependencies: [{ ref: second["bom-ref"], dependsOn: ["x"] }] }, /depends on x, which is not there/],
  ];
  for (const [change, fault] of cases) {
    assert.match(faultsOf(checkedCycloneDx({ ...cycloneDx, ...change }))[0] ?? "", fault);
  }
});

test("SPDX: each fault is told", () => {
  const [first] = spdx.packages;
  assert.ok(first);
  const changed = (change: object) => [...spdx.packages, { ...first, SPDXID: "SPDXRef-new", ...change }];
  const related = (change: object) => [...spdx.relationships, { ...spdx.relationships[0], ...change }];
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ documentNamespace: "x" }, /documentNamespace/],
    [{ documentNamespace: "https://example.com/#x" }, /documentNamespace/],
    [{ creationInfo: { created: "2026-11-24", creators: ["x"] } }, /created/],
    [{ creationInfo: { created: "2026-11-24T00:00:00Z", creators: [] } }, /creators/],
    [{ packages: changed({ SPDXID: first.SPDXID }) }, /duplicate/],
    [{ packages: changed({ SPDXID: "SPDXRef-a_b" }) }, /is not an SPDXID/],
    [{ packages: changed({ licenseDeclared: "GPLv2+" }) }, /not a license expression/],
    [{ packages: changed({ licenseDeclared: "LicenseRef-other" }) }, /LicenseRef-other is not defined/],
    [{ packages: changed({ externalRefs: [{ referenceLocator: "x" }] }) }, /package-url/],
    [{ hasExtractedLicensingInfos: [{ licenseId: "x", extractedText: "" }] }, /not an id of a license/],
    [{ relationships: [] }, /describes nothing/],
    [{ relationships: related({ spdxElementId: "SPDXRef-x" }) }, /SPDXRef-x is related/],
    [{ relationships: related({ relatedSpdxElement: "SPDXRef-x" }) }, /SPDXRef-x is not there/],
  ];
  for (const [change, fault] of cases) {
    assert.match(faultsOf(checkedSpdx({ ...spdx, ...change }))[0] ?? "", fault);
  }
});
