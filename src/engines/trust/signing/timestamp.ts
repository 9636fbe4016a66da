/** Timestamps of an authority (RFC 3161), asked for over the bytes of a signature. */
import { createHash, randomBytes } from "node:crypto";
import { RFC3161Timestamp } from "@sigstore/core";
import { bounds } from "./bounds.ts";
import { der } from "./encoding.ts";
import { type Services, wrongAnswer } from "./service.ts";

export interface Timestamp {
  /** DER of the TimeStampResp, as bundles and cosign keep it. */
  readonly response: Buffer;
  readonly at: Date;
}

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
/** 2.16.840.1.101.3.4.2.1, without parameters. */
const SHA256 = der(SEQUENCE, Buffer.from("0609608648016503040201", "hex"));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const VERSION = Buffer.from([INTEGER, 1, 1]);

/**
 * @param authority - the whole URL, as timestamp authorities have no common path
 * @throws Problem `signing.service-answer` where it is over other bytes or another request's; what asking throws
 */
export async function requestTimestamp(authority: URL, signed: Buffer, services: Services): Promise<Timestamp> {
  const what = "timestamp";
  const hash = createHash("sha256").update(signed).digest();
  const { request, nonce } = timestampRequest(hash);
  const { bytes } = await services.ask({
    what,
    url: authority,
    method: "POST",
    headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
    body: request,
    accepts: [200, 201],
    limit: bounds.timestampAnswerBytes,
  });
  let at: Date;
  try {
    const read = RFC3161Timestamp.parse(Buffer.from(bytes));
    // 0 is granted, 1 granted with modifications.
    if (read.status !== 0n && read.status !== 1n) throw new Error("not granted");
    read.tstInfo.verify(signed);
    at = read.tstInfo.genTime;
  } catch (error) {
    const cause = (error as Error).message === "not granted" ? "it was not granted" : "it is not over this signature";
    throw wrongAnswer(what, authority, cause);
  }
  // The number is DER wherever it stands; by chance it stands in no other answer.
  if (!bytes.includes(nonce)) throw wrongAnswer(what, authority, "it is the answer to another request");
  return { response: bytes, at };
}

/** TimeStampReq (RFC 3161, section 2.4.1): SHA-256, a nonce of 48 bits, which every authority can repeat, and the certificate is asked for. */
export function timestampRequest(hash: Buffer): { readonly request: Buffer; readonly nonce: Buffer } {
  const number = randomBytes(6);
  // Positive, and of six bytes without a leading zero.
  number[0] = ((number[0] as number) & 0x7f) | 0x40;
  const nonce = der(INTEGER, number);
  const imprint = der(SEQUENCE, SHA256, der(OCTET_STRING, hash));
  return { request: der(SEQUENCE, VERSION, imprint, nonce, TRUE), nonce };
}
