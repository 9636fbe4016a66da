/** Envelopes and certificates that are made to be costly, or to be read in two ways: refused, each for one reason. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { constructedTag, tags } from "../../../formats/der/read.ts";
import { der, derIntegerOf, derOidOf, derTextOf } from "../../../formats/der/write.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import {
  authorityExtensions,
  ecKeys,
  extension,
  type KeyPair,
  keyUsage,
  type Made,
  madeCertificate,
  signerExtensions,
} from "../x509/made-certificates.fixture.ts";
import { type Certificate, readCertificate } from "../x509/read.ts";
import { formats, foundEnvelope, madeEnvelope, material, NOW, root, signer } from "./made-envelopes.fixture.ts";
import { outcome, verified } from "./outcome.fixture.ts";
import { verifyNotation } from "./verify.ts";

const digitalSignature = keyUsage(["digitalSignature"]);

/** What is said of an envelope whose signing certificate is that. */
function saidOf(certificate: Buffer): string {
  const made: Made = { ...signer, der: certificate };
  return outcome(verified("jws", { chain: [made, root], by: signer }));
}

function withExtensions(...extensions: readonly Buffer[]): string {
  return saidOf(madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: root, extensions }).der);
}

test("certificates with absurd extensions", () => {
  const sequence = (content: Buffer) => Buffer.concat([Buffer.from([0x30, content.length]), content]);
  const many = Array.from({ length: 1_500 }, (_, index) => extension(`1.2.3.${index}`, false, Buffer.from([5, 0])));
  const wide = extension("1.2.3", false, Buffer.alloc(70_000, 0x30));
  const cases: readonly (readonly [readonly Buffer[], RegExp])[] = [
    [many, /certificate 1 has more than 1000 values in one$/],
    [[digitalSignature, wide], /certificate 1 has more than 65536 bytes$/],
    [
      [extension("2.5.29.15", true, Buffer.from([3, 3, 9, 0, 0]))],
      /certificate 1 has a string of bits of no known form$/,
    ],
    [[extension("2.5.29.15", true, Buffer.from([3, 2, 0, 0]))], /named bits that is not in its shortest form$/],
    [[extension("2.5.29.15", true, Buffer.from([3, 3, 5, 0x80, 0x20]))], /has an unknown key usage: 10$/],
    [[extension("2.5.29.15", true, Buffer.from([3, 1, 0, 5, 0]))], /certificate 1 has bytes after its end$/],
    [[digitalSignature, extension("2.5.29.37", false, sequence(Buffer.alloc(0)))], /has an empty extended key usage$/],
    [
      [digitalSignature, extension("2.5.29.37", false, sequence(Buffer.from([5, 0])))],
      /type 0x05 where 0x06 should be$/,
    ],
    [
      [digitalSignature, extension("2.5.29.19", true, sequence(Buffer.from([1, 1, 1])))],
      /certificate 1 has a boolean that is neither true nor false$/,
    ],
    [
      [digitalSignature, extension("2.5.29.19", true, sequence(derIntegerOf(0)))],
      /certificate 1 limits the path below it in no known form$/,
    ],
    [
      [
        der(
          tags.sequence,
          derOidOf("2.5.29.15"),
          der(tags.boolean, Buffer.from([0])),
          der(tags.octetString, Buffer.from([3, 2, 7, 0x80])),
        ),
      ],
      /certificate 1 writes out that the extension 2.5.29.15 is not critical$/,
    ],
  ];
  for (const [extensions, expected] of cases) {
    const said = withExtensions(...extensions);
    assert.ok(said.startsWith("signer: trust.certificate: "), said);
    assert.match(said, expected);
  }
});

