/** Signatures made here, of keys that are trusted in a test. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { Digest } from "../../core/digest.ts";
import type { TrustMaterial } from "../../engines/trust/model.ts";

export interface TestSigner {
  /** Trusts this key alone. */
  readonly material: TrustMaterial;
  /** Of the public key. */
  readonly pem: string;
  /** cosign's payload about a digest, and its signature in base64. */
  simpleSigning(digest: string, optional?: Readonly<Record<string, string>>): { payload: Buffer; signature: string };
  /** A DSSE envelope around a statement about a digest. */
  attestation(digest: string, predicateType: string, predicate: unknown): Buffer;
  /** A Sigstore bundle v0.3 around such an envelope, without a log. */
  bundle(digest: string, predicateType: string, predicate: unknown): Buffer;
}

export function testSigner(name = "release"): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const fingerprint = `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest;
  const signer: TestSigner = {
    pem: String(publicKey.export({ type: "spki", format: "pem" })),
    material: { roots: [], authorities: [], keys: [{ name, spki, fingerprint }] },
    simpleSigning(digest, optional) {
      const identity = { "docker-reference": "" };
      const image = { "docker-manifest-digest": digest };
      const critical = { identity, image, type: "cosign container image signature" };
      const payload = Buffer.from(JSON.stringify({ critical, optional: optional ?? null }));
      return { payload, signature: sign("sha256", payload, privateKey).toString("base64") };
    },
    attestation(digest, predicateType, predicate) {
      const [algorithm = "", hex = ""] = digest.split(":");
      const statement = {
        _type: "https://in-toto.io/Statement/v0.1",
        subject: [{ name: "image", digest: { [algorithm]: hex } }],
        predicateType,
        predicate,
      };
      const payload = Buffer.from(JSON.stringify(statement));
      const payloadType = "application/vnd.in-toto+json";
      const signed = Buffer.concat([
        Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
        payload,
      ]);
      const sig = sign("sha256", signed, privateKey).toString("base64");
      return Buffer.from(JSON.stringify({ payloadType, payload: payload.toString("base64"), signatures: [{ sig }] }));
    },
    bundle(digest, predicateType, predicate) {
      const dsseEnvelope: unknown = JSON.parse(String(signer.attestation(digest, predicateType, predicate)));
      const hint = createHash("sha256").update(spki).digest("base64");
      const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
      const verificationMaterial = { publicKey: { hint }, tlogEntries: [] };
      return Buffer.from(JSON.stringify({ mediaType, verificationMaterial, dsseEnvelope }));
    },
  };
  return signer;
}
