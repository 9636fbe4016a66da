import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { readSbom } from "./read.ts";
import { exampleSbom, imageSubject, packageOf, sboms } from "./sbom.fixture.ts";
import type { Sbom, SbomFormat } from "./sbom.ts";
import { writeSbom } from "./write.ts";

const options = { toolVersion: "1.2.3" };
const SEE_LICENSE = "LicenseRef-bulkhead-see-LICENSE-700d6e65b296";
const formats: readonly SbomFormat[] = ["cyclonedx", "spdx"];

function written(sbom: Sbom, format: SbomFormat, more: object = {}): Record<string, unknown> {
  return JSON.parse(writeSbom(sbom, format, { ...options, ...more }));
}

function readBack(sbom: Sbom, format: SbomFormat): Sbom {
  const { subject, inventory, gaps } = readSbom(Buffer.from(writeSbom(sbom, format, options)), "x.json");
  return { subject, inventory, gaps } as Sbom;
}

for (const format of formats) {
  describe(format, () => {
    test("what was written is read back, every field of it", () => {
      assert.deepEqual(readBack(exampleSbom, format), exampleSbom);
    });

    test("whatever is in it", () => {
      fc.assert(
        fc.property(sboms, (sbom) => assert.deepEqual(readBack(sbom, format), sbom)),
        runs(150),
      );
    });

    test("nothing in it is nothing read back", () => {
      const empty: Sbom = { subject: imageSubject, inventory: { packages: [] }, gaps: [] };
      assert.deepEqual(readBack(empty, format), empty);
    });

    test("the same input gives the same bytes, another input another id", () => {
      const again = writeSbom(structuredClone(exampleSbom), format, options);
      assert.equal(again, writeSbom(exampleSbom, format, options));
      const other = { ...exampleSbom, gaps: [{ code: "x", reason: "y" }] };
      const ids = [exampleSbom, other].map((sbom) => {
        const { serialNumber, documentNamespace } = written(sbom, format);
        return serialNumber ?? documentNamespace;
      });
      assert.notEqual(ids[0], ids[1]);
    });

    test("a document that is not whole says so in the format's own place, and gives its reasons", () => {
      const gaps = [
        { code: "contents.unread", reason: "/var/lib/dpkg/status: it ends in the middle", concerns: "deb" },
      ];
      assert.deepEqual(readBack({ ...exampleSbom, gaps }, format).gaps, gaps);
    });
  });
}

