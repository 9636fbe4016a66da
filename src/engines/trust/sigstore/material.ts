/** What every form comes to before anything of it is trusted: what is signed, the signatures, and who is named as signer. */
import type { Digest } from "../../../core/digest.ts";
import type { EnvelopeSignature } from "../dsse.ts";
import type { SignatureForm, SignedContent } from "../model.ts";
import type { Certificate } from "../x509/read.ts";

export interface SignedMaterial {
  /** As the content is: a statement's form depends on what it says, not on where it lay. */
  readonly form: SignatureForm;
  /** The bytes under the signatures. */
  readonly signed: Uint8Array;
  /** The bytes that log entries name by their hash, where those are not the signed ones: a DSSE payload, and its envelope. */
  readonly payload: Uint8Array;
  readonly envelope?: Uint8Array;
  /** Never empty; several of a DSSE envelope alone. */
  readonly signatures: readonly EnvelopeSignature[];
  readonly signer: NamedSigner;
  readonly entries: readonly LogEntry[];
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Buffer[];
  /** @throws a refusal where what is signed is about something else */
  contentFor(digest: Digest): SignedContent;
}

export type NamedSigner =
  | {
      readonly kind: "certificate";
      readonly certificate: Certificate;
      /** Its issuers, as they came along. */
      readonly chain: readonly Certificate[];
    }
  /** By a hint, where there is one. */
  | { readonly kind: "key"; readonly hint?: string };

/** An entry of a transparency log, as a bundle or an annotation carries it. */
export interface LogEntry {
  readonly logIndex: bigint;
  /** sha256 over the log's key; the name by which logs are found. */
  readonly logId: Buffer;
  readonly kind: string;
  readonly version: string;
  /** Seconds since 1970; 0 where the log does not say. Nobody vouches for it but the promise. */
  readonly integratedTime: bigint;
  /** The log's signature over all of the entry (signed entry timestamp). */
  readonly promise?: Buffer;
  readonly proof?: InclusionProof;
  readonly body: Buffer;
}

export interface InclusionProof {
  readonly logIndex: bigint;
  readonly rootHash: Buffer;
  readonly treeSize: bigint;
  readonly hashes: readonly Buffer[];
  /** Without it the root hash is nobody's word. */
  readonly checkpoint?: string;
}
