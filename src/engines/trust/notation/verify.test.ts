import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TrustMaterial } from "../model.ts";
import { madeToken } from "../timestamp/made-token.fixture.ts";
import { ecKeys, madeCertificate, rsaKeys, signerExtensions } from "../x509/made-certificates.fixture.ts";
import { headers } from "./envelope.ts";
import {
  authorityMaterial,
  type EnvelopeWish,
  formats,
  foundEnvelope,
  intermediate,
  madeEnvelope,
  material,
  NOW,
  root,
  SUBJECT,
  strangerRoot,
  timestampRoot,
  timestampSigner,
} from "./made-envelopes.fixture.ts";
import { outcome, shopOf, verified } from "./outcome.fixture.ts";
import { verifyNotation } from "./verify.ts";

const keysOfEachKind = [rsaKeys(2048), rsaKeys(3072), rsaKeys(4096), ecKeys("P-384"), ecKeys("P-521")];
const oddKeys = rsaKeys(2304);

for (const format of formats) {
  suite(`in ${format}`, () => {
    test("a signature that holds says who signed what, by every step", () => {
      const signature = verified(format, { annotations: { build: "17" } });
      assert.ok(signature.outcome === "verified");
      assert.deepEqual(signature.content, { kind: "image", digest: SUBJECT, annotations: { build: "17" } });
      const [first] = signature.signers;
      assert.ok(first.kind === "certificate");
      assert.deepEqual([first.subject, first.authority], ["CN=release,O=Shop", "shop"]);
      assert.match(first.fingerprint, /^sha256:[0-9a-f]{64}$/);
      assert.deepEqual(signature.times, []);
      assert.deepEqual(
        signature.steps.map(({ step, outcome, detail }) => `${step} ${outcome}: ${detail}`),
        [
          `form holds: ${format.toUpperCase()}, notary.x509`,
          `subject holds: it signs ${SUBJECT}`,
          "time not-asked: it has no timestamp",
          "signer holds: CN=release,O=Shop, trusted by shop; revocation is not looked up",
          "certificate-log not-asked: notation does not log certificates",
          "signature holds: ES256 by the certificate's key",
          "log not-asked: notation does not log signatures",
        ],
      );
    });

    test("each kind and size of key signs with its own algorithm", () => {
      for (const keys of keysOfEachKind) {
        const leaf = madeCertificate({ subject: "CN=release", keys, issuer: intermediate });
        assert.equal(outcome(verified(format, { chain: [leaf, intermediate, root] })), "verified");
      }
      const odd = madeCertificate({ subject: "CN=release", keys: oddKeys, issuer: intermediate });
      assert.equal(
        outcome(verified(format, { chain: [odd, intermediate, root] })),
        "signature: trust.unsupported: the certificate's key is of a kind or size that signs nothing",
      );
    });

    test("a certificate that signed itself may sign code", () => {
      const self = madeCertificate({ subject: "CN=alone", keys: ecKeys(), extensions: signerExtensions });
      assert.equal(outcome(verified(format, { chain: [self] }, shopOf(self))), "verified");
      assert.match(outcome(verified(format, { chain: [self] })), /^signer: trust.unknown-root: .* has CN=alone$/);
    });

    test("what the envelope must say, each with its own refusal", () => {
      const soon = new Date("2026-07-01T00:00:00Z");
      const cases: readonly (readonly [EnvelopeWish, RegExp])[] = [
        [{ contentType: "application/json" }, /^form: trust.unsupported: payload type application\/json is not /],
        [{ algorithm: "none" }, /^form: trust.unsupported: algorithm (none|0) is not one of PS256, /],
        [{ critical: [] }, /^form: trust.form: no header is critical$/],
        [{ critical: [headers.scheme, headers.scheme] }, /^form: trust.form: a header is named critical twice$/],
        [
          { critical: ["x"], protectedHeaders: { x: "1" } },
          /^form: trust.unsupported: critical header x is not understood$/,
        ],
        [{ critical: [headers.scheme, headers.expiry] }, /^form: trust.form: header .*expiry is critical and missing$/],
        [{ critical: [headers.scheme], expiry: soon }, /^form: trust.form: header .*expiry is not critical$/],
        [
          { critical: [headers.scheme], scheme: "notary.x509.signingAuthority" },
          /^form: trust.form: header .*authenticSigningTime is not critical$/,
        ],
        [{ critical: [headers.expiry], expiry: soon }, /^form: trust.form: header .*signingScheme is not critical$/],
        [{ scheme: "notary.pgp" }, /^form: trust.unsupported: signing scheme notary.pgp is not known$/],
        [
          { protectedHeaders: { [headers.scheme]: undefined } },
          /^form: trust.form: header .*signingScheme is missing$/,
        ],
        [
          { protectedHeaders: { [headers.signingTime]: undefined } },
          /^form: trust.form: header .*signingTime is missing$/,
        ],
        [
          { protectedHeaders: { [headers.authenticSigningTime]: NOW } },
          /^form: trust.form: header .*authenticSigningTime does not belong to the scheme notary.x509$/,
        ],
        [
          { scheme: "notary.x509.signingAuthority", protectedHeaders: { [headers.signingTime]: NOW } },
          /^form: trust.form: header .*signingTime does not belong to the scheme notary.x509.signingAuthority$/,
        ],
        [{ expiry: new Date("2026-04-01T00:00:00Z") }, /^form: trust.form: it expires before it was signed$/],
        [
          { protectedHeaders: { [headers.plugin]: "com.example.plugin" }, critical: [headers.scheme, headers.plugin] },
          /^form: trust.unsupported: it must be verified by the plugin com.example.plugin, and plugins are not run$/,
        ],
        // Without being critical too: it is a rule of the signer's that nothing here follows.
        [
          { protectedHeaders: { [headers.plugin]: "p" } },
          /^form: trust.unsupported: it must be verified by the plugin p/,
        ],
        [
          { protectedHeaders: { [headers.signingTime]: "yesterday" } },
          /^form: trust.form: header .*signingTime is not a time$/,
        ],
        [{ payload: {} }, /^subject: trust.form: targetArtifact is not a JSON object$/],
        [
          { payload: { targetArtifact: { digest: "sha256:00" } } },
          /^subject: trust.form: targetArtifact.digest is not a digest$/,
        ],
        [{ payload: [] }, /^subject: trust.form: the payload is not a JSON object$/],
      ];
      for (const [wish, expected] of cases) assert.match(outcome(verified(format, wish)), expected);
      assert.equal(outcome(verified(format, { protectedHeaders: { "com.example.note": "hello" } })), "verified");
      assert.equal(outcome(verified(format, { expiry: soon })), "verified");
    });

    test("another digest, an expired signature, another algorithm, another key", () => {
      const other = `sha256:${"cd".repeat(32)}`;
      const payload = { targetArtifact: { mediaType: "m", digest: other, size: 1 } };
      assert.equal(outcome(verified(format, { payload })), `subject: trust.subject: it signs ${other}, not ${SUBJECT}`);
      const expiry = new Date("2026-06-01T12:00:00Z");
      assert.equal(
        outcome(verified(format, { expiry })),
        "time: trust.time: the signature expired at 2026-06-01T12:00:00Z",
      );
      assert.equal(
        outcome(verified(format, { algorithm: "ES384" })),
        "signature: trust.signature: the envelope says ES384, and the certificate's key signs with ES256",
      );
      const stranger = madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: strangerRoot });
      assert.equal(
        outcome(verified(format, { by: stranger })),
        "signature: trust.signature: the signature is not by the certificate's key over this envelope",
      );
    });

    test("without a timestamp every certificate must be valid now, with one then", () => {
      const from = new Date("2026-04-01T00:00:00Z");
      const until = new Date("2026-05-31T23:59:59Z");
      const short = madeCertificate({ subject: "CN=short", keys: ecKeys(), issuer: root, from, until });
      const chain = [short, root];
      assert.equal(
        outcome(verified(format, { chain })),
        "signer: trust.certificate: certificate 1 (CN=short) expired at 2026-05-31T23:59:59Z",
      );
      const signature = verified(format, { chain, timestamp: new Date("2026-05-02T03:04:05Z") });
      assert.ok(signature.outcome === "verified");
      assert.deepEqual(signature.times, [{ by: "timestamp-authority", at: "2026-05-02T03:04:05Z", detail: "clock" }]);
      assert.equal(signature.steps[2]?.detail, "signed before 2026-05-02T03:04:05Z, by the word of clock");
      assert.equal(
        outcome(verified(format, { chain, timestamp: new Date("2026-06-01T00:00:00Z") })),
        "signer: trust.certificate: certificate 1 (CN=short) expired at 2026-05-31T23:59:59Z, and the signature is of 2026-06-01T00:00:00Z",
      );
      assert.match(
        outcome(verified(format, { chain, timestamp: new Date("2026-03-01T00:00:00Z") })),
        /^signer: trust.certificate: .* is valid only from 2026-04-01T00:00:00Z on, /,
      );
      // Nobody's timestamp counts where no authority is trusted for it, and then it is as if there were none.
      const untimed = verified(format, { timestamp: new Date("2026-05-02T03:04:05Z") }, shopOf(root));
      assert.ok(untimed.outcome === "verified");
      assert.deepEqual(untimed.times, []);
      assert.equal(untimed.steps[2]?.detail, "no authority is trusted for its timestamp");
      assert.match(
        outcome(verified(format, { chain, timestamp: new Date("2026-05-02T03:04:05Z") }, shopOf(root))),
        /^signer: trust.certificate: .* expired at 2026-05-31T23:59:59Z$/,
      );
    });

    test("a timestamp that is there and does not hold refuses the signature", () => {
      const time = new Date("2026-05-02T03:04:05Z");
      const elsewhere = madeToken({ over: Buffer.from("another"), time, by: timestampSigner });
      assert.equal(
        outcome(verified(format, { timestamp: elsewhere })),
        "time: trust.time: the timestamp is about another signature",
      );
      assert.match(
        outcome(verified(format, { timestamp: Buffer.from([0x30, 0]) })),
        /^time: trust.time: the timestamp ends /,
      );
      assert.equal(
        outcome(verified(format, { timestamp: new Date("2026-06-01T12:06:00Z") })),
        "time: trust.time: the time of the signature, 2026-06-01T12:06:00Z, is in the future",
      );
      assert.equal(outcome(verified(format, { timestamp: new Date("2026-06-01T12:04:00Z") })), "verified");
      const noClock: TrustMaterial = {
        ...material,
        authorities: [
          ...shopOf(root).authorities,
          { name: "other", purpose: "timestamping", certificates: [root.der] },
        ],
      };
      assert.equal(
        outcome(verified(format, { timestamp: time }, noClock)),
        "time: trust.unknown-root: the timestamp is by no trusted authority: CN=clock 1,O=Clock, at 2026-05-02T03:04:05Z",
      );
      // Whoever may state times may not sign, and the other way round.
      const clockChain = [timestampSigner, timestampRoot];
      assert.match(outcome(verified(format, { chain: clockChain })), /certificate 1 .* is for timeStamping$/);
    });

    test("a signing authority's time counts, where it is trusted as one", () => {
      const scheme = "notary.x509.signingAuthority";
      const time = new Date("2026-02-03T04:05:06Z");
      const signature = verified(format, { scheme, time }, authorityMaterial, new Date("2030-01-01T00:00:00Z"));
      assert.ok(signature.outcome === "verified");
      assert.deepEqual(signature.times, [{ by: "signing-authority", at: "2026-02-03T04:05:06Z" }]);
      assert.deepEqual(
        signature.signers[0].kind === "certificate" && signature.signers[0].authority,
        "signing service",
      );
      // A certificate of any other authority could state any time that it was valid at.
      assert.equal(
        outcome(verified(format, { scheme, time })),
        "signer: trust.unknown-root: no authority that is trusted for signing-authority has CN=root,O=Shop; shop is trusted for signing alone",
      );
      assert.match(
        outcome(verified(format, {}, authorityMaterial)),
        /^signer: trust.unknown-root: .*; signing service is trusted for signing-authority alone$/,
      );
      const early = new Date("2025-12-31T23:59:59Z");
      assert.match(
        outcome(verified(format, { scheme, time: early }, authorityMaterial)),
        /certificate 1 .* is valid only from 2026-01-01T00:00:00Z on, and the signature is of 2025-12-31T23:59:59Z$/,
      );
      assert.match(
        outcome(verified(format, { scheme, time: new Date("2026-06-02T00:00:00Z") }, authorityMaterial)),
        /^time: trust.time: the time of the signature, 2026-06-02T00:00:00Z, is in the future$/,
      );
    });
  });
}

test("an envelope under the other format's name, or over the bound, is refused", () => {
  const jws = madeEnvelope("jws");
  const cose = madeEnvelope("cose");
  assert.match(outcome(verifyNotation(foundEnvelope("cose", jws), material, NOW)), /^form: trust.form: /);
  assert.match(outcome(verifyNotation(foundEnvelope("jws", cose), material, NOW)), /^form: trust.form: /);
  const crossed = { ...foundEnvelope("jws", jws), envelope: { kind: "cose", bytes: cose } as const };
  assert.match(
    outcome(verifyNotation(crossed, material, NOW)),
    /^form: trust.form: a signature of the form notation-jws is not cose$/,
  );
  const large = Buffer.concat([jws, Buffer.alloc(1024 * 1024, " ")]);
  assert.match(outcome(verifyNotation(foundEnvelope("jws", large), material, NOW)), /^form: trust.bound: /);
});
