/** CISA's minimum elements of 2025, each with its place in both formats, and where one is not known how that is said. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { exampleSbom, imageSubject, packageOf, sboms } from "./sbom.fixture.ts";
import type { Sbom, SbomFormat, SbomWriteOptions } from "./sbom.ts";
import { writeSbom } from "./write.ts";

const debian = { id: "debian", versionId: "12", idLike: [], cpeName: "cpe:/o:debian:debian_linux:12" };

function deb(name: string, more: object = {}) {
  const record = {
    type: "deb",
    name,
    version: "1:3.0.11-1",
    path: "var/lib/dpkg/status",
    architecture: "amd64",
  } as const;
  return packageOf({ ...record, source: { name, version: record.version }, ...more }, debian);
}

const whole: Sbom = {
  subject: imageSubject,
  gaps: [],
  inventory: {
    distribution: debian,
    packages: [
      deb("libssl3", {
        ...{ source: { name: "openssl", version: "1:3.0.11-1" }, needs: "libc6", licenses: ["Apache-2.0"] },
        ...{ supplier: "Debian OpenSSL Team <team@lists.example.org>", hashes: { sha256: "ab".repeat(32) } },
      }),
      deb("libc6", { supplier: "Ada Example <ada@example.org>" }),
      packageOf({ type: "golang", name: "example.com/tool", version: "", path: "usr/bin/tool" }),
    ],
  },
};

const options: SbomWriteOptions = {
  toolVersion: "1.2.3",
  imageCreated: "2026-01-02T03:04:05Z",
  author: "Organization: Example (sbom@example.com)",
};

// biome-ignore lint/suspicious/noExplicitAny: documents as their readers see them
type Document = any;

function written(sbom: Sbom, format: SbomFormat, more: Partial<SbomWriteOptions> = {}): Document {
  return JSON.parse(writeSbom(sbom, format, { ...options, ...more }));
}

const cdx = written(whole, "cyclonedx");
const spdx = written(whole, "spdx");
const [, ssl, libc, tool] = cdx.components;
const [, , spdxSsl, spdxLibc, spdxTool] = spdx.packages;

const ELEMENTS: Readonly<
  Record<string, readonly [inCycloneDx: unknown, inSpdx: unknown, expected: readonly [unknown, unknown]]>
> = {
  "SBOM author": [
    [cdx.metadata.authors, cdx.metadata.manufacturer.name],
    spdx.creationInfo.creators[1],
    [[[{ name: "Example", email: "sbom@example.com" }], "Example"], "Organization: Example (sbom@example.com)"],
  ],
  "software producer": [
    [ssl.supplier.name, libc.supplier.name, libc.authors],
    [spdxSsl.supplier, spdxLibc.supplier, spdxLibc.originator],
    [
      ["Debian", "Debian", [{ name: "Ada Example", email: "ada@example.org" }]],
      ["Organization: Debian", "Organization: Debian", "Person: Ada Example (ada@example.org)"],
    ],
  ],
  "component name": [ssl.name, spdxSsl.name, ["libssl3", "libssl3"]],
  "component version": [ssl.version, spdxSsl.versionInfo, ["1:3.0.11-1", "1:3.0.11-1"]],
  "software identifiers": [
    [ssl.purl, ssl.cpe],
    spdxSsl.externalRefs.map((one: Document) => one.referenceType),
    [
      [
        "pkg:deb/debian/libssl3@1:3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl",
        "cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*",
      ],
      ["purl", "cpe23Type"],
    ],
  ],
  "component hash": [
    ssl.hashes,
    spdxSsl.checksums,
    [[{ alg: "SHA-256", content: "ab".repeat(32) }], [{ algorithm: "SHA256", checksumValue: "ab".repeat(32) }]],
  ],
  license: [ssl.licenses, spdxSsl.licenseDeclared, [[{ expression: "Apache-2.0" }], "Apache-2.0"]],
  "dependency relationship": [
    cdx.dependencies.find(({ ref }: Document) => ref === ssl["bom-ref"]).dependsOn,
    spdx.relationships.some(
      (one: Document) =>
        one.spdxElementId === spdxSsl.SPDXID &&
        one.relationshipType === "DEPENDS_ON" &&
        one.relatedSpdxElement === spdxLibc.SPDXID,
    ),
    [[libc["bom-ref"]], true],
  ],
  "tool name and version": [
    cdx.metadata.tools.components.map(({ name, version }: Document) => `${name}-${version}`),
    spdx.creationInfo.creators[0],
    [["bulkhead-1.2.3"], "Tool: bulkhead-1.2.3"],
  ],
  timestamp: [cdx.metadata.timestamp, spdx.creationInfo.created, ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"]],
  "generation context": [
    cdx.metadata.lifecycles,
    /Generation context: [^.]*/.exec(spdx.creationInfo.comment)?.[0],
    [[{ phase: "post-build" }], "Generation context: after build: layers of the image were analysed"],
  ],
  coverage: [
    cdx.metadata.properties.find(({ name }: Document) => name === "bulkhead:coverage").value,
    /Coverage: ([^.]*)/.exec(spdx.creationInfo.comment)?.[1],
    [
      "3 components; dependencies known of 2; parts not read: 0",
      "3 components; dependencies known of 2; parts not read: 0",
    ],
  ],
};

describe("the minimum elements", () => {
  for (const [element, [inCycloneDx, inSpdx, expected]] of Object.entries(ELEMENTS)) {
    test(element, () => assert.deepEqual([inCycloneDx, inSpdx], expected));
  }

  test("what nobody stated is said to be unknown", () => {
    const unknownIn = (component: Document) =>
      component.properties.find(({ name }: Document) => name === "bulkhead:unknown")?.value;
    assert.equal(unknownIn(ssl), undefined);
    assert.equal(unknownIn(libc), "hash license");
    assert.equal(unknownIn(tool), "producer version hash license dependencies");
    assert.equal(spdxTool.supplier, "NOASSERTION");
    assert.equal(spdxTool.licenseDeclared, "NOASSERTION");
    const bare = { author: undefined, imageCreated: undefined } as unknown as Partial<SbomWriteOptions>;
    const { properties } = written(whole, "cyclonedx", bare).metadata;
    const unknown = properties.filter(({ name }: Document) => name === "bulkhead:unknown");
    assert.deepEqual(
      unknown.map(({ value }: Document) => value),
      ["author", "timestamp"],
    );
    assert.match(
      written(whole, "spdx", bare).creationInfo.comment,
      /Author of the data: not stated.*Timestamp: not known/,
    );
  });

  test("the distribution has its CPE", () => {
    assert.equal(cdx.components[0].cpe, "cpe:/o:debian:debian_linux:12");
    assert.equal(spdx.packages[1].externalRefs[0].referenceType, "cpe22Type");
  });
});

test("every component is reached from the root, whatever is in it", () => {
  const unreached = (sbom: Sbom) => {
    const { components, dependencies, metadata } = written(sbom, "cyclonedx");
    const needs = new Map<string, string[]>(dependencies.map((one: Document) => [one.ref, one.dependsOn]));
    const reached = new Set<string>();
    const pending = [metadata.component["bom-ref"]];
    for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      pending.push(...(needs.get(ref) ?? []));
    }
    return components.map((one: Document) => one["bom-ref"]).filter((ref: string) => !reached.has(ref));
  };
  assert.deepEqual(unreached(exampleSbom), []);
  fc.assert(
    fc.property(sboms, (sbom) => assert.deepEqual(unreached(sbom), [])),
    runs(100),
  );
});
