import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, test } from "node:test";
import { preAuthEncoding } from "./dsse.ts";
import {
  attestationLayer,
  dsseEnvelope,
  foundBundle,
  IMAGE_SIGNATURE,
  keys,
  madeBundle,
  material,
  NOW,
  only,
  PAYLOAD_TYPE,
  PREDICATE_TYPE,
  SUBJECT,
  shopRoot,
  shopSigner,
  signatureLayer,
  signedWith,
  sigstore,
  simplePayload,
  statement,
  trustedKey,
} from "./made-signatures.fixture.ts";
import type { Envelope, FoundSignature } from "./model.ts";
import {
  IDENTITY,
  ISSUER,
  madeIdentity,
  madeRoot,
  madeTimestamp,
  SIGNED_AT,
  sha256,
} from "./sigstore/made-sigstore.fixture.ts";
import { refusal, verified } from "./verdicts.fixture.ts";
import { verifyBundle } from "./verify.ts";
import { ecKeys, rsaKeys } from "./x509/made-certificates.fixture.ts";

const byKey = { kind: "key", keys } as const;
const byShop = { kind: "identity", certificate: shopSigner } as const;
const ALL = ["form", "subject", "time", "signer", "certificate-log", "signature", "log"];
const signedByIdentity = { kind: "identity", identity: IDENTITY, issuer: ISSUER, root: "test", claims: {} };
const image = { kind: "image", digest: SUBJECT, annotations: { team: "shop" } };
const AT = "2026-05-01T12:00:00Z";

/** `form+ subject+ time- …`: what holds, and what is not asked for. */
function outcomes({ steps }: ReturnType<typeof verified>): string {
  return steps
    .map(({ step, outcome }) => step + (outcome === "holds" ? "+" : outcome === "fails" ? "!" : "-"))
    .join(" ");
}

const KEYLESS = ALL.map((step) => `${step}+`).join(" ");

