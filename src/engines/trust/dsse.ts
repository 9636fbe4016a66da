/** DSSE envelopes (github.com/secure-systems-lab/dsse, envelope.md and protocol.md) of in-toto statements. */
import { bounds } from "./bounds.ts";
import type { Members } from "./json.ts";
import { refused, shown } from "./refusal.ts";

/** The only payload that is understood: DSSE signs its type, so that another one's signature is never taken for a statement's. */
const IN_TOTO = "application/vnd.in-toto+json";

export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  /** Never empty. */
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  readonly bytes: Buffer;
  /** Which key made it, as the signer calls it: a hint that nobody signs. Absent where it is empty. */
  readonly keyid?: string;
}

export function readEnvelope(members: Members): DsseEnvelope {
  const payloadType = members.text("payloadType");
  const payload = members.bytes("payload");
  const signatures = members.objects("signatures", bounds.envelopeSignatures).map((signature) => {
    const keyid = signature.optionalText("keyid") ?? "";
    const bytes = signature.bytes("sig");
    signature.end();
    if (bytes.length === 0) throw refused("trust.form", `${signature.path}.sig is empty`);
    return keyid === "" ? { bytes } : { bytes, keyid };
  });
  members.end();
  if (signatures.length === 0) throw refused("trust.form", "the envelope has no signatures");
  if (payloadType !== IN_TOTO) {
    throw refused("trust.unsupported", `payload of the type ${shown(payloadType)}, not an in-toto statement`);
  }
  return { payloadType, payload, signatures };
}

/** What is signed: the pre-authentication encoding, which binds the type to the payload (protocol.md, "PAE"). */
export function preAuthEncoding({ payloadType, payload }: Pick<DsseEnvelope, "payloadType" | "payload">): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}
