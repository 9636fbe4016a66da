/** DSSE envelopes (secure-systems-lab/dsse, protocol.md and envelope.md), made. */
import { preAuthEncoding } from "../dsse.ts";
import type { SigningKey } from "./key.ts";

export const IN_TOTO = "application/vnd.in-toto+json";

export interface MadeEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What is signed: the pre-authentication encoding. */
  readonly encoded: Buffer;
}

export function signEnvelope(payloadType: string, payload: Buffer, key: SigningKey): MadeEnvelope {
  const encoded = preAuthEncoding({ payloadType, payload });
  return { payloadType, payload, signature: key.sign(encoded), encoded };
}

/** Its JSON, whose bytes a log's entry and cosign's timestamps are over: one form for all. */
export function envelopeJson({ payloadType, payload, signature }: MadeEnvelope): string {
  return JSON.stringify({
    payloadType,
    payload: payload.toString("base64"),
    signatures: [{ keyid: "", sig: signature.toString("base64") }],
  });
}
