/** Certificates of signers and of their authorities, as a verification reads them and speaks of them. */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { printable } from "../../../core/printable.ts";
import type { DerFault } from "../../../formats/der/read.ts";
import { refused } from "../refusal.ts";
import { describeName } from "./distinguished-name.ts";
import { type Certificate, extensionIds, readCertificate } from "./read.ts";

/** @param what - how a refusal calls it: `certificate 2 of the chain` */
export function certificateOf(der: Uint8Array, what: string): Certificate {
  return readCertificate(der, certificateFault(what));
}

export function certificateFault(what: string): DerFault {
  return (cause) => refused("trust.certificate", `${what} ${cause}`);
}

/** RFC 4514; empty where the subject has no part. */
export function subjectOf({ subject }: Certificate): string {
  return describeName(subject, certificateFault("the certificate"));
}

/** `the certificate CN=shop release,O=Shop`. */
export function titleOf(certificate: Certificate): string {
  const subject = printable(subjectOf(certificate));
  return subject === "" ? "the certificate" : `the certificate ${subject}`;
}

export function fingerprintOf({ bytes }: Certificate): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

export function isValidAt({ notBefore, notAfter }: Certificate, time: number): boolean {
  return notBefore <= time && time <= notAfter;
}

/** Those whose meaning is taken into account: a critical one that is not among them refuses the certificate. */
const understood: ReadonlySet<string> = new Set([
  extensionIds.keyUsage,
  extensionIds.subjectAlternativeName,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
]);

export function refuseUnknownExtensions(certificate: Certificate): void {
  for (const [id, { critical }] of certificate.extensions) {
    if (critical && !understood.has(id)) {
      throw refused(
        "trust.unsupported",
        `${titleOf(certificate)} has the critical extension ${id}, which is not supported`,
      );
    }
  }
}

const purposes = { "code signing": "1.3.6.1.5.5.7.3.3", "time stamping": "1.3.6.1.5.5.7.3.8" } as const;
const ANY_PURPOSE = "2.5.29.37.0";

export type Purpose = keyof typeof purposes;

/** The one that signs: no authority, for signatures, and for this purpose by name. */
export function refuseOtherUse(certificate: Certificate, purpose: Purpose): void {
  refuseUnknownExtensions(certificate);
  const { basicConstraints, keyUsage, extendedKeyUsage } = certificate;
  if (basicConstraints?.isAuthority === true) {
    throw refused("trust.certificate", `${titleOf(certificate)} is an authority's, not a signer's`);
  }
  if (keyUsage !== undefined && !keyUsage.bits.has(0)) {
    throw refused("trust.certificate", `the key of ${titleOf(certificate)} is not for signatures (key usage)`);
  }
  if (extendedKeyUsage?.purposes.has(purposes[purpose]) !== true) {
    throw refused("trust.certificate", `${titleOf(certificate)} is not for ${purpose} (extended key usage)`);
  }
}

/** An authority may limit what the certificates below it are for. */
export function allowsPurpose({ extendedKeyUsage }: Certificate, purpose: Purpose): boolean {
  return (
    extendedKeyUsage === undefined ||
    extendedKeyUsage.purposes.has(purposes[purpose]) ||
    extendedKeyUsage.purposes.has(ANY_PURPOSE)
  );
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
