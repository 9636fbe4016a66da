/** Timestamps of an authority (RFC 3161), asked for over the bytes of a signature. */
import { createHash, randomBytes } from "node:crypto";
import { derFields, derInteger, readDer, tags } from "../../../formats/der/read.ts";
import { readTimestampToken } from "../timestamp/token.ts";
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
  const fault = (cause: string) => wrongAnswer(what, authority, `the timestamp ${cause}`);
  const fields = derFields(readDer(bytes, tags.sequence, fault), fault);
  // 0 is granted, 1 granted with modifications.
  const status = derInteger(derFields(fields.next(tags.sequence), fault).next(tags.integer), fault);
  if (status !== 0n && status !== 1n) throw fault("was not granted");
  const { info } = readTimestampToken(fields.next(tags.sequence).bytes, fault);
  if (info.hash !== "sha256" || !info.imprint.equals(hash)) throw fault("is not over this signature");
  // The number is DER wherever it stands; by chance it stands in no other answer.
  if (!bytes.includes(nonce)) throw fault("is the answer to another request");
  return { response: bytes, at: new Date(info.time) };
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
