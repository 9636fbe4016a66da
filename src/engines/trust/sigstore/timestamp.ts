/** Timestamps as Sigstore's forms carry them: a response with its status, by an authority that was trusted at its time. */
import { derFields, derInteger, readDer, tags } from "../../../formats/der/read.ts";
import { bounds } from "../bounds.ts";
import type { CertificateAuthority } from "../model.ts";
import { refused } from "../refusal.ts";
import { readTimestampToken } from "../timestamp/token.ts";
import { verifyTimestamp } from "../timestamp/verify.ts";
import type { Certificate } from "../x509/read.ts";
import { isoTime } from "../x509/rules.ts";

/** An authority whose timestamps count. */
export interface TrustedTimestamper {
  /** Of the purpose `timestamping`. */
  readonly authority: CertificateAuthority;
  /** The one certificate that may sign times, as trusted roots name it; absent of an own authority, which may issue some. */
  readonly signer?: Certificate;
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
  const { info, signer } = readTimestampToken(token.bytes, fault);
  const known = trusted.filter((one) => one.signer === undefined || signer.is(one.signer));
  const able = known.filter(({ from, until }) => info.time >= from && info.time <= until);
  const [early] = known;
  if (able.length === 0 && early !== undefined) {
    throw fault(`is of ${isoTime(info.time)}, when ${early.authority.name} was not trusted`);
  }
  const authorities = able.map((one) => one.authority);
  const { time, authority, certificate, unsigned } = verifyTimestamp(token.bytes, signature, authorities);
  const own = able.find((one) => one.authority === authority)?.signer;
  if (own !== undefined && !own.bytes.equals(certificate.bytes)) {
    throw refused(
      "trust.unknown-root",
      `the timestamp is not by the certificate that ${authority.name} is trusted with`,
    );
  }
  // Whatever else stands in it could be exchanged without anybody seeing.
  if (unsigned !== undefined) throw fault(unsigned);
  return { time, by: authority.name };
}
