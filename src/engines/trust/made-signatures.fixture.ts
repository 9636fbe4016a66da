/** Signatures of each form for tests, made whole; tests change what they are about. */
import { type KeyObject, sign } from "node:crypto";
import type { Digest } from "../../core/digest.ts";
import { preAuthEncoding } from "./dsse.ts";
import type { CosignAnnotations, FoundSignature, SignatureForm, TrustedKey, TrustMaterial } from "./model.ts";
import { type EntryKind, type EntryParts, entryBodies, pem } from "./sigstore/entry-bodies.fixture.ts";
import {
  type MadeEntry,
  type MadeSigstore,
  madeEntry,
  madeIdentity,
  madeRoot,
  madeSigstore,
  madeTimestamp,
  SIGNED_AT,
  sha256,
  spkiOf,
} from "./sigstore/made-sigstore.fixture.ts";
import { ecKeys, type KeyPair, type Made, madeCertificate } from "./x509/made-certificates.fixture.ts";

export const SUBJECT = `sha256:${"ab".repeat(32)}` as Digest;
export const NOW = new Date("2026-06-01T12:00:00Z");

export const sigstore: MadeSigstore = madeSigstore();
export const keys: KeyPair = ecKeys();
/** An own authority, and a signer of its. */
export const shopRoot: Made = madeCertificate({ subject: "CN=root,O=Shop", keys: ecKeys() });
export const shopSigner: Made = madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: shopRoot });

export function trustedKey(pair: Pick<KeyPair, "publicKey">, name = "release"): TrustedKey {
  const spki = spkiOf(pair);
  return { name, spki, fingerprint: `sha256:${sha256(spki).toString("hex")}` as Digest };
}

export const material: TrustMaterial = {
  roots: [madeRoot(sigstore)],
  authorities: [{ name: "shop", purpose: "signing", certificates: [shopRoot.der] }],
  keys: [trustedKey(keys)],
};

/** What is trusted, and nothing else. */
export function only(parts: Partial<TrustMaterial>): TrustMaterial {
  return { roots: [], authorities: [], keys: [], ...parts };
}

export function simplePayload(digest: string = SUBJECT, optional: unknown = { team: "shop" }): Buffer {
  const critical = {
    identity: { "docker-reference": "registry.example.com/shop/api" },
    image: { "docker-manifest-digest": digest },
    type: "cosign container image signature",
  };
  return Buffer.from(JSON.stringify({ critical, optional }));
}

export const PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
export const IMAGE_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

export function statement(parts: Readonly<Record<string, unknown>> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "shop/api", digest: { sha256: SUBJECT.slice(7) } }],
      predicateType: PREDICATE_TYPE,
      predicate: { builder: "shop" },
      ...parts,
    }),
  );
}

export function signedWith(key: KeyObject, bytes: Uint8Array): Buffer {
  return sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", bytes, key);
}

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

export function dsseEnvelope(payload: Buffer, signatures: readonly Buffer[], keyid = "") {
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures: signatures.map((signature) => ({ keyid, sig: signature.toString("base64") })),
  };
}

export type Signing =
  | { readonly kind: "identity"; readonly certificate: Made }
  | { readonly kind: "key"; readonly keys: KeyPair };

function privateKey(signing: Signing): KeyObject {
  return signing.kind === "key" ? signing.keys.privateKey : signing.certificate.keys.privateKey;
}

function signerOf(signing: Signing): EntryParts["signer"] {
  return signing.kind === "key"
    ? { der: spkiOf(signing.keys), label: "PUBLIC KEY" }
    : { der: signing.certificate.der, label: "CERTIFICATE" };
}

export interface BundleWish {
  readonly signing?: Signing;
  readonly payload?: Buffer;
  readonly mediaType?: string;
  /** `hashedrekord 0.0.2` without a promise and with a timestamp; others with one. None where it is null. */
  readonly entry?: EntryKind | null;
  readonly timestamp?: boolean;
  /** Other signatures of the envelope. */
  readonly more?: readonly Buffer[];
  readonly chain?: readonly Made[];
}

export const BUNDLE_V3 = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** A bundle of an envelope as JSON: keyless, and in the log of the second version, where nothing is said. */
export function madeBundle(wish: BundleWish = {}) {
  const { signing = identity(), payload = statement(), entry = "hashedrekord 0.0.2", mediaType = BUNDLE_V3 } = wish;
  const signed = preAuthEncoding({ payloadType: PAYLOAD_TYPE, payload });
  const signature = signedWith(privateKey(signing), signed);
  const envelope = dsseEnvelope(payload, [signature, ...(wish.more ?? [])]);
  const parts: EntryParts = {
    signature,
    signer: signerOf(signing),
    signed,
    payload,
    envelope: Buffer.from(JSON.stringify(envelope)),
  };
  const isTimestamped = wish.timestamp ?? (entry !== null && isOfTiles(entry));
  const rawBytes = (certificate: Made) => ({ rawBytes: certificate.der.toString("base64") });
  return {
    mediaType,
    verificationMaterial: {
      ...(signing.kind === "key"
        ? { publicKey: { hint: sha256(spkiOf(signing.keys)).toString("base64") } }
        : mediaType.includes("0.3")
          ? { certificate: rawBytes(signing.certificate) }
          : {
              x509CertificateChain: {
                certificates: [signing.certificate, ...(wish.chain ?? [])].map(rawBytes),
              },
            }),
      tlogEntries: entry === null ? [] : [bundleEntry(entry, parts)],
      ...(isTimestamped
        ? {
            timestampVerificationData: {
              rfc3161Timestamps: [{ signedTimestamp: madeTimestamp(sigstore, signature).toString("base64") }],
            },
          }
        : {}),
    },
    dsseEnvelope: envelope,
  };
}