describe("what holds says who signed what and when, by every step", () => {
  test("keyless bundles, in either version of the log", () => {
    for (const entry of ["hashedrekord 0.0.2", "dsse 0.0.2", "dsse 0.0.1", "intoto 0.0.1", "intoto 0.0.2"] as const) {
      const verdict = verified(foundBundle(madeBundle({ entry })));
      assert.equal(outcomes(verdict), KEYLESS, entry);
      assert.deepEqual(verdict.signers, [signedByIdentity]);
      assert.equal(verdict.form, "bundle-attestation");
      assert.deepEqual(
        verdict.times.map(({ at }) => at),
        [AT],
      );
      assert.deepEqual(verdict.content, {
        kind: "statement",
        predicateType: PREDICATE_TYPE,
        subjects: [{ name: "shop/api", digest: { sha256: SUBJECT.slice(7) } }],
        predicate: { builder: "shop" },
      });
    }
  });

  test("an image's signature as a bundle is one whatever it was found as", () => {
    const subject = [{ digest: { sha256: SUBJECT.slice(7) }, annotations: { team: "shop" } }];
    const payload = statement({ predicateType: IMAGE_SIGNATURE, subject, predicate: {} });
    const { form, content } = verified(foundBundle(madeBundle({ payload }), "bundle-attestation"));
    assert.equal(form, "bundle-signature");
    assert.deepEqual(content, image);
    assert.equal(verified(foundBundle(madeBundle(), "bundle-signature")).form, "bundle-attestation");
  });

  test("cosign's layers, keyless with and without chain and timestamp", () => {
    const chain = [sigstore.intermediate, sigstore.root];
    for (const found of [signatureLayer(), signatureLayer({ chain }), signatureLayer({ chain, timestamp: true })]) {
      const verdict = verified(found);
      assert.equal(outcomes(verdict), KEYLESS);
      assert.deepEqual(verdict.signers, [signedByIdentity]);
      assert.deepEqual(verdict.content, image);
    }
    for (const entry of ["dsse 0.0.1", "intoto 0.0.1", "intoto 0.0.2"] as const) {
      assert.equal(outcomes(verified(attestationLayer({ entry }))), KEYLESS, entry);
      assert.equal(verified(attestationLayer({ entry, timestamp: true })).times.length, 2);
    }
  });

  test("keys, with and without a log entry", () => {
    const { name, fingerprint } = trustedKey(keys);
    const signers = [{ kind: "key", name, fingerprint }];
    const bare = "form+ subject+ time- signer+ certificate-log- signature+ log-";
    for (const found of [
      signatureLayer({ signing: byKey, entry: null }),
      attestationLayer({ signing: byKey, entry: null }),
      foundBundle(madeBundle({ signing: byKey, entry: null })),
    ]) {
      const verdict = verified(found);
      assert.equal(outcomes(verdict), bare);
      assert.deepEqual(verdict.signers, signers);
      assert.deepEqual(verdict.times, []);
    }
    const logged = verified(signatureLayer({ signing: byKey, entry: "hashedrekord 0.0.1", timestamp: true }));
    assert.equal(outcomes(logged), "form+ subject+ time+ signer+ certificate-log- signature+ log+");
    assert.deepEqual(
      logged.times.map(({ by, at }) => `${by} ${at}`),
      [`log ${AT}`, `timestamp-authority ${AT}`],
    );
    // A root that is not usable matters where it is asked.
    const broken = { ...material, roots: [{ name: "broken", document: {} }] };
    verified(signatureLayer({ signing: byKey, entry: null }), broken);
    assert.equal(
      refusal(signatureLayer({ signing: byKey }), broken),
      "time: trust.unknown-root: the trusted root broken is empty",
    );
    // Where no log is trusted, the entry is nobody's word and is not looked at.
    const unlogged = verified(signatureLayer({ signing: byKey }), only({ keys: material.keys }));
    assert.equal(outcomes(unlogged), bare);
  });

  test("an own authority, valid now or at a signed time", () => {
    const layer = signatureLayer({ signing: byShop, entry: null, chain: [shopRoot] });
    const verdict = verified(layer, only({ authorities: material.authorities }));
    assert.equal(outcomes(verdict), "form+ subject+ time- signer+ certificate-log- signature+ log-");
    const [signer] = verdict.signers;
    assert.ok(signer.kind === "certificate");
    assert.equal(signer.subject, "CN=release,O=Shop");
    assert.equal(signer.authority, "shop");

    const later = new Date("2028-01-01T00:00:00Z");
    assert.match(
      refusal(layer, material, later),
      /^signer: trust.certificate: .* was not valid at 2028-01-01T00:00:00Z$/,
    );
    const stamped = signatureLayer({ signing: byShop, entry: null, timestamp: true });
    assert.equal(
      outcomes(verified(stamped, material, later)),
      "form+ subject+ time+ signer+ certificate-log- signature+ log-",
    );
    const clock = { name: "clock", purpose: "timestamping", certificates: [sigstore.timestampRoot.der] } as const;
    const own = only({ authorities: [...material.authorities, clock] });
    assert.deepEqual(verified(stamped, own, later).times, [{ by: "timestamp-authority", at: AT, detail: "clock" }]);
    const logged = verified(signatureLayer({ signing: byShop }), material, later);
    assert.equal(outcomes(logged), "form+ subject+ time+ signer+ certificate-log- signature+ log+");
  });

  test("a root without logs asks for none, and for a timestamp", () => {
    const quiet = only({ roots: [madeRoot(sigstore, { tlogs: [], ctlogs: [] })] });
    const certificate = madeIdentity(sigstore, { loggedBy: null });
    const bundle = madeBundle({ signing: { kind: "identity", certificate }, entry: null, timestamp: true });
    assert.equal(
      outcomes(verified(foundBundle(bundle), quiet)),
      "form+ subject+ time+ signer+ certificate-log- signature+ log-",
    );
    assert.match(refusal(foundBundle(bundle)), /^certificate-log: trust.certificate-log: no certificate log of test/);
    const unlogged = foundBundle(madeBundle({ entry: null, timestamp: true }));
    assert.equal(refusal(unlogged), "log: trust.log: the signature is in no log");
    assert.match(
      refusal(foundBundle(madeBundle({ entry: null })), quiet),
      /^time: trust.time: nobody that test trusts/,
    );
  });
});

