import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { mediaTypes } from "../document.ts";
import { sha256 } from "../image.fixture.ts";
import { attachmentTag, blobsOf, isStatement, readManifestContent } from "./content.ts";

const config = { mediaType: mediaTypes.ociConfig, digest: sha256(Buffer.from("config")), size: 6 };
const layer = {
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: sha256(Buffer.from("layer")),
  size: 5,
};
const signature = { ...layer, mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" };
const subject = { mediaType: mediaTypes.ociManifest, digest: sha256(Buffer.from("subject")), size: 7 };

function read(document: object | string) {
  const text = typeof document === "string" ? document : JSON.stringify({ schemaVersion: 2, ...document });
  return readManifestContent(Buffer.from(text), "the manifest");
}

function faultOf(document: object | string): string {
  try {
    read(document);
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`;
    throw error;
  }
  assert.fail("read");
}

test("images, artifacts and indexes are told by what is in them", () => {
  const image = read({ mediaType: mediaTypes.ociManifest, config, layers: [layer, layer] });
  assert.equal(image.kind, "image");
  assert.deepEqual(blobsOf(image), [config.digest, layer.digest]);
  const chart = read({ config: { ...config, mediaType: "application/vnd.cncf.helm.config.v1+json" }, layers: [layer] });
  assert.equal(chart.kind, "artifact");
  const index = read({ manifests: [{ ...subject, artifactType: "application/vnd.example" }], subject });
  assert.deepEqual(
    [index.kind, index.children.map(({ artifactType }) => artifactType), index.subject, blobsOf(index)],
    ["index", ["application/vnd.example"], subject.digest, []],
  );
  // As Go writes what is empty.
  assert.deepEqual(read({ manifests: null, mediaType: "" }).children, []);
});

test("a manifest of statements alone is one, whatever its config says; one image layer and it is none", () => {
  assert.equal(isStatement(read({ config, layers: [signature] })), true);
  assert.equal(isStatement(read({ config, layers: [signature, layer] })), false);
  assert.equal(isStatement(read({ config, layers: [] })), false);
  assert.equal(isStatement(read({ manifests: [signature] })), false);
  const bundle = { ...layer, mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" };
  assert.equal(isStatement(read({ config, layers: [bundle], subject })), true);
  assert.equal(
    isStatement(read({ config, layers: [{ ...bundle, mediaType: `${bundle.mediaType}, x/layer.v1.tar` }] })),
    false,
  );
});

test("what readers could take for two documents is refused, and so is what is none", () => {
  assert.match(faultOf({ config, layers: [layer], Layers: [] }), /^oci\.ambiguous/);
  assert.match(faultOf({ config, layers: [layer], manifests: [] }), /^oci\.ambiguous/);
  assert.match(faultOf({ config, manifests: [] }), /^oci\.ambiguous/);
  assert.match(faultOf('{"schemaVersion":2,"layers":[],"layers":[]}'), /^oci\.ambiguous/);
  assert.match(faultOf({ config, layers: [layer], subject: { ...subject, Digest: layer.digest } }), /^oci\.ambiguous/);
  assert.equal(faultOf({ schemaVersion: 1, layers: [] }), "oci.document: its schemaVersion is not 2");
  assert.match(faultOf({ config, layers: {} }), /not a list/);
  assert.match(faultOf({ config, layers: [layer], subject: { digest: "sha256:1" } }), /subject has no digest/);
  assert.match(faultOf({ config, layers: Array(1_001).fill(layer) }), /more than 1000 layers/);
  assert.match(faultOf("[]"), /not a JSON object/);
});

test("bytes that are changed anywhere are read or end as a problem", () => {
  const valid = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer, signature], subject }));
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(valid);
      changed[at] = byte;
      try {
        readManifestContent(changed, "the manifest");
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
  );
});

test("tags that attach something to a digest are told from those that look like it", () => {
  const hex = subject.digest.slice("sha256:".length);
  assert.deepEqual(attachmentTag(`sha256-${hex}`), { subject: subject.digest, holds: "referrers" });
  for (const suffix of ["sig", "att", "sbom"])
    assert.deepEqual(attachmentTag(`sha256-${hex}.${suffix}`), { subject: subject.digest, holds: "statement" });
  for (const other of ["v1", `sha256-${hex.slice(1)}`, `sha256-${hex}.exe`, `sha256-${hex}0`, `x${hex}`, `md5-${hex}`])
    assert.equal(attachmentTag(other), undefined, other);
});
