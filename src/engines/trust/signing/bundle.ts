/** Sigstore bundles v0.3 around an envelope (sigstore/protobuf-specs, sigstore_bundle.proto), made. */
import { createHash } from "node:crypto";
import { mediaTypes } from "../forms.ts";
import type { MadeEnvelope } from "./dsse.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Timestamp } from "./timestamp.ts";

export interface BundleParts {
  readonly envelope: MadeEnvelope;
  /** DER of the certificate, or of the public key. */
  readonly signer: { readonly kind: "certificate" | "key"; readonly der: Buffer };
  readonly entry?: LogEntry;
  readonly timestamp?: Timestamp;
}

export function bundleJson({ envelope, signer, entry, timestamp }: BundleParts): Buffer {
  const { payloadType, payload, signature } = envelope;
  return Buffer.from(
    JSON.stringify({
      mediaType: mediaTypes.bundle,
      verificationMaterial: {
        ...(signer.kind === "certificate"
          ? { certificate: { rawBytes: base64(signer.der) } }
          : { publicKey: { hint: createHash("sha256").update(signer.der).digest("base64") } }),
        tlogEntries: entry === undefined ? [] : [entryJson(entry)],
        ...(timestamp === undefined
          ? {}
          : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(timestamp.response) }] } }),
      },
      dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
    }),
  );
}

function entryJson(entry: LogEntry): object {
  const { kind, version, logIndex, logId, integratedTime, body, promise, proof } = entry;
  return {
    logIndex,
    logId: { keyId: base64(logId) },
    kindVersion: { kind, version },
    ...(integratedTime === "0" ? {} : { integratedTime }),
    ...(promise === undefined ? {} : { inclusionPromise: { signedEntryTimestamp: base64(promise) } }),
    ...(proof === undefined
      ? {}
      : {
          inclusionProof: {
            logIndex: proof.logIndex,
            rootHash: base64(proof.rootHash),
            treeSize: proof.treeSize,
            hashes: proof.hashes.map(base64),
            checkpoint: { envelope: proof.checkpoint },
          },
        }),
    canonicalizedBody: base64(body),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
