import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kindOf } from "./about.ts";

const digest = `sha256:${"a".repeat(64)}`;
const IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const COSIGN = "application/vnd.dev.cosign.simplesigning.v1+json";
const DSSE = "application/vnd.dsse.envelope.v1+json";

interface Made {
  readonly config: string;
  readonly layers: readonly string[];
  readonly subject?: string;
}

function kind({ config, layers, subject }: Made) {
  const blob = (mediaType: string) => ({ mediaType, digest, size: 1 });
  const document = {
    schemaVersion: 2,
    config: blob(config),
    layers: layers.map(blob),
    ...(subject === undefined ? {} : { subject: { ...blob("text/plain"), digest: subject } }),
  };
  return kindOf(Buffer.from(JSON.stringify(document)), "here");
}

test("signatures and what says what it is about are about an image, whatever holds its subject", () => {
  assert.deepEqual(kind({ config: IMAGE_CONFIG, layers: [COSIGN, COSIGN] }), { kind: "about" });
  assert.deepEqual(kind({ config: IMAGE_CONFIG, layers: [DSSE], subject: digest }), { kind: "about", subject: digest });
  const empty = "application/vnd.oci.empty.v1+json";
  assert.deepEqual(kind({ config: empty, layers: ["text/plain"], subject: digest }), {
    kind: "about",
    subject: digest,
  });
});

test("everything else is an image: what runs, what is about nothing, what nobody can read", () => {
  const empty = "application/vnd.oci.empty.v1+json";
  for (const made of [
    { config: IMAGE_CONFIG, layers: [LAYER], subject: digest },
    { config: IMAGE_CONFIG, layers: [COSIGN, LAYER], subject: digest },
    { config: IMAGE_CONFIG, layers: [], subject: digest },
    { config: IMAGE_CONFIG, layers: [LAYER] },
    {
      config: "application/vnd.cncf.helm.config.v1+json",
      layers: ["application/vnd.cncf.helm.chart.content.v1.tar+gzip"],
    },
    { config: empty, layers: ["text/plain"], subject: "nonsense" },
    { config: empty, layers: ["text/plain"] },
    { config: empty, layers: ["text/plain", LAYER], subject: digest },
  ]) {
    assert.deepEqual(kind(made), { kind: "image" }, JSON.stringify(made));
  }
  for (const bytes of ["", "{", "[]", '{"manifests": [], "layers": []}', '{"manifests": []}']) {
    assert.deepEqual(kindOf(Buffer.from(bytes), "here"), { kind: "image" }, bytes);
  }
});

test("nothing with an image's configuration or layer is anything but an image, unless all of it is signatures", () => {
  const type = fc.constantFrom(IMAGE_CONFIG, LAYER, COSIGN, DSSE, "application/octet-stream", "text/plain", "");
  const made = fc.record(
    { config: type, layers: fc.array(type, { maxLength: 3 }), subject: fc.constant(digest) },
    { requiredKeys: ["config", "layers"] },
  );
  fc.assert(
    fc.property(made, (one) => {
      const isSignature = one.layers.length > 0 && one.layers.every((layer) => layer === COSIGN || layer === DSSE);
      if ((one.config === IMAGE_CONFIG || one.layers.includes(LAYER)) && !isSignature)
        assert.equal(kind(one).kind, "image");
    }),
  );
});
