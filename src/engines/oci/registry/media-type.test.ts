import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { manifestMediaType } from "./media-type.ts";

const index = "application/vnd.oci.image.index.v1+json";
const manifest = "application/vnd.oci.image.manifest.v1+json";
const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

function read(contentType: string | undefined, document: unknown): string {
  return manifestMediaType(contentType, Buffer.from(JSON.stringify(document)), "here");
}

function codeOf(contentType: string | undefined, document: unknown): string {
  try {
    read(contentType, document);
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.code;
  }
  assert.fail("it was accepted");
}

describe("manifestMediaType", () => {
  it("takes the header's, whatever its case and parameters", () => {
    assert.equal(read(`${dockerManifest.toUpperCase()}; charset=utf-8`, { schemaVersion: 2 }), dockerManifest);
  });

  it("takes the document's, or its shape's, where the header says nothing", () => {
    assert.equal(read("application/json", { mediaType: dockerManifest }), dockerManifest);
    assert.equal(read(undefined, { manifests: [] }), index);
    assert.equal(read("text/plain", { layers: [], config: {} }), manifest);
  });

  it("refuses what two readers could take for two things", () => {
    assert.equal(codeOf(manifest, { mediaType: index, manifests: [] }), "registry.media-type");
    assert.equal(codeOf(undefined, { manifests: [], layers: [] }), "registry.media-type");
    assert.equal(codeOf(undefined, {}), "registry.media-type");
    assert.equal(codeOf("text/html", { layers: [] }), "registry.media-type");
  });

  it("refuses docker's schema 1 by its own name", () => {
    assert.equal(
      codeOf("application/vnd.docker.distribution.manifest.v1+prettyjws", { schemaVersion: 1 }),
      "registry.schema-1",
    );
    assert.equal(codeOf("application/json", { schemaVersion: 1, fsLayers: [] }), "registry.schema-1");
  });

  for (const text of ["", "[]", "null", "{", '"a"']) {
    it(`refuses ${text === "" ? "nothing" : text}`, () => {
      assert.throws(
        () => manifestMediaType(manifest, Buffer.from(text), "here"),
        (error) => error instanceof Problem && error.code === "registry.answer",
      );
    });
  }
});