test("keys that cost, or that OpenSSL would take from anybody", () => {
  const keyed = (publicKey: Buffer): KeyPair =>
    ({ ...signer.keys, publicKey: { export: () => publicKey } }) as unknown as KeyPair;
  const spki = (algorithm: Buffer, bits: Buffer) =>
    der(tags.sequence, algorithm, der(tags.bitString, Buffer.from([0]), bits));
  const rsa = (modulus: bigint, exponent: bigint) =>
    spki(
      der(tags.sequence, derOidOf("1.2.840.113549.1.1.1"), der(tags.null)),
      der(tags.sequence, derIntegerOf(modulus), derIntegerOf(exponent)),
    );
  const point = signer.keys.publicKey.export({ type: "spki", format: "der" }).subarray(-65);
  const ec = (parameters: Buffer) => spki(der(tags.sequence, derOidOf("1.2.840.10045.2.1"), parameters), point);
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [rsa((1n << 16_383n) + 1n, 65_537n), /has a key that is an RSA key of 16384 bits$/],
    [rsa((1n << 2_047n) + 1n, (1n << 400n) + 1n), /has a key that is an RSA key with an unusual exponent$/],
    [rsa((1n << 2_047n) + 1n, 1n), /has a key that is an RSA key with an unusual exponent$/],
    [rsa(0n, 65_537n), /has a key that is an RSA key of 0 bits$/],
    // A curve of one's own, with a generator of one's choice (CVE-2020-0601).
    [ec(der(tags.sequence, derIntegerOf(1))), /has a key that has a value of type 0x30 where 0x06 should be$/],
    [ec(derOidOf("1.3.132.0.10")), /has a key that is on a curve that is not P-256, P-384 or P-521$/],
    [ec(derOidOf("1.3.132.0.34")), /has a key that is not a key that OpenSSL takes$/],
    [Buffer.from([0x30, 0]), /has a key that ends where a value should follow$/],
  ];
  for (const [publicKey, expected] of cases) {
    const made = madeCertificate({ subject: "CN=leaf", keys: keyed(publicKey), issuer: root });
    assert.match(saidOf(made.der), expected);
  }
  const pair = generateKeyPairSync("ed25519");
  const edwards = madeCertificate({ subject: "CN=leaf", keys: pair, issuer: root });
  assert.match(saidOf(edwards.der), /^signature: trust.unsupported: the certificate's key is of a kind or size /);
});

test("names that would read as another's", () => {
  const named = (subject: string) => {
    const leaf = madeCertificate({ subject, keys: ecKeys(), issuer: root });
    const signature = verified("jws", { chain: [leaf, root] });
    assert.ok(signature.outcome === "verified" && signature.signers[0].kind === "certificate");
    return [signature.signers[0].subject, signature.steps[3]?.detail];
  };
  assert.deepEqual(named("CN=release\n"), [
    "CN=release\\0a",
    "CN=release\\0a, trusted by shop; revocation is not looked up",
  ]);
  assert.equal(named("CN=release\u200b")[0], "CN=release\\e2\\80\\8b");
  assert.equal(named("CN=re\u202elease")[0], "CN=re\\e2\\80\\aelease");
  assert.notEqual(named("CN=Release")[0], named("CN=release")[0]);
  assert.notEqual(named("CN=r\u0435lease")[0], named("CN=release")[0]);
});

test("certificates of other versions and forms", () => {
  const { der: whole } = madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: root });
  assert.match(saidOf(Buffer.concat([whole, Buffer.from([0])])), /certificate 1 has bytes after its end$/);
  assert.match(saidOf(whole.subarray(0, -1)), /certificate 1 is cut off within a value$/);
  const first = Buffer.from(whole);
  first[first.indexOf(Buffer.from([0xa0, 3, 2, 1, 2])) + 4] = 0;
  assert.match(saidOf(first), /certificate 1 is not of version 3$/);
  const other = Buffer.from(whole);
  // The last byte of ecdsa-with-SHA256, inside alone.
  const ecdsa = derOidOf("1.2.840.10045.4.3.2");
  other[other.indexOf(ecdsa) + ecdsa.length - 1] = 3;
  assert.match(saidOf(other), /certificate 1 names two signature algorithms$/);
  const self = madeCertificate({ subject: "CN=alone", keys: ecKeys(), extensions: signerExtensions });
  const authority = madeCertificate({ subject: "CN=alone", keys: ecKeys(), extensions: authorityExtensions });
  assert.match(
    outcome(verified("jws", { chain: [self, authority] })),
    /certificate 1 .* signed itself and is not the last/,
  );
});

