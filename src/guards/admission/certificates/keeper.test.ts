import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { issueCertificate, makeAuthority } from "../../../engines/certificates/make.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";
import { certificatesOfFiles } from "./files.ts";
import { ownCertificates } from "./own.ts";
import { createWorld, DAY, HOUR, NAME, replicaOf } from "./world.fixture.ts";

const now = new Date("2026-11-27T12:00:00Z");
const valid = { from: new Date(now.getTime() - DAY), until: new Date(now.getTime() + 30 * DAY) };
const settings = {
  names: [NAME],
  authorityMilliseconds: 300 * DAY,
  leafMilliseconds: 90 * DAY,
  overlapMilliseconds: HOUR,
};

interface Files {
  readonly paths: { readonly certificate: string; readonly key: string; readonly authority: string };
  /** Exchanges them as a volume of a Secret does: by one symlink. */
  put(pair: CertificatePair, authority: string): void;
}

function secretVolume(t: TestContext): Files {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-volume-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const at = (name: string) => join(folder, name);
  return {
    paths: { certificate: at("tls.crt"), key: at("tls.key"), authority: at("ca.crt") },
    put({ certificate, key }, authority) {
      const version = `..${count++}`;
      mkdirSync(at(version));
      writeFileSync(at(`${version}/tls.crt`), certificate);
      writeFileSync(at(`${version}/tls.key`), key);
      writeFileSync(at(`${version}/ca.crt`), authority);
      symlinkSync(version, at("..data_tmp"));
      renameSync(at("..data_tmp"), at("..data"));
      if (count > 1) return;
      for (const name of ["tls.crt", "tls.key", "ca.crt"]) symlinkSync(`..data/${name}`, at(name));
    },
  };
}

test("files of a volume that is exchanged are shown, and webhooks trust both authorities for a while", async (t) => {
  const world = createWorld(now);
  const { paths, put } = secretVolume(t);
  const [old, next] = [makeAuthority("old", valid), makeAuthority("next", { ...valid, from: now })];
  const leaf = issueCertificate(old, [NAME], valid);
  const renewed = issueCertificate(next, [NAME], { ...valid, from: now });
  const replica = replicaOf(world, certificatesOfFiles({ ...paths, overlapMilliseconds: HOUR }));
  assert.match(
    (await replica.look()).fault ?? "",
    /^no certificate: certificate\.unreadable: .*tls\.crt: no such file/,
  );

  put(leaf, old.certificate);
  assert.equal((await replica.look()).fault, undefined);
  assert.equal(world.caBundle, old.certificate);

  put(renewed, next.certificate);
  assert.equal((await replica.look()).fault, undefined);
  assert.deepEqual(replica.shown, [leaf, renewed]);
  // Another replica sees the new files later, and still shows the old certificate.
  assert.equal(world.caBundle, next.certificate + old.certificate);
  world.now = new Date(now.getTime() + HOUR);
  assert.equal((await replica.look()).fault, undefined);
  assert.equal(world.caBundle, next.certificate);
});