describe("keys", () => {
  test("each kind signs in its own way, ECDSA also as r and s", () => {
    const pairs = [ecKeys(), ecKeys("P-384"), ecKeys("P-521"), rsaKeys(2048), generateKeyPairSync("ed25519")];
    for (const pair of pairs) {
      const trusted = only({ keys: [trustedKey(pair)] });
      verified(signatureLayer({ signing: { kind: "key", keys: pair }, entry: null }), trusted);
    }
    const payload = simplePayload();
    for (const [curve, hash] of [
      ["P-256", "sha256"],
      ["P-384", "sha384"],
      ["P-384", "sha256"],
    ] as const) {
      const pair = ecKeys(curve);
      const raw = sign(hash, payload, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
      verified(bySignature(payload, raw), only({ keys: [trustedKey(pair)] }));
    }
  });

  test("what is no key that signs is refused by its name", () => {
    const layer = signatureLayer({ signing: byKey, entry: null });
    const weak = only({ keys: [trustedKey(rsaKeys(1024), "old")] });
    assert.equal(refusal(layer, weak), "signer: trust.unknown-key: the trusted key old is an RSA key of 1024 bits");
    const curve = only({ keys: [trustedKey(generateKeyPairSync("ec", { namedCurve: "secp256k1" }), "coin")] });
    assert.match(refusal(layer, curve), /^signer: trust.unknown-key: the trusted key coin is on a curve/);
  });

  test("several signatures of one envelope: each trusted key that signed counts, once", () => {
    const [first, second, stranger] = [ecKeys(), ecKeys(), ecKeys()];
    const payload = statement();
    const signed = preAuthEncoding({ payloadType: PAYLOAD_TYPE, payload });
    const signatures = [first, stranger, second, first].map(({ privateKey }) => signedWith(privateKey, signed));
    const found = byEnvelope(dsseEnvelope(payload, signatures));
    const trusted = only({
      keys: [trustedKey(first, "first"), trustedKey(second, "second"), trustedKey(first, "same")],
    });
    assert.deepEqual(
      verified(found, trusted).signers.map((signer) => signer.kind === "key" && signer.name),
      ["first", "second"],
    );
    assert.equal(
      refusal(found, only({ keys: [trustedKey(ecKeys())] })),
      "signer: trust.unknown-key: none of the trusted keys signed this (1 tried)",
    );
    const many = byEnvelope(
      dsseEnvelope(
        payload,
        Array.from({ length: 17 }, () => signatures[0] as Buffer),
      ),
    );
    assert.equal(refusal(many, trusted), "form: trust.bound: signatures has more than 16 entries");
    const none = byEnvelope(dsseEnvelope(payload, []));
    assert.equal(refusal(none, trusted), "form: trust.form: the envelope has no signatures");
  });

  test("a keyless bundle of several signatures is its certificate's where that made one of them", () => {
    const other = signedWith(ecKeys().privateKey, Buffer.from("something"));
    const verdict = verified(foundBundle(madeBundle({ more: [other] })));
    assert.deepEqual(verdict.signers, [signedByIdentity]);
  });

  test("a keyid or a hint names the key that signed, in any of the usual ways, or refuses the signature", () => {
    const payload = statement();
    const signature = signedWith(keys.privateKey, preAuthEncoding({ payloadType: PAYLOAD_TYPE, payload }));
    const { spki, name } = trustedKey(keys);
    const hash = sha256(spki);
    const base64 = hash.toString("base64");
    for (const keyid of ["", base64, hash.toString("hex"), `SHA256:${base64.slice(0, -1)}`, name]) {
      verified(byEnvelope(dsseEnvelope(payload, [signature], keyid)));
      const bundle = madeBundle({ signing: byKey, entry: null });
      const verificationMaterial = { ...bundle.verificationMaterial, publicKey: { hint: keyid } };
      verified(foundBundle({ ...bundle, verificationMaterial }));
      if (keyid === "") continue;
      verificationMaterial.publicKey = { hint: `${keyid}x` };
      assert.match(
        refusal(foundBundle({ ...bundle, verificationMaterial })),
        /^signer: trust.unknown-key: the key .*x is not/,
      );
    }
    assert.equal(
      refusal(byEnvelope(dsseEnvelope(payload, [signature], "other"))),
      "signature: trust.signature: the envelope's keyid other is not the key that signed it",
    );
  });
});

describe("bundles of an artifact", () => {
  const bytes = Buffer.from("an artifact\n");
  const digest = `sha256:${sha256(bytes).toString("hex")}` as typeof SUBJECT;
  const message = (content: Buffer) => ({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "release" }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: sha256(content).toString("base64") },
      signature: signedWith(keys.privateKey, content).toString("base64"),
    },
  });
  const verdictOn = (bundle: object, artifact: Parameters<typeof verifyBundle>[1]) =>
    verifyBundle(Buffer.from(JSON.stringify(bundle)), artifact, material, NOW);

  test("a signature over bytes is held against those bytes", () => {
    const whole = verdictOn(message(bytes), { digest, bytes });
    assert.equal(whole.outcome, "verified");
    assert.deepEqual(whole.content, { kind: "image", digest, annotations: {} });
    const other = verdictOn(message(Buffer.from("another")), { digest, bytes });
    assert.equal(other.outcome === "refused" && other.refusal.code, "trust.subject");
    const forged = message(bytes);
    forged.messageSignature.signature = signedWith(keys.privateKey, Buffer.from("another")).toString("base64");
    const refused = verdictOn(forged, { digest, bytes });
    assert.equal(refused.outcome === "refused" && refused.refusal.code, "trust.signature");
  });

  test("without the bytes it is not supported, beside an image as well", () => {
    const alone = verdictOn(message(bytes), { digest });
    assert.equal(alone.outcome === "refused" && alone.refusal.code, "trust.unsupported");
    assert.match(refusal(foundBundle(message(bytes))), /^form: trust.unsupported: the signature is over bytes/);
  });

  test("a statement is held against the digest, of the algorithm that is asked about", () => {
    const sha512 = `sha512:${"cd".repeat(64)}` as typeof SUBJECT;
    const payload = statement({ subject: [{ digest: { sha512: "cd".repeat(64), sha256: "00".repeat(32) } }] });
    assert.equal(verdictOn(madeBundle({ payload }), { digest: sha512 }).outcome, "verified");
    const other = verdictOn(madeBundle({ payload }), { digest: SUBJECT });
    assert.equal(other.outcome === "refused" && other.refusal.code, "trust.subject");
  });
});