/** The second version of the log, which vouches for no times. */
function isOfTiles(kind: EntryKind): boolean {
  return kind === "hashedrekord 0.0.2" || kind === "dsse 0.0.2";
}

export function bundleEntry(kind: EntryKind, parts: EntryParts): MadeEntry {
  const body = entryBodies[kind](parts);
  return isOfTiles(kind)
    ? madeEntry({ log: sigstore.tiles, body })
    : madeEntry({ log: sigstore.log, body, at: SIGNED_AT, proof: true });
}

let known: Made | undefined;

/** One certificate for all tests that do not care which. */
export function identity(): Signing {
  known ??= madeIdentity(sigstore);
  return { kind: "identity", certificate: known };
}

export function foundBundle(bundle: unknown, form: SignatureForm = "bundle-attestation"): FoundSignature {
  const bytes = Buffer.isBuffer(bundle) ? bundle : Buffer.from(JSON.stringify(bundle));
  return { form, subject: SUBJECT, place: { by: "referrers", name: SUBJECT }, envelope: { kind: "bundle", bytes } };
}

/** Rekor's entry as cosign writes it into an annotation. */
export function rekorBundle({ integratedTime, logIndex, logId, ...entry }: MadeEntry): string {
  return JSON.stringify({
    SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body: entry.canonicalizedBody,
      integratedTime: Number(integratedTime),
      logIndex: Number(logIndex),
      logID: Buffer.from(logId.keyId, "base64").toString("hex"),
    },
  });
}

export interface LayerWish {
  readonly signing?: Signing;
  readonly payload?: Buffer;
  readonly entry?: EntryKind | null;
  readonly timestamp?: boolean;
  readonly chain?: readonly Made[];
  readonly annotations?: CosignAnnotations;
}

/** A layer of cosign's `.sig`: keyless with its log entry, where nothing is said. */
export function signatureLayer(wish: LayerWish = {}): FoundSignature {
  const { signing = identity(), payload = simplePayload() } = wish;
  const signature = signedWith(privateKey(signing), payload);
  const parts = { signature, signer: signerOf(signing), signed: payload, payload };
  return {
    form: "cosign-sig",
    subject: SUBJECT,
    place: { by: "tag", name: `${SUBJECT.replace(":", "-")}.sig` },
    envelope: {
      kind: "simple-signing",
      payload,
      signature: signature.toString("base64"),
      ...annotationsOf(signing, parts, { entry: "hashedrekord 0.0.1", ...wish }),
    },
  };
}

/** A layer of cosign's `.att`. */
export function attestationLayer(wish: LayerWish = {}): FoundSignature {
  const { signing = identity(), payload = statement() } = wish;
  const signed = preAuthEncoding({ payloadType: PAYLOAD_TYPE, payload });
  const signature = signedWith(privateKey(signing), signed);
  const bytes = Buffer.from(JSON.stringify(dsseEnvelope(payload, [signature])));
  const parts = { signature, signer: signerOf(signing), signed, payload, envelope: bytes };
  return {
    form: "cosign-att",
    subject: SUBJECT,
    place: { by: "tag", name: `${SUBJECT.replace(":", "-")}.att` },
    envelope: { kind: "dsse", bytes, ...annotationsOf(signing, parts, { entry: "dsse 0.0.1", ...wish }) },
  };
}

function annotationsOf(signing: Signing, parts: EntryParts, wish: LayerWish): CosignAnnotations {
  const { entry = null, timestamp = false, chain = [] } = wish;
  // cosign has attestations timestamped with their envelope.
  const response = timestamp
    ? madeTimestamp(sigstore, parts.envelope ?? parts.signature).toString("base64")
    : undefined;
  return {
    ...(signing.kind === "identity" ? { certificate: pem(signing.certificate.der, "CERTIFICATE") } : {}),
    ...(chain.length === 0 ? {} : { chain: chain.map(({ der }) => pem(der, "CERTIFICATE")).join("") }),
    ...(entry === null ? {} : { rekorBundle: rekorBundle(layerEntry(entry, parts)) }),
    ...(response === undefined ? {} : { timestamp: JSON.stringify({ SignedRFC3161Timestamp: response }) }),
    ...wish.annotations,
  };
}

function layerEntry(kind: EntryKind, parts: EntryParts): MadeEntry {
  return madeEntry({ log: sigstore.log, body: entryBodies[kind](parts), at: SIGNED_AT });
}
