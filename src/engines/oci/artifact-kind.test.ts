import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type FixtureImage, fixtureImage, json, refusal, sha256, tarOf, writeLayout } from "./image.fixture.ts";
import { openImage } from "./open.ts";
import { listen } from "./registry/loopback.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-artifacts-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";

/** As cosign, notation, ORAS and helm store theirs: one layer of a media type, and a config that says it or nothing. */
function artifact(layer: string, config = OCI_CONFIG, more: object = {}): FixtureImage {
  const bytes = json({ critical: {} });
  const digest = sha256(bytes);
  const layers = [{ mediaType: layer, digest, size: bytes.length }];
  const made = fixtureImage([{ tar: tarOf([]) }]);
  const size = made.blobs.get(made.config)?.length ?? 0;
  return fixtureImage([], {
    config: { rootfs: { type: "layers", diff_ids: [digest] } },
    manifest: { layers, config: { mediaType: config, digest: made.config, size }, ...more },
  });
}

async function openLayoutOf(image: FixtureImage) {
  folders += 1;
  const folder = join(root, String(folders));
  writeLayout(folder, { it: image });
  return await refusal(openImage(`oci:${folder}`));
}

const cases: [what: RegExp, image: FixtureImage][] = [
  [/^a signature of cosign, not a container image$/, artifact("application/vnd.dev.cosign.simplesigning.v1+json")],
  [/^an attestation, /, artifact("application/vnd.dsse.envelope.v1+json")],
  [/^an attestation, /, artifact("application/vnd.in-toto+json", EMPTY)],
  [
    /^a Sigstore bundle \(signature or attestation\), /,
    artifact("application/vnd.dev.sigstore.bundle.v0.3+json", EMPTY),
  ],
  [/^a signature of Notary Project, /, artifact("application/jose+json", "application/vnd.cncf.notary.signature")],
  [/^an SBOM, /, artifact("application/vnd.cyclonedx+json", EMPTY)],
  [/^an SBOM, /, artifact("text/spdx+json")],
  [/^a VEX document, /, artifact("application/vnd.openvex+json", EMPTY)],
  [
    /^a Helm chart, /,
    artifact("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/vnd.cncf.helm.config.v1+json"),
  ],
  [
    /^an artifact of application\/vnd\.example\.thing, not a container image$/,
    artifact("text/plain", "application/vnd.example.thing"),
  ],
  [
    /^an artifact of application\/vnd\.example\.other, /,
    artifact("text/plain", EMPTY, { artifactType: "application/vnd.example.other" }),
  ],
];

test("what is not an image is named for what it is", async () => {
  for (const [what, image] of cases) {
    const problem = await openLayoutOf(image);
    assert.equal(problem.code, "oci.not-an-image");
    assert.match(problem.message, what);
  }
});

test("the tag of a signature leads to the image that it is of", async (t) => {
  const digest = `sha256:${"a".repeat(64)}`;
  const signature = artifact("application/vnd.dev.cosign.simplesigning.v1+json");
  const manifest = signature.blobs.get(signature.manifest) as Buffer;
  const index = json({ schemaVersion: 2, manifests: [] });
  const registry = await listen(t, ({ url = "" }, response) => {
    if (!url.includes("/manifests/")) return void response.writeHead(200).end();
    const isList = !url.endsWith(".sig");
    const type = `application/vnd.oci.image.${isList ? "index" : "manifest"}.v1+json`;
    response.writeHead(200, { "content-type": type }).end(isList ? index : manifest);
  });
  const open = async (tag: string) =>
    await refusal(openImage(`${registry.host}/shop/web:${tag}`, { registry: { environment: { HOME: root } } }));
  const signed = await open(`${digest.replace(":", "-")}.sig`);
  assert.match(signed.line(), /^oci\.not-an-image: .*a signature of cosign, not a container image/);
  assert.equal(signed.remedy, `scan what it is about: ${registry.host}/shop/web@${digest}`);
  const list = await open(digest.replace(":", "-"));
  assert.match(list.line(), /^oci\.not-an-image: .*the list of referrers of an image, not a container image/);
  assert.equal(list.remedy, signed.remedy);
});
