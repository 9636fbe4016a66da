/** Whatever bytes a registry gives for manifests and lists: nothing throws, and nothing is left out in silence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Digest } from "../../core/digest.ts";
import { runs } from "../../core/runs.fixture.ts";
import { gatherReferrers } from "../oci/referrers/list.ts";
import { INDEX, MANIFEST } from "../oci/referrers/registry.fixture.ts";
import type { FoundReferrers, Repository } from "../oci/referrers/repository.ts";
import { findSignatures } from "./find.ts";
import { annotations, mediaTypes } from "./forms.ts";

const subject = `sha256:${"a".repeat(64)}` as Digest;
const layerDigest = (i: number) => `sha256:${String(i).padStart(64, "0")}` as Digest;

const layers = [mediaTypes.simpleSigning, mediaTypes.simpleSigning, mediaTypes.dsse].map((mediaType, i) => ({
  mediaType,
  digest: layerDigest(i),
  size: 7,
  annotations: { [annotations.signature]: "MEUCIQ==" },
}));
const config = { mediaType: mediaTypes.empty, digest: layerDigest(9), size: 2 };
const about = { mediaType: MANIFEST, digest: subject, size: 5 };
const tagged = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers });
const referrer = JSON.stringify({ schemaVersion: 2, artifactType: mediaTypes.bundle, config, layers, subject: about });
const list = JSON.stringify({
  schemaVersion: 2,
  mediaType: INDEX,
  manifests: layers.map((each) => ({ ...each, mediaType: MANIFEST })),
});

/** Of one manifest under cosign's tag, and of referrers whose list and manifests are given. */
function repositoryOf(bytes: Buffer, listed: Buffer, artifact: Buffer): Repository {
  return {
    place: "registry.example/shop/web",
    tagged: async (tag) => (tag.endsWith(".sig") ? { mediaType: MANIFEST, digest: layerDigest(1), bytes } : undefined),
    manifest: async ({ digest, mediaType }) => ({ mediaType, digest, bytes: artifact }),
    blob: async ({ size }) => Buffer.alloc(size),
    async referrers(): Promise<FoundReferrers> {
      const gathered = gatherReferrers();
      gathered.add(listed, "list");
      return { entries: gathered.entries.map((entry) => ({ ...entry, by: "referrers-tag" })), gaps: gathered.gaps };
    },
    close: async () => {},
  };
}

/** A text with one part cut out, one byte changed, or something put into it. */
function mutated(text: string): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: text.length - 1 });
  const splice = fc.tuple(
    at,
    fc.nat({ max: 40 }),
    fc.constantFrom("", "0", "[", "}", '"', ",", "null", "\\u0000", "\u017f", "é"),
  );
  return fc.oneof(
    splice.map(([from, length, more]) => Buffer.from(text.slice(0, from) + more + text.slice(from + length))),
    fc.tuple(at, fc.nat({ max: 255 })).map(([from, byte]) => {
      const bytes = Buffer.from(text);
      bytes[from] = byte;
      return bytes;
    }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((json) => Buffer.from(json)),
  );
}

const whole = [Buffer.from(tagged), Buffer.from(list), Buffer.from(referrer)] as const;

test("of a changed manifest under cosign's tag every signature is found, or a gap says that one may be missing", async () => {
  const empty = Buffer.from('{"manifests":[]}');
  assert.equal(
    (await findSignatures(subject, repositoryOf(whole[0], empty, whole[2]))).signatures.length,
    layers.length,
  );
  await fc.assert(
    fc.asyncProperty(mutated(tagged), async (bytes) => {
      const { signatures, gaps } = await findSignatures(subject, repositoryOf(bytes, empty, whole[2]));
      assert.ok(signatures.length >= layers.length || gaps.length > 0, String(bytes));
    }),
    runs(2_000),
  );
});

test("of a changed list of referrers every entry is opened, or a gap says that one may be missing", async () => {
  const none = Buffer.from(JSON.stringify({ layers: [layers[0]] }));
  await fc.assert(
    fc.asyncProperty(mutated(list), async (bytes) => {
      const { signatures, gaps } = await findSignatures(subject, repositoryOf(none, bytes, whole[2]));
      const referred = signatures.filter(({ place }) => place.by === "referrers-tag");
      assert.ok(
        referred.length >= layers.length * layers.length || gaps.length > 0 || isEmptyList(bytes),
        String(bytes),
      );
    }),
    runs(2_000),
  );
});

test("whatever a referrer's manifest is, it is read or told", async () => {
  await fc.assert(
    fc.asyncProperty(mutated(tagged), mutated(list), mutated(referrer), async (...bytes) => {
      const { signatures, gaps } = await findSignatures(subject, repositoryOf(...bytes));
      for (const { form, place, envelope } of signatures) {
        assert.ok(form.length > 0 && place.name.length > 0 && envelope.kind.length > 0);
      }
      for (const { code, reason } of gaps) {
        assert.match(code, /^(?:trust|oci|registry)\./);
        assert.ok(reason.length < 1_000, reason);
      }
    }),
    runs(2_000),
  );
});

/** A list may be empty, or name fewer by being another valid one. */
function isEmptyList(bytes: Buffer): boolean {
  try {
    const { manifests } = JSON.parse(String(bytes));
    return (
      manifests === null ||
      manifests.length < layers.length ||
      new Set(manifests.map(({ digest }: { digest: string }) => digest)).size < layers.length
    );
  } catch {
    return false;
  }
}