test("a mutated certificate is what it was, or is refused", () => {
  class Fault extends Error {}
  const seed = signer.der;
  const before = readCertificate(seed, (cause) => new Fault(cause));
  fc.assert(
    fc.property(mutatedBytes(seed), (bytes) => {
      let read: Certificate;
      try {
        read = readCertificate(bytes, (cause) => new Fault(cause));
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
        return;
      }
      assert.deepEqual(read.bytes, bytes);
      // Two that are read alike are the same bytes.
      if (read.signed.equals(before.signed) && read.signature.equals(before.signature)) assert.deepEqual(bytes, seed);
    }),
    { ...runs(2_000), seed: 17 },
  );
});

test("bombs of JSON, CBOR and DER", () => {
  const jws = (text: string) => outcome(verifyNotation(foundEnvelope("jws", Buffer.from(text)), material, NOW));
  const cose = (hex: string, length: number) =>
    outcome(verifyNotation(foundEnvelope("cose", Buffer.from(hex.repeat(length), "hex")), material, NOW));
  const deep = "[".repeat(400_000) + "]".repeat(400_000);
  assert.equal(jws(deep), "form: trust.form: the envelope is not a JSON object");
  assert.match(jws(`{"payload":${deep}}`), /^form: trust.form: protected is missing$/);
  assert.match(
    jws(`{"header":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`),
    /^form: trust.form: protected is missing$/,
  );
  assert.match(jws("[".repeat(1_000_000)), /^form: trust.form: the envelope: not JSON: /);
  assert.match(jws(`{"a":"${"\\u0000".repeat(100_000)}"}`), /^form: trust.form: the envelope has a field a$/);
  assert.match(cose("d2", 1_000_000), /^form: trust.form: the envelope has more than 32 values within each other$/);
  assert.match(cose("9b7fffffffffffffff", 1), /^form: trust.form: the envelope is cut off within a value$/);
  assert.match(
    outcome(
      verifyNotation(
        foundEnvelope("cose", Buffer.concat([Buffer.from("9a000f4240", "hex"), Buffer.alloc(1_000_000)])),
        material,
        NOW,
      ),
    ),
    /^form: trust.form: the envelope has more than 10000 values$/,
  );
  let nested: Buffer = Buffer.from([5, 0]);
  for (let level = 0; level < 5_000; level++) nested = der(constructedTag(0), nested);
  assert.match(saidOf(nested), /certificate 1 has a value of type 0xa0 where 0x30 should be$/);
  assert.match(saidOf(der(tags.sequence, nested)), /certificate 1 has a value of type 0xa0 where 0x30 should be$/);
  const parts = Array.from({ length: 1_200 }, () =>
    der(tags.set, der(tags.sequence, derOidOf("2.5.4.3"), derTextOf(tags.utf8String, "a"))),
  );
  const long = madeCertificate({
    subject: "CN=leaf",
    keys: ecKeys(),
    issuer: { ...root, name: der(tags.sequence, ...parts) },
  });
  assert.match(saidOf(long.der), /certificate 1 \(CN=leaf\) names another issuer$/);
});

test("an empty envelope of either format", () => {
  for (const format of formats) {
    const said = outcome(verifyNotation(foundEnvelope(format, Buffer.alloc(0)), material, NOW));
    assert.match(said, /^form: trust.form: the envelope/);
    assert.equal(outcome(verifyNotation(foundEnvelope(format, madeEnvelope(format)), material, NOW)), "verified");
  }
});
