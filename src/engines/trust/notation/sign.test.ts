import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { ecKeys, madeCertificate, rsaKeys } from "../x509/made-certificates.fixture.ts";
import { foundEnvelope, intermediate, material, NOW, root, SUBJECT, signer } from "./made-envelopes.fixture.ts";
import { outcome } from "./outcome.fixture.ts";
import { signNotation } from "./sign.ts";
import { verifyNotation } from "./verify.ts";

const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: SUBJECT, size: 481 };
const chain = [signer.der, intermediate.der, root.der];
const own = { key: signer.keys.privateKey, chain };
const options = { now: NOW, agent: "bulkhead/test" };

test("what is signed is verified", () => {
  for (const keys of [ecKeys(), ecKeys("P-384"), ecKeys("P-521"), rsaKeys(2048)]) {
    const leaf = madeCertificate({ subject: "CN=leaf", keys, issuer: root });
    const annotations = { "com.example.build": "17" };
    const { envelope } = signNotation(
      { ...target, annotations },
      { key: keys.privateKey, chain: [leaf.der, root.der] },
      { ...options, expiry: new Date("2026-07-01T00:00:00Z") },
    );
    const signature = verifyNotation(foundEnvelope("jws", envelope), material, NOW);
    assert.equal(outcome(signature), "verified");
    assert.ok(signature.outcome === "verified");
    assert.deepEqual(signature.content, { kind: "image", digest: SUBJECT, annotations });
    const late = new Date("2026-07-01T00:00:00Z");
    assert.match(outcome(verifyNotation(foundEnvelope("jws", envelope), material, late)), /^time: trust.time: /);
  }
});

test("the fingerprints of its certificates are those that a verifier tells", () => {
  const { envelope, thumbprints } = signNotation(target, own, options);
  assert.equal(thumbprints.length, 3);
  const signature = verifyNotation(foundEnvelope("jws", envelope), material, NOW);
  assert.ok(signature.outcome === "verified" && signature.signers[0].kind === "certificate");
  assert.equal(signature.signers[0].fingerprint, `sha256:${thumbprints[0]}`);
});

test("what a verifier would refuse is not signed", () => {
  const refused = (run: () => unknown, expected: RegExp) =>
    assert.throws(run, (error) => error instanceof Problem && error.kind === "usage" && expected.test(error.line()));
  refused(
    () => signNotation(target, { ...own, key: ecKeys().privateKey }, options),
    /^signing.notation: key: the key is not the certificate's$/,
  );
  refused(
    () => signNotation(target, { ...own, chain: [] }, options),
    /certificate chain: the certificate chain is empty/,
  );
  refused(() => signNotation(target, { ...own, chain: chain.slice(0, 2) }, options), /the chain lacks its root$/);
  refused(
    () => signNotation(target, own, { ...options, now: new Date("2027-06-01T00:00:00Z") }),
    /certificate 1 \(CN=release,O=Shop\) expired at 2027-01-01T00:00:00Z$/,
  );
  refused(() => signNotation(target, own, { ...options, expiry: NOW }), /^signing.notation: expiry: /);
  refused(
    () => signNotation({ ...target, annotations: { "io.cncf.notary.x": "1" } }, own, options),
    /annotations of io.cncf.notary are reserved/,
  );
  const keys = rsaKeys(2304);
  const odd = madeCertificate({ subject: "CN=odd", keys, issuer: root });
  refused(
    () => signNotation(target, { key: keys.privateKey, chain: [odd.der, root.der] }, options),
    /of a kind or size that notation lacks \(use RSA of 2048/,
  );
});
