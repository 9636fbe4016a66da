/** Whether a trusted authority says that some bytes were there, and when (RFC 3161; Notary Project, trust-store-trust-policy.md). */
import { createHash } from "node:crypto";
import type { CertificateAuthority } from "../model.ts";
import { refused, shown } from "../refusal.ts";
import { anchorsOf, newPathBudget, pathTo } from "../x509/authority.ts";
import type { Certificate } from "../x509/read.ts";
import { certificateName, isoTime, mayIssueFor, signingFault, validityFault } from "../x509/rules.ts";
import { isSignedBy } from "../x509/signature-algorithm.ts";
import { readTimestampToken } from "./token.ts";

const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

/** A time that an authority vouches for. */
export interface CountersignedTime {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The time with its accuracy to either side. */
  readonly earliest: number;
  readonly latest: number;
  /** The authority, and the certificate of its that signed. */
  readonly authority: CertificateAuthority;
  readonly certificate: Certificate;
  /**
   * What the token carries that nobody signed and nothing follows from, as the end of a sentence: some authorities add the
   * certificates by which others trust their root.
   */
  readonly unsigned?: string;
}

/**
 * @param bytes - DER of a TimeStampToken
 * @param over - what it must be about: the bytes of a signature
 * @param authorities - those of other purposes are passed over
 * @throws a refusal: `trust.time`; `trust.unknown-root` where it is whole, and of nobody who is trusted
 */
export function verifyTimestamp(
  bytes: Buffer,
  over: Uint8Array,
  authorities: readonly CertificateAuthority[],
): CountersignedTime {
  const fault = (cause: string) => refused("trust.time", `the timestamp ${cause}`);
  const { info, content, certificates, signer, unsigned } = readTimestampToken(bytes, fault);
  if (!createHash(info.hash).update(over).digest().equals(info.imprint)) throw fault("is about another signature");
  if (!createHash(signer.hash).update(content).digest().equals(signer.contentHash)) {
    throw fault("is signed for other content");
  }

  const asked = authorities.filter(({ purpose }) => purpose === "timestamping");
  const trusted = asked.map(anchorsOf);
  const all = [...certificates, ...trusted.flatMap((authority) => authority.certificates)];
  const candidates = all.filter(signer.is);
  if (candidates.length === 0) {
    const what = "the timestamp is by no trusted authority, and does not bring the certificate of its signer";
    throw refused("trust.unknown-root", what);
  }
  // An issuer may have two certificates with one number; which of them signed is among what is signed.
  const named = signer.certificate;
  const own = candidates.find(
    ({ bytes }) => named === undefined || createHash(named.hash).update(bytes).digest().equals(named.value),
  );
  if (own === undefined) throw fault("is signed for another certificate");
  const wrong = timestampingFault(own) ?? validityFault(own, info.time, info.time);
  if (wrong !== undefined) throw fault(`is by a certificate that ${wrong}`);
  if (signer.algorithm.kind === "refused") throw fault(`is signed with ${signer.algorithm.name}`);
  if (!isSignedBy(own.publicKey, signer.algorithm, signer.signed, signer.signature)) {
    throw fault("is not signed by the key of its certificate");
  }

  const budget = newPathBudget();
  const paths = trusted.map((anchors) => {
    const path = pathTo(anchors, own, certificates, info.time, budget);
    return path?.slice(1).every((issuer) => mayIssueFor(issuer, TIME_STAMPING)) ? path : undefined;
  });
  const index = paths.findIndex((path) => path !== undefined);
  const authority = asked[index];
  if (authority === undefined) {
    const unread = trusted.flatMap(({ name, unread }) => unread.map((which) => `; of ${name}, ${which}`)).join("");
    const who = `${shown(certificateName(own))}, at ${isoTime(info.time)}`;
    throw refused("trust.unknown-root", `the timestamp is by no trusted authority: ${who}${shown(unread)}`);
  }
  if (named === undefined) throw fault("lacks the signed attribute that names its certificate by SHA-2");
  const { time, accuracy } = info;
  const known = [...(paths[index] ?? []), ...(trusted[index]?.certificates ?? [])];
  const stranger = certificates.find(({ bytes }) => !known.some((other) => other.bytes.equals(bytes)));
  if (unsigned !== undefined) throw fault(unsigned);
  return {
    time,
    earliest: time - accuracy,
    latest: time + accuracy,
    authority,
    certificate: own,
    ...(stranger === undefined ? {} : { unsigned: "carries a certificate that has no part in it" }),
  };
}

/** RFC 3161, section 2.3: for timestamps alone, and critical. */
function timestampingFault(certificate: Certificate): string | undefined {
  const { extendedKeyUsage } = certificate;
  if (extendedKeyUsage === undefined || !extendedKeyUsage.critical) return "is not for timestamps alone";
  const { purposes } = extendedKeyUsage;
  if (purposes.size !== 1 || !purposes.has(TIME_STAMPING)) return "is not for timestamps alone";
  return signingFault(certificate);
}
