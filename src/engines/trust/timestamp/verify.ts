/** Whether a trusted authority says that some bytes were there, and when (RFC 3161; Notary Project, trust-store-trust-policy.md). */
import { createHash } from "node:crypto";
import type { CertificateAuthority } from "../model.ts";
import { refused, shown } from "../refusal.ts";
import { anchorsOf, newPathBudget, pathTo } from "../x509/authority.ts";
import type { Certificate } from "../x509/read.ts";
import { certificateName, isoTime, signingFault } from "../x509/rules.ts";
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
  /** The authority's name. */
  readonly authority: string;
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
  const { info, content, certificates, signer } = readTimestampToken(bytes, fault);
  if (!createHash(info.hash).update(over).digest().equals(info.imprint)) throw fault("is about another signature");
  if (!createHash(signer.hash).update(content).digest().equals(signer.contentHash)) {
    throw fault("is signed for other content");
  }

  const trusted = authorities.filter(({ purpose }) => purpose === "timestamping").map(anchorsOf);
  const all = [...certificates, ...trusted.flatMap((authority) => authority.certificates)];
  const own = all.find(signer.is);
  if (own === undefined) throw fault("does not bring the certificate of its signer");
  const { hash, value } = signer.certificate;
  if (!createHash(hash).update(own.bytes).digest().equals(value)) throw fault("is signed for another certificate");
  const wrong = timestampingFault(own);
  if (wrong !== undefined) throw fault(`is by a certificate that ${wrong}`);
  if (signer.algorithm.kind === "refused") throw fault(`is signed with ${signer.algorithm.name}`);
  if (!isSignedBy(own.publicKey, signer.algorithm, signer.signed, signer.signature)) {
    throw fault("is not signed by the key of its certificate");
  }

  const budget = newPathBudget();
  const authority = trusted.find((anchors) => pathTo(anchors, own, certificates, info.time, budget) !== undefined);
  if (authority === undefined) {
    const unread = trusted.flatMap(({ name, unread }) => unread.map((which) => `; of ${name}, ${which}`)).join("");
    const who = `${shown(certificateName(own))}, at ${isoTime(info.time)}`;
    throw refused("trust.unknown-root", `the timestamp is by no trusted authority: ${who}${shown(unread)}`);
  }
  const { time, accuracy } = info;
  return { time, earliest: time - accuracy, latest: time + accuracy, authority: authority.name };
}

/** RFC 3161, section 2.3: for timestamps alone, and critical. */
function timestampingFault(certificate: Certificate): string | undefined {
  const { extendedKeyUsage } = certificate;
  if (extendedKeyUsage === undefined || !extendedKeyUsage.critical) return "is not for timestamps alone";
  const { purposes } = extendedKeyUsage;
  if (purposes.size !== 1 || !purposes.has(TIME_STAMPING)) return "is not for timestamps alone";
  return signingFault(certificate);
}
