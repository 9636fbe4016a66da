import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import type {
  FoundSignature,
  RefusalCode,
  Signer,
  TrustMaterial,
  VerifiedSignature,
} from "../../engines/trust/model.ts";
import { verifySignature } from "../../engines/trust/verify.ts";
import { testSigner } from "./signed.fixture.ts";
import { materialKey, rememberVerified } from "./verified.ts";

const subject = `sha256:${"a".repeat(64)}` as Digest;
const now = new Date("2026-11-27T00:00:00Z");
const release = testSigner();
const signed: FoundSignature = {
  form: "cosign-sig",
  subject,
  place: { by: "tag", name: "one" },
  envelope: { kind: "simple-signing", ...release.simpleSigning(subject) },
};

/** The real verifier, counted. */
function counted() {
  let calls = 0;
  const results = rememberVerified((...asked) => {
    calls += 1;
    return verifySignature(...asked);
  });
  return { results, calls: () => calls };
}

test("the same signature is verified once, and told where it is", () => {
  const { results, calls } = counted();
  const first = results.verify(signed, release.material, now);
  const elsewhere = { ...signed, place: { by: "referrers", name: "two" } } as const;
  const second = results.verify(elsewhere, release.material, new Date("2030-01-01T00:00:00Z"));
  assert.equal(first.outcome, "verified");
  assert.deepEqual(second, { ...verifySignature(elsewhere, release.material, now) });
  assert.equal(calls(), 1);
});

test("whatever is another signature, subject, form or trust is verified by itself", () => {
  const { results, calls } = counted();
  results.verify(signed, release.material, now);
  const { envelope } = signed;
  assert.ok(envelope.kind === "simple-signing");
  const other = testSigner();
  const renamed = { ...release.material, keys: release.material.keys.map((key) => ({ ...key, name: "renamed" })) };
  const cases: readonly (readonly [FoundSignature, TrustMaterial])[] = [
    [{ ...signed, subject: `sha256:${"b".repeat(64)}` as Digest }, release.material],
    [{ ...signed, form: "cosign-referrer" }, release.material],
    [
      { ...signed, envelope: { ...envelope, payload: Buffer.concat([envelope.payload, Buffer.from(" ")]) } },
      release.material,
    ],
    [{ ...signed, envelope: { ...envelope, signature: "AAAA" } }, release.material],
    [{ ...signed, envelope: { ...envelope, certificate: "x" } }, release.material],
    [{ ...signed, envelope: { ...envelope, chain: "x" } }, release.material],
    [{ ...signed, envelope: { ...envelope, rekorBundle: "x" } }, release.material],
    [{ ...signed, envelope: { ...envelope, timestamp: "x" } }, release.material],
    [{ ...signed, envelope: { kind: "dsse", bytes: envelope.payload } }, release.material],
    [{ ...signed, envelope: { kind: "bundle", bytes: envelope.payload } }, release.material],
    [signed, other.material],
    [signed, renamed],
    [signed, { ...release.material, keys: [] }],
    [signed, { ...release.material, keys: [...release.material.keys, ...other.material.keys] }],
  ];
  for (const [i, [found, material]] of cases.entries()) {
    assert.deepEqual(results.verify(found, material, now), verifySignature(found, material, now), `case ${i}`);
    assert.equal(calls(), i + 2, `case ${i}`);
  }
});

test("the key of what is trusted tells every part of it from every other", () => {
  const bytes = (text: string) => Buffer.from(text);
  const authority = (name: string, purpose: "signing" | "timestamping", ...certificates: Buffer[]) => ({
    roots: [],
    keys: [],
    authorities: [{ name, purpose, certificates }],
  });
  const materials: readonly TrustMaterial[] = [
    { roots: [], authorities: [], keys: [] },
    { roots: [{ name: "a", document: {} }], authorities: [], keys: [] },
    { roots: [{ name: "b", document: {} }], authorities: [], keys: [] },
    { roots: [{ name: "a", document: { x: 1 } }], authorities: [], keys: [] },
    authority("a", "signing", bytes("one"), bytes("two")),
    authority("a", "signing", bytes("onetwo")),
    authority("a", "signing", bytes("onet"), bytes("wo")),
    authority("a", "timestamping", bytes("onetwo")),
    authority("b", "signing", bytes("onetwo")),
  ];
  assert.equal(new Set(materials.map(materialKey)).size, materials.length);
});

const identity: Signer = { kind: "identity", identity: "x", issuer: "y", root: "public-good", claims: {} };
const certificate: Signer = { kind: "certificate", subject: "CN=x", authority: "own", fingerprint: subject };
const key: Signer = { kind: "key", name: "k", fingerprint: subject };
const time = { by: "log", at: "2026-01-01T00:00:00Z" } as const;

test("what depends on the time of the question is not remembered", () => {
  const verified = (signers: readonly [Signer], times: readonly (typeof time)[], form = signed.form) =>
    ({
      ...signed,
      form,
      steps: [],
      outcome: "verified",
      signers,
      times,
      content: { kind: "image", digest: subject, annotations: {} },
    }) as const;
  const refused = (code: RefusalCode) =>
    ({ ...signed, steps: [], outcome: "refused", refusal: { code, reason: "x" } }) as const;
  const cases: readonly (readonly [VerifiedSignature, boolean])[] = [
    [verified([key], []), true],
    [verified([identity], [time]), true],
    [verified([certificate], [time]), true],
    // Valid now, and for as long as the certificate is.
    [verified([certificate], []), false],
    [verified([identity], []), false],
    // Notation's own end of a signature.
    [verified([certificate], [time], "notation-jws"), false],
    [verified([certificate], [time], "notation-cose"), false],
    [refused("trust.signature"), true],
    [refused("trust.subject"), true],
    [refused("trust.certificate"), false],
    [refused("trust.time"), false],
    [refused("trust.unknown-root"), false],
  ];
  for (const [i, [result, isRemembered]] of cases.entries()) {
    let calls = 0;
    const results = rememberVerified(() => {
      calls += 1;
      return result;
    });
    for (let times = 0; times < 2; times += 1) results.verify(signed, release.material, now);
    assert.equal(calls, isRemembered ? 1 : 2, `case ${i}`);
  }
});
