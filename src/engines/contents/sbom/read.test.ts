import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { bounds } from "./bounds.ts";
import { cycloneDx, gapsOf, read, shown, spdx } from "./documents.fixture.ts";
import { looksLikeSbom } from "./first-bytes.ts";
import { readSbom } from "./read.ts";
import { exampleSbom } from "./sbom.fixture.ts";
import { writeSbom } from "./write.ts";

test("Syft's own JSON, of old and new schemas", () => {
  const artifact = {
    ...{
      id: "1",
      name: "libacl1",
      version: "2.2.53-6",
      type: "deb",
      purl: "pkg:deb/ubuntu/libacl1@2.2.53-6?arch=amd64",
    },
    locations: [{ path: "/usr/share/doc/libacl1/copyright" }, { path: "/var/lib/dpkg/status" }],
    metadata: { source: "acl", sourceVersion: "", architecture: "amd64", maintainer: "M" },
  };
  const document = (licenses: readonly unknown[], distro: object) =>
    read({
      artifacts: [{ ...artifact, licenses }],
      distro,
      schema: { version: "1.0.1" },
      source: { type: "image", target: { userInput: "ubuntu:20.04" } },
    });
  for (const each of [
    document(["GPL-2+"], { name: "ubuntu", version: "20.04", idLike: "debian" }),
    document([{ value: "GPL-2+", spdxExpression: "" }], { id: "ubuntu", versionID: "20.04.6", idLike: ["debian"] }),
  ]) {
    assert.deepEqual(each.inventory.distribution, { id: "ubuntu", versionId: "20.04", idLike: ["debian"] });
    assert.deepEqual(shown(each), ["deb libacl1 2.2.53-6 acl@2.2.53-6 var/lib/dpkg/status"]);
    assert.deepEqual(each.inventory.packages[0]?.licenses, ["GPL-2+"]);
    assert.deepEqual(each.subject, { kind: "other", name: "ubuntu:20.04" });
  }
});

test("one of ours whose fields contradict its package-url is not believed", () => {
  const text = writeSbom(exampleSbom, "cyclonedx", { toolVersion: "1" });
  const document = read(text.replace('"version": "0.5.1"', '"version": "9.9.9"'));
  assert.deepEqual(gapsOf(document), ["sbom.contradiction npm"]);
});

test("what is no bill of materials is refused by its place", () => {
  const refused: readonly (readonly [string, string])[] = [
    ["", "sbom.format"],
    ["bogus", "sbom.format"],
    ["{}", "sbom.format"],
    ["[]", "sbom.format"],
    ["<html></html>", "sbom.format"],
    ["<bom", "sbom.xml"],
    ['{"a": ', "sbom.json"],
    ['{"bomFormat":"CycloneDX","specVersion":"2.0"}', "sbom.version"],
    ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "sbom.version"],
    [`{"a":${"[".repeat(bounds.sbomJsonDepth)}`, "sbom.too-large"],
  ];
  for (const [text, code] of refused) {
    assert.throws(
      () => read(text, "x.json"),
      (error) =>
        error instanceof Problem && error.kind === "input" && error.code === code && error.place.startsWith("x.json"),
      text.slice(0, 40),
    );
  }
});

test("a bill of materials is told by its first bytes from what else may lie at a path", () => {
  const whole = writeSbom(exampleSbom, "spdx", { toolVersion: "1" });
  for (const text of [
    whole,
    '\ufeff {\n"a"',
    '<?xml version="1.0"?>',
    '<bom xmlns="x">',
    "# x\nSPDXVersion: SPDX-2.3",
  ]) {
    assert.equal(looksLikeSbom(Buffer.from(text).subarray(0, 64)), true, text.slice(0, 20));
  }
  for (const text of ["", "oci-layout\0\0", "\x1f\x8b\b", "{ }", "SPDX"])
    assert.equal(looksLikeSbom(Buffer.from(text)), false);
});

test("whatever bytes there are, they are read or refused", () => {
  const seeds = [
    ...(["cyclonedx", "spdx"] as const).map((format) => writeSbom(exampleSbom, format, { toolVersion: "1" })),
    JSON.stringify({ artifacts: [{ name: "a", purl: "pkg:npm/a@1", licenses: ["MIT"] }], source: {} }),
    "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:cargo/a@1\nRelationship: a b c\n",
    '<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component><purl>pkg:npm/a@1</purl></component></components></bom>',
  ].map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.constantFrom(...seeds).chain(mutatedBytes), (bytes) => {
      try {
        assert.ok(Array.isArray(readSbom(bytes, "x").inventory.packages));
      } catch (error) {
        assert.ok(error instanceof Problem && error.kind === "input", String(error));
      }
    }),
    runs(400),
  );
});

test("whatever JSON stands in a document, it is read", () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const component = fc.dictionary(
    fc.constantFrom(
      "name",
      "purl",
      "type",
      "properties",
      "licenses",
      "components",
      "externalRefs",
      "SPDXID",
      "annotations",
    ),
    json,
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(component, json)), json, (list, other) => {
      for (const document of [
        cycloneDx(list, { metadata: other, dependencies: other, compositions: other }),
        { ...spdx(list), relationships: other, files: other, documentDescribes: other },
        { artifacts: list, source: other, schema: {}, distro: other, artifactRelationships: other },
      ]) {
        assert.ok(Array.isArray(read(document).gaps));
      }
    }),
    runs(150),
  );
});
