/** Timestamps as Sigstore's forms carry them: a response with its status, by an authority that was trusted at its time. */
import { derFields, derInteger, readDer, tags } from "../../../formats/der/read.ts";
import { bounds } from "../bounds.ts";
import type { CertificateAuthority } from "../model.ts";
import { refused } from "../refusal.ts";
import { verifyTimestamp } from "../timestamp/verify.ts";
import { isoTime } from "../x509/rules.ts";

/** An authority whose timestamps count. */
export interface TrustedTimestamper {
  /** Of the purpose `timestamping`. */
  readonly authority: CertificateAuthority;
  /** Milliseconds since 1970, both inclusive. */
  readonly from: number;
  readonly until: number;
}

export interface VerifiedTimestamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly by: string;
}

const fault = (cause: string) => refused("trust.time", `the timestamp ${cause}`);

/**
 * @param signature - what it must be about
 * @throws a refusal `trust.time`; `trust.unknown-root` where its authority is nobody who is trusted
 */
export function verifyTimestampResponse(
  response: Buffer,
  signature: Uint8Array,
  trusted: readonly TrustedTimestamper[],
): VerifiedTimestamp {
  if (response.length > bounds.timestampBytes) {
    throw refused("trust.bound", `the timestamp has more than ${bounds.timestampBytes} bytes`);
  }
  const fields = derFields(readDer(response, tags.sequence, fault), fault);
  const status = derFields(fields.next(tags.sequence), fault);
  const granted = derInteger(status.next(tags.integer), fault);
  status.end();
  if (granted !== 0n && granted !== 1n) throw fault("was not granted");
  const token = fields.next(tags.sequence);
  fields.end();
  const { time, authority, unsigned } = verifyTimestamp(
    token.bytes,
    signature,
    trusted.map((one) => one.authority),
  );
  // Whatever else stands in it could be exchanged without anybody seeing.
  if (unsigned !== undefined) throw fault(unsigned);
  const window = trusted.find((one) => one.authority === authority);
  if (window === undefined || time < window.from || time > window.until) {
    throw fault(`is of ${isoTime(time)}, when ${authority.name} was not trusted`);
  }
  return { time, by: authority.name };
}
