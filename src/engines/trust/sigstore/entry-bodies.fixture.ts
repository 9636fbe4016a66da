/** Bodies of log entries for tests, as the logs write them, by kind. */
import { sha256 } from "./made-sigstore.fixture.ts";

/** What an entry is made of. */
export interface EntryParts {
  readonly signature: Buffer;
  /** A certificate or a key. */
  readonly signer: { readonly der: Buffer; readonly label: "CERTIFICATE" | "PUBLIC KEY" };
  /** The bytes under the signature, and the payload of an envelope. */
  readonly signed: Buffer;
  readonly payload: Buffer;
  /** As it was sent: JSON. */
  readonly envelope?: Buffer;
}

export function pem(der: Buffer, label: string): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const hex = (bytes: Buffer) => sha256(bytes).toString("hex");
const pemOf = ({ signer }: EntryParts) => base64(pem(signer.der, signer.label));

function verifierOf({ signer }: EntryParts) {
  const named = { rawBytes: base64(signer.der) };
  const key = signer.label === "CERTIFICATE" ? { x509Certificate: named } : { publicKey: named };
  return { ...key, keyDetails: "PKIX_ECDSA_P256_SHA_256" };
}

export const entryBodies = {
  "hashedrekord 0.0.1": (parts: EntryParts) => ({
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: hex(parts.signed) } },
      signature: { content: base64(parts.signature), publicKey: { content: pemOf(parts) } },
    },
  }),
  "hashedrekord 0.0.2": (parts: EntryParts) => ({
    apiVersion: "0.0.2",
    kind: "hashedrekord",
    spec: {
      hashedRekordV002: {
        data: { algorithm: "SHA2_256", digest: base64(sha256(parts.signed)) },
        signature: { content: base64(parts.signature), verifier: verifierOf(parts) },
      },
    },
  }),
  "dsse 0.0.1": (parts: EntryParts) => ({
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: hex(parts.envelope ?? parts.payload) },
      payloadHash: { algorithm: "sha256", value: hex(parts.payload) },
      signatures: [{ signature: base64(parts.signature), verifier: pemOf(parts) }],
    },
  }),
  "dsse 0.0.2": (parts: EntryParts) => ({
    apiVersion: "0.0.2",
    kind: "dsse",
    spec: {
      dsseV002: {
        payloadHash: { algorithm: "SHA2_256", digest: base64(sha256(parts.payload)) },
        signatures: [{ content: base64(parts.signature), verifier: verifierOf(parts) }],
      },
    },
  }),
  "intoto 0.0.1": (parts: EntryParts) => ({
    apiVersion: "0.0.1",
    kind: "intoto",
    spec: {
      content: { hash: { algorithm: "sha256", value: hex(parts.envelope ?? parts.payload) } },
      publicKey: pemOf(parts),
    },
  }),
  "intoto 0.0.2": (parts: EntryParts) => ({
    apiVersion: "0.0.2",
    kind: "intoto",
    spec: {
      content: {
        envelope: {
          payloadType: "application/vnd.in-toto+json",
          signatures: [{ publicKey: pemOf(parts), sig: base64(base64(parts.signature)) }],
        },
        hash: { algorithm: "sha256", value: hex(parts.envelope ?? parts.payload) },
        payloadHash: { algorithm: "sha256", value: hex(parts.payload) },
      },
    },
  }),
} as const;

export type EntryKind = keyof typeof entryBodies;
