/** Notation's signatures beside an image in docker-registry: found, verified and refused by `bulkhead verify`. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readClock } from "../../../src/core/clock.ts";
import type { Digest } from "../../../src/core/digest.ts";
import { parseReference } from "../../../src/engines/oci/reference.ts";
import { attachSignature, type NewSignature } from "../../../src/engines/trust/attach.ts";
import { PAYLOAD_TYPE } from "../../../src/engines/trust/notation/envelope.ts";
import { type NotationTarget, signNotation } from "../../../src/engines/trust/notation/sign.ts";
import { ecKeys, type Made, madeCertificate } from "../../../src/engines/trust/x509/made-certificates.fixture.ts";
import { inProcess } from "../../in-process.ts";
import { findDockerRegistry } from "../../registry/docker-registry.ts";
import { startRegistry, type TestRegistry } from "../registry.ts";
import { signedByCoreGo, withoutCoreGo } from "./core-go.ts";

const without = findDockerRegistry() === undefined ? "docker-registry is not installed" : false;
const DAY = 24 * 60 * 60 * 1_000;
const now = readClock();
const validity = { from: new Date(now.getTime() - DAY), until: new Date(now.getTime() + 365 * DAY) };
const mediaType = "application/vnd.oci.image.manifest.v1+json";

function authority(keys = ecKeys()): { readonly root: Made; readonly leaf: Made } {
  const root = madeCertificate({ subject: "CN=root,O=Shop", keys, ...validity });
  return { root, leaf: madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: root, ...validity }) };
}

describe("notation in docker-registry", { skip: without }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-notation-"));
  const shop = authority();
  const stranger = authority();
  let registry: TestRegistry;

  before(async () => {
    registry = await startRegistry(folder);
    const der = shop.root.der.toString("base64").replace(/.{64}/g, "$&\n");
    writeFileSync(join(folder, "root.pem"), `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`);
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** An image, and what signs it: its name by digest. */
  async function image(name: string): Promise<{ readonly reference: string; readonly target: NotationTarget }> {
    const digest = (await registry.image(`${name}:1`, name)) as Digest;
    const { bytes } = await registry.manifest(name, digest);
    return { reference: `${registry.host}/${name}@${digest}`, target: { mediaType, digest, size: bytes.length } };
  }

  async function attach(reference: string, target: NotationTarget, signature: NewSignature): Promise<void> {
    await attachSignature(parseReference(reference), target, signature, { environment: {} });
  }

  function signed(target: NotationTarget, by = shop): NewSignature {
    const chain = [by.leaf.der, by.root.der];
    const signer = { key: by.leaf.keys.privateKey, chain };
    const { envelope, thumbprints } = signNotation(target, signer, { now, agent: "bulkhead/test" });
    return { form: "notation-jws", envelope: { kind: "jws", bytes: envelope }, thumbprints };
  }

  async function verify(reference: string, subject = "CN=release,O=Shop") {
    const words = [
      "verify",
      reference,
      "--ca",
      join(folder, "root.pem"),
      "--subject",
      subject,
      "--plain-http",
      "--format",
      "json",
    ];
    const ended = await inProcess(words, { cwd: folder, home: folder });
    return { ...ended, said: ended.stdout + ended.stderr };
  }

  it("what is signed here is trusted by its authority and subject, and by no other", async () => {
    const { reference, target } = await image("shop/signed");
    const unsigned = await verify(reference);
    assert.equal(unsigned.code, 1, unsigned.said);
    await attach(reference, target, signed(target));
    const { code, said } = await verify(reference);
    assert.equal(code, 0, said);
    assert.match(said, /"form": "notation JWS"/);
    assert.equal((await verify(reference, "CN=release,O=Shop2")).code, 1);
    assert.equal((await verify(reference, "CN=Release,O=Shop")).code, 1);
    assert.equal((await verify(reference, "CN=release")).code, 1);
  });

  it("a stranger's signature under the same names, and one of another image, are refused", async () => {
    const { reference, target } = await image("shop/strange");
    await attach(reference, target, signed(target, stranger));
    const foreign = await verify(reference);
    assert.equal(foreign.code, 1, foreign.said);
    assert.match(foreign.said, /no authority that is trusted for signing has CN=root,O=Shop/);
    const other = await image("shop/replayed");
    await attach(other.reference, other.target, signed(target));
    const replayed = await verify(other.reference);
    assert.equal(replayed.code, 1, replayed.said);
    assert.match(replayed.said, new RegExp(`it signs ${target.digest}, not ${other.target.digest}`));
  });

  it("what notation's own library signs in COSE is trusted", { skip: withoutCoreGo }, async () => {
    const { reference, target } = await image("shop/cose");
    const [bytes] = await signedByCoreGo([
      {
        do: "sign",
        format: "cose",
        key: shop.leaf.keys.privateKey.export({ type: "pkcs8", format: "der" }),
        chain: [shop.leaf.der, shop.root.der],
        payload: Buffer.from(JSON.stringify({ targetArtifact: target })),
        contentType: PAYLOAD_TYPE,
        scheme: "notary.x509",
        time: now,
      },
    ]);
    assert.ok(bytes);
    await attach(reference, target, { form: "notation-cose", envelope: { kind: "cose", bytes }, thumbprints: [] });
    const { code, said } = await verify(reference);
    assert.equal(code, 0, said);
    assert.match(said, /"form": "notation COSE"/);
  });
});