test("a key that is another's is not shown, and what was shown stays", async (t) => {
  const world = createWorld(now);
  const { paths, put } = secretVolume(t);
  const ca = makeAuthority("a", valid);
  const [one, two] = [0, 1].map(() => issueCertificate(ca, [NAME], valid)) as [CertificatePair, CertificatePair];
  const replica = replicaOf(world, certificatesOfFiles({ ...paths, overlapMilliseconds: HOUR }));
  put(one, ca.certificate);
  await replica.look();
  put({ certificate: two.certificate, key: one.key }, ca.certificate);
  const { fault, notes } = await replica.look();
  assert.equal(fault, undefined);
  assert.match(notes.join(), /certificate\.key: .*tls\.crt: the key is another certificate's/);
  assert.deepEqual(replica.shown, [one]);
  put(two, ca.certificate);
  await replica.look();
  assert.deepEqual(replica.shown, [one, two]);
});

test("where somebody else tells webhooks whom to trust, a certificate that they refuse is not shown yet", async (t) => {
  const world = createWorld(now);
  const { paths, put } = secretVolume(t);
  const [old, next] = [makeAuthority("ca", valid), makeAuthority("ca", valid)];
  const { authority: _, ...files } = paths;
  const replica = replicaOf(world, certificatesOfFiles({ ...files, overlapMilliseconds: HOUR }));
  put(issueCertificate(old, [NAME], valid), "");
  assert.match((await replica.look()).fault ?? "", /^webhook has no caBundle$/);
  world.caBundle = old.certificate;
  assert.equal((await replica.look()).fault, undefined);

  const renewed = issueCertificate(next, [NAME], valid);
  put(renewed, "");
  const early = await replica.look();
  assert.equal(early.fault, undefined);
  assert.match(early.notes.join(), /not shown yet: webhook does not trust the certificate, which is signed by none/);
  assert.equal(replica.shown.length, 1);

  // CA renewed, and the certificate not: readiness goes, and with the files it comes back.
  world.caBundle = next.certificate;
  assert.equal((await replica.look()).fault, undefined);
  assert.deepEqual(replica.shown.at(-1), renewed);
  assert.ok(world.caBundle === next.certificate);
});

test("what webhooks trust and what is shown are compared, whoever changed what", async (t) => {
  const world = createWorld(now);
  const { paths, put } = secretVolume(t);
  const { authority: _, ...files } = paths;
  const ca = makeAuthority("ca", valid);
  put(issueCertificate(ca, [NAME], valid), "");
  world.caBundle = ca.certificate;
  const replica = replicaOf(world, certificatesOfFiles({ ...files, overlapMilliseconds: HOUR }));
  assert.equal((await replica.look()).fault, undefined);
  for (const [bundle, fault] of [
    ["", "webhook has no caBundle"],
    [makeAuthority("ca", valid).certificate, /^webhook does not trust the certificate, which is signed by none/],
    [ca.certificate.replace("\nMII", "\nAAA"), /^webhook: caBundle: certificate 1 of 1 is no X.509 certificate$/],
  ] as const) {
    world.caBundle = bundle;
    const status = await replica.look();
    if (typeof fault === "string") assert.equal(status.fault, fault);
    else assert.match(status.fault ?? "", fault);
  }
  world.caBundle = ca.certificate;
  world.now = new Date(now.getTime() + 40 * DAY);
  assert.match((await replica.look()).fault ?? "", /which expired on/);
});

test("an API server that is away takes nothing back, and time goes on", async () => {
  const world = createWorld(now);
  const replica = replicaOf(world, ownCertificates(world.store, settings));
  world.isAway = true;
  assert.match((await replica.look()).fault ?? "", /^no certificate: cluster\.unreachable: test: away$/);
  world.isAway = false;
  assert.equal((await replica.look()).fault, undefined);
  world.isAway = true;
  const { fault, notes, authorityEnds } = await replica.look();
  assert.deepEqual([fault, notes.length], [undefined, 2]);
  assert.deepEqual(authorityEnds, new Date(now.getTime() + 300 * DAY));
  world.now = new Date(now.getTime() + 91 * DAY);
  assert.match((await replica.look()).fault ?? "", /which expired on/);
});

test("without webhooks the certificate's own time decides", async () => {
  const world = createWorld(now);
  const replica = replicaOf(world, ownCertificates(world.store, settings), "none");
  assert.equal((await replica.look()).fault, undefined);
  world.isAway = true;
  world.now = new Date(now.getTime() + 91 * DAY);
  assert.match((await replica.look()).fault ?? "", /^the certificate expired on/);
});

test("a bundle that somebody took away is put back", async () => {
  const world = createWorld(now);
  const replica = replicaOf(world, ownCertificates(world.store, settings));
  await replica.look();
  const kept = world.caBundle;
  world.caBundle = "";
  assert.equal((await replica.look()).fault, undefined);
  assert.equal(world.caBundle, kept);
});