test("a signed time is needed within the certificate's life, from whoever vouches for it", () => {
  const late = new Date(SIGNED_AT.getTime() + 400_000);
  const bundle = madeBundle({ entry: "dsse 0.0.1" });
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0]?.sig ?? "", "base64");
  const at = (time: Date) => ({
    rfc3161Timestamps: [{ signedTimestamp: madeTimestamp(sigstore, signature, { time }).toString("base64") }],
  });
  const stamped = (time: Date) => {
    const verificationMaterial = { ...bundle.verificationMaterial, timestampVerificationData: at(time) };
    return foundBundle({ ...bundle, verificationMaterial });
  };
  assert.equal(verified(stamped(SIGNED_AT)).times.length, 2);
  assert.match(
    refusal(stamped(late)),
    /^signer: trust.certificate: the certificate was not valid at 2026-05-01T12:06:40Z$/,
  );
});

function bySignature(payload: Buffer, signature: Buffer): FoundSignature {
  const envelope: Envelope = { kind: "simple-signing", payload, signature: signature.toString("base64") };
  return { ...signatureLayer(), envelope };
}

function byEnvelope(envelope: object): FoundSignature {
  return { ...attestationLayer(), envelope: { kind: "dsse", bytes: Buffer.from(JSON.stringify(envelope)) } };
}
