/** What is entered into a transparency log, and what the log says of it. */
import type { MadeEnvelope } from "./dsse.ts";

/** By what a log's readers verify the signature. */
export interface LogVerifier {
  readonly kind: "certificate" | "key";
  readonly der: Buffer;
  readonly pem: string;
}

/** A signature over bytes, or an envelope. */
export type Logged =
  | { readonly kind: "bytes"; readonly bytes: Buffer; readonly signature: Buffer; readonly verifier: LogVerifier }
  | { readonly kind: "envelope"; readonly envelope: MadeEnvelope; readonly verifier: LogVerifier };

/** An entry with what proves it, as a bundle keeps them (sigstore_rekor.proto, TransparencyLogEntry). */
export interface LogEntry {
  readonly kind: string;
  readonly version: string;
  /** Decimal. */
  readonly logIndex: string;
  readonly logId: Buffer;
  /** Seconds since 1970, decimal; `0` where the log vouches for no time. */
  readonly integratedTime: string;
  /** Canonical JSON. */
  readonly body: Buffer;
  /** Over body, time, index and log; absent of Rekor's second version. */
  readonly promise?: Buffer;
  readonly proof?: InclusionProof;
}

export interface InclusionProof {
  readonly logIndex: string;
  readonly treeSize: string;
  readonly rootHash: Buffer;
  readonly hashes: readonly Buffer[];
  /** A signed note. */
  readonly checkpoint: string;
}

/** Hashes of a proof: a log of 2^63 entries has as many. */
export const PROOF_HASHES = 64;