test("CycloneDX: each fact stands where the format has a place for it", () => {
  const { metadata, components, dependencies, serialNumber, compositions } = written(exampleSbom, "cyclonedx");
  assert.match(String(serialNumber), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const rootRef = `image:sha256:${"a".repeat(64)}`;
  assert.deepEqual(compositions, [{ aggregate: "unknown", assemblies: [rootRef] }]);
  assert.equal((metadata as { timestamp?: string }).timestamp, undefined);
  const [os, , mkdirp, minimist] = components as Record<string, unknown>[];
  assert.deepEqual(os, {
    ...{ type: "operating-system", "bom-ref": "distribution:alpine", name: "alpine", version: "3.10.2" },
    ...{ description: "Alpine Linux v3.10", supplier: { name: "Alpine Linux" } },
    properties: [
      { name: "aquasecurity:trivy:Class", value: "os-pkgs" },
      { name: "aquasecurity:trivy:Type", value: "alpine" },
    ],
  });
  assert.deepEqual(mkdirp, {
    ...{ type: "library", "bom-ref": "pkg:npm/%40scope/mkdirp@0.5.1", name: "@scope/mkdirp" },
    ...{ version: "0.5.1", scope: "excluded", hashes: [{ alg: "SHA-512", content: "ab".repeat(64) }] },
    licenses: [{ expression: `MIT OR ${SEE_LICENSE}` }],
    purl: "pkg:npm/%40scope/mkdirp@0.5.1",
    evidence: { occurrences: [{ location: "/app/package-lock.json" }] },
    properties: [
      { name: "bulkhead:layer:index", value: "1" },
      { name: "bulkhead:layer:diffId", value: `sha256:${"2".repeat(64)}` },
      { name: "bulkhead:direct", value: "true" },
      { name: "bulkhead:reference", value: "node_modules/@scope/mkdirp" },
      { name: "bulkhead:license", value: "MIT" },
      { name: "bulkhead:license", value: "see LICENSE" },
      { name: "bulkhead:hash", value: "h1:as Go writes it=" },
      { name: "bulkhead:unknown", value: "producer" },
      { name: "aquasecurity:trivy:PkgID", value: "@scope/mkdirp@0.5.1" },
      { name: "aquasecurity:trivy:PkgType", value: "npm" },
      { name: "aquasecurity:trivy:FilePath", value: "app/package-lock.json" },
      { name: "aquasecurity:trivy:LayerDiffID", value: `sha256:${"2".repeat(64)}` },
    ],
  });
  assert.deepEqual(minimist?.licenses, [{ expression: "(MIT OR Apache-2.0)" }]);
  const minimistRef = "pkg:npm/minimist@0.0.8 at /app/package-lock.json";
  const busyboxRef = "pkg:apk/alpine/busybox@1.30.1-r2?arch=x86_64&distro=alpine-3.10.2";
  assert.deepEqual(dependencies, [
    {
      ref: rootRef,
      dependsOn: [
        ...["distribution:alpine", "pkg:npm/%40scope/mkdirp@0.5.1"],
        "pkg:npm/minimist@0.0.8 at /app/node_modules/minimist/package.json",
      ],
    },
    { ref: "distribution:alpine", dependsOn: [busyboxRef] },
    { ref: busyboxRef, dependsOn: [] },
    { ref: "pkg:npm/%40scope/mkdirp@0.5.1", dependsOn: [minimistRef] },
    { ref: minimistRef, dependsOn: [] },
  ]);
});

test("SPDX: each fact stands where the format has a place for it", () => {
  const document = written(exampleSbom, "spdx");
  const [root, os, busybox, mkdirp] = document.packages as Record<string, unknown>[];
  assert.equal(root?.primaryPackagePurpose, "CONTAINER");
  assert.equal(os?.primaryPackagePurpose, "OPERATING_SYSTEM");
  assert.equal(busybox?.supplier, "Organization: Alpine Linux");
  assert.equal(busybox?.originator, "Person: Natanael Copa (ncopa@example.com)");
  assert.equal(busybox?.licenseDeclared, "GPL-2.0-only");
  // Several of one npm package are a choice.
  assert.equal(mkdirp?.licenseDeclared, `MIT OR ${SEE_LICENSE}`);
  assert.deepEqual(mkdirp?.checksums, [{ algorithm: "SHA512", checksumValue: "ab".repeat(64) }]);
  const [info] = document.hasExtractedLicensingInfos as Record<string, unknown>[];
  assert.equal(info?.extractedText, "see LICENSE");
  const id = String(mkdirp?.SPDXID);
  const relations = (document.relationships as Record<string, string>[]).map(
    (relationship) =>
      `${relationship.spdxElementId} ${relationship.relationshipType} ${relationship.relatedSpdxElement}`,
  );
  assert.equal(relations[0], "SPDXRef-DOCUMENT DESCRIBES SPDXRef-Root");
  assert.ok(relations.includes(`SPDXRef-Root CONTAINS ${id}`));
  assert.ok(relations.includes(`${id} DEV_DEPENDENCY_OF SPDXRef-Root`));
  assert.equal(
    relations.filter((relation) => relation.startsWith(`${id} DEPENDS_ON SPDXRef-Package-npm-minimist-`)).length,
    1,
  );
  assert.equal(relations.filter((relation) => relation.endsWith(" DEPENDS_ON NONE")).length, 2);
  assert.match(String(document.documentNamespace), /^https:\/\/spdx.org\/spdxdocs\/bulkhead-sha256-a{64}-/);
});

test("dates: the image's, unless one is asked for; where there is none, SPDX has the epoch and both say so", () => {
  const created = new Date("2026-11-24T12:34:56.789Z");
  const spdxDate = (more: object) =>
    (written(exampleSbom, "spdx", more).creationInfo as Record<string, unknown>).created;
  assert.equal(spdxDate({}), "1970-01-01T00:00:00Z");
  assert.equal(spdxDate({ imageCreated: "2019-08-20T20:19:55.211423266Z" }), "2019-08-20T20:19:55Z");
  assert.equal(spdxDate({ imageCreated: "yesterday" }), "1970-01-01T00:00:00Z");
  assert.equal(spdxDate({ imageCreated: "+012345-01-01T00:00:00Z" }), "1970-01-01T00:00:00Z");
  assert.equal(spdxDate({ imageCreated: "2019-08-20T20:19:55Z", created }), "2026-11-24T12:34:56Z");
  const timestamp = (more: object) =>
    (written(exampleSbom, "cyclonedx", more).metadata as Record<string, unknown>).timestamp;
  assert.equal(timestamp({ created }), "2026-11-24T12:34:56Z");
  assert.equal(timestamp({ imageCreated: "2019-08-20T20:19:55.211423266Z" }), "2019-08-20T20:19:55Z");
  assert.equal(timestamp({}), undefined);
});

test("two packages alike in all but their layers keep their own references", () => {
  const twin = packageOf({ type: "npm", name: "a", version: "1", path: "p" });
  const sbom: Sbom = {
    ...exampleSbom,
    inventory: { packages: [{ ...twin, layer: 0, removedIn: 1 }, { ...twin, layer: 1 }, twin] },
  };
  for (const format of formats) assert.deepEqual(readBack(sbom, format), sbom);
});
