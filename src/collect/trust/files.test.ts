import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readClock } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { verifySignature } from "../../engines/trust/verify.ts";
import { readSignatureFile } from "./files.ts";
import { testSigner } from "./signed.fixture.ts";

const subject = `sha256:${"a".repeat(64)}` as Digest;

function fileWith(t: TestContext, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-signatures-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "signatures");
  writeFileSync(path, content);
  return path;
}

test("each form in a file is told by its content", (t) => {
  const payload = Buffer.from(JSON.stringify({ predicateType: "https://sigstore.dev/cosign/sign/v1" }));
  const bundle = (content: object) => JSON.stringify({ verificationMaterial: {}, ...content });
  const dsse = JSON.stringify({ payloadType: "x", payload: "", signatures: [] });
  for (const [content, ...forms] of [
    [bundle({ dsseEnvelope: {} }), "bundle-attestation"],
    [bundle({ dsseEnvelope: { payload: payload.toString("base64") } }), "bundle-signature"],
    [JSON.stringify({ mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" }), "bundle-attestation"],
    [`${bundle({})}\n\n${dsse}\n`, "bundle-attestation", "cosign-att"],
    [dsse, "cosign-att"],
    [JSON.stringify({ payload: "", protected: "", header: {}, signature: "" }, null, 2), "notation-jws"],
    [Buffer.from([0xd2, 0x84, 0x40]), "notation-cose"],
    [JSON.stringify({ Base64Signature: "", Payload: "" }), "cosign-sig"],
  ] as const) {
    const found = readSignatureFile(fileWith(t, content), subject);
    assert.deepEqual(
      found.map(({ form }) => form),
      forms,
    );
    assert.ok(found.every(({ place, subject: about }) => place.by === "file" && about === subject));
  }
});

test("what cosign downloads is verified as in its registry", (t) => {
  const signer = testSigner();
  const { payload, signature } = signer.simpleSigning(subject);
  const line = {
    Base64Signature: signature,
    Payload: payload.toString("base64"),
    Cert: null,
    Chain: null,
    Bundle: null,
  };
  const [found] = readSignatureFile(fileWith(t, `${JSON.stringify(line)}\n`), subject);
  assert.ok(found !== undefined);
  assert.equal(verifySignature(found, signer.material, readClock()).outcome, "verified");
});

test("a certificate of Go's structures becomes PEM", (t) => {
  const raw = Buffer.alloc(100, 7).toString("base64");
  const line = {
    ...{ Base64Signature: "", Payload: "", Cert: { Raw: raw, Version: 3 }, Chain: [{ Raw: "AAAA" }, { Raw: "BBBB" }] },
    ...{ Bundle: { SignedEntryTimestamp: "x" }, RFC3161Timestamp: { SignedRFC3161Timestamp: "y" } },
  };
  const [found] = readSignatureFile(fileWith(t, JSON.stringify(line)), subject);
  assert.ok(found?.envelope.kind === "simple-signing");
  const { certificate, chain, rekorBundle, timestamp } = found.envelope;
  assert.equal(certificate?.replaceAll(/\n|-----[A-Z ]+-----/g, ""), raw);
  assert.equal(chain?.match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.deepEqual([rekorBundle, timestamp], ['{"SignedEntryTimestamp":"x"}', '{"SignedRFC3161Timestamp":"y"}']);
});

test("what is no signature is refused with its place", (t) => {
  for (const [content, reason] of [
    ["", /no signatures/],
    ["\n\n", /no signatures/],
    ["not JSON", /line 1 is not a JSON object/],
    ["[1]", /line 1 is not a JSON object/],
    ['{"a":1}', /entry 1 is not a known signature format/],
    [
      `${JSON.stringify({ payloadType: "", payload: "", signatures: [] })}\n{}`,
      /entry 2 is not a known signature format/,
    ],
    ["{}\n".repeat(3_000), /more than 1000 signatures/],
    ["{}\n".repeat(1_500), /more than 1000 signatures/],
  ] as const) {
    const path = fileWith(t, content);
    assert.throws(
      () => readSignatureFile(path, subject),
      (error) =>
        error instanceof Problem && error.code === "trust.file" && reason.test(error.message) && error.place === path,
    );
  }
  assert.throws(() => readSignatureFile("/nonexistent/signatures", subject), /no such file/i);
});
