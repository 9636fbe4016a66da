import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { heldLayout } from "./layout.fixture.ts";
import { resolveImage } from "./open.ts";
import { referrersTag } from "./repository.ts";

const REF = "org.opencontainers.image.ref.name";
const CONFIG = "application/vnd.oci.image.config.v1+json";

async function open(t: TestContext, written: string) {
  const resolved = await resolveImage(written);
  t.after(() => resolved.repository.close());
  return resolved;
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

/** An image, one artifact that index.json names, one that the tag in place of the list names, and a signature by tag. */
function layout(t: TestContext) {
  const held = heldLayout(t);
  const config = held.blob(CONFIG, "{}");
  const image = held.manifest({ config, layers: [] });
  const about = (type: string) => held.manifest({ artifactType: type, config, layers: [], subject: image });
  const [listed, tagged] = [about("listed"), about("tagged")];
  const fallback = held.manifest({ manifests: [tagged, listed] });
  const signature = held.manifest({ config, layers: [held.blob("text/plain", "signature")] });
  held.names([
    { ...image, annotations: { [REF]: "shop/web:1" } },
    listed,
    { ...fallback, annotations: { [REF]: referrersTag(image.digest) } },
    { ...signature, annotations: { [REF]: `shop/web:${image.digest.replace(":", "-")}.sig` } },
  ]);
  return { ...held, image, listed, tagged, signature, config };
}

test("the one image of a layout is told from what is about it", async (t) => {
  const { folder, image, listed, tagged, signature } = layout(t);
  for (const written of [folder, `oci:${folder}`, `oci:${folder}:1`, `oci:${folder}:shop/web:1`]) {
    assert.equal((await open(t, written)).root.digest, image.digest, written);
  }
  const { repository } = await open(t, folder);
  const { entries, gaps } = await repository.referrers(image.digest);
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    entries.map(({ digest, by }) => [digest, by]),
    [
      [listed.digest, "referrers"],
      [tagged.digest, "referrers-tag"],
    ],
  );
  assert.equal((await repository.tagged(`${referrersTag(image.digest)}.sig`))?.digest, signature.digest);
  assert.equal(await repository.tagged(`${referrersTag(image.digest)}.att`), undefined);
});

test("an archive of a layout is read alike, and what was saved of an engine keeps no signatures", async (t) => {
  const { folder, image } = layout(t);
  const archive = `${folder}.tar`;
  t.after(() => rmSync(archive, { force: true }));
  execFileSync("tar", ["-cf", archive, "-C", folder, "."]);
  const { repository, root } = await open(t, archive);
  assert.equal(root.digest, image.digest);
  assert.equal((await repository.referrers(image.digest)).entries.length, 2);
  for (const written of ["docker-daemon:shop/web:1", "containers-storage:shop/web:1"]) {
    assert.match(
      (await problemOf(resolveImage(written))).line(),
      /stored only in registries and OCI layouts \(name the image as/,
    );
  }
});

test("cosign save's marks are the one image's", async (t) => {
  const held = heldLayout(t);
  const config = held.blob(CONFIG, "{}");
  const [image, other, signatures] = ["image", "other", "signatures"].map((name) =>
    held.manifest({ config, layers: [held.blob("text/plain", name)] }),
  );
  assert.ok(image !== undefined && other !== undefined && signatures !== undefined);
  const marked = (entry: object, kind: string) => ({
    ...entry,
    annotations: { kind: `dev.cosignproject.cosign/${kind}` },
  });
  held.names([marked(image, "image"), marked(signatures, "sigs")]);
  const { repository, root } = await open(t, held.folder);
  assert.equal(root.digest, image.digest);
  assert.equal((await repository.tagged(`${referrersTag(image.digest)}.sig`))?.digest, signatures.digest);
  assert.equal(await repository.tagged(`${referrersTag(other.digest)}.sig`), undefined);
  // Of two images nobody knows whose they are.
  held.names([marked(image, "image"), marked(other, "image"), marked(signatures, "sigs")]);
  const both = await open(t, `oci:${held.folder}:${image.digest}`);
  assert.equal(await both.repository.tagged(`${referrersTag(image.digest)}.sig`), undefined);
});

test("of several images one has to be named", async (t) => {
  const held = heldLayout(t);
  const config = held.blob(CONFIG, "{}");
  const images = ["one", "two"].map((name) => ({
    ...held.manifest({ config, layers: [held.blob("text/plain", name)] }),
    annotations: { [REF]: name },
  }));
  held.names(images);
  assert.match(
    (await problemOf(resolveImage(held.folder))).line(),
    /2 images \(name one: oci:.*:NAME with one of one, two\)/,
  );
  assert.equal((await open(t, `oci:${held.folder}:two`)).root.digest, images[1]?.digest);
  assert.match((await problemOf(resolveImage(`oci:${held.folder}:three`))).line(), /no image three/);
});

test("a manifest that cannot be read may be about any image", async (t) => {
  const { folder, image, listed } = layout(t);
  writeFileSync(join(folder, "blobs", ...listed.digest.split(":")), "other bytes");
  const { repository } = await open(t, `oci:${folder}:1`);
  const { entries, gaps } = await repository.referrers(image.digest);
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["oci.digest-mismatch"],
  );
  // The tag still names it.
  assert.equal(entries.length, 2);
});

test("a blob is of the size and digest that its descriptor states", async (t) => {
  const { folder, blob } = layout(t);
  const { repository } = await open(t, `oci:${folder}:1`);
  const entry = blob("text/plain", "content");
  assert.equal(String(await repository.blob(entry)), "content");
  for (const [changed, code] of [
    [{ ...entry, size: 6 }, "oci.blob-size"],
    [{ ...entry, size: 8 }, "oci.blob-size"],
    [{ ...entry, digest: `sha256:${"0".repeat(64)}` as typeof entry.digest }, "oci.blob-missing"],
  ] as const) {
    assert.equal((await problemOf(repository.blob(changed))).code, code);
  }
  writeFileSync(join(folder, "blobs", ...entry.digest.split(":")), "CONTENT");
  assert.equal((await problemOf(repository.blob(entry))).code, "oci.digest-mismatch");
});
