/** What a certificate must say of itself to issue others, or to sign. Each answer ends a sentence about the certificate. */
import { describeName } from "./distinguished-name.ts";
import { readPublicKey } from "./public-key.ts";
import { type Certificate, extensionIds, isSelfIssued, type KeyUsage, keyUsages, mayBeUsedFor } from "./read.ts";
import { isSignedBy } from "./signature-algorithm.ts";

/** What of a critical extension is followed here, or says nothing that could narrow what is asked. */
const followed: ReadonlySet<string> = new Set([
  extensionIds.keyUsage,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
  // No policy is asked for, so any will do (RFC 5280, section 6.1.1: any-policy).
  extensionIds.certificatePolicies,
  extensionIds.subjectAlternativeName,
]);

/** As keyless certificates are. */
export const NAMELESS = "without a name";

/** For messages: its name as far as it can be read. */
export function certificateName({ subject }: Certificate): string {
  class Unnamed extends Error {}
  try {
    return describeName(subject, () => new Unnamed()) || NAMELESS;
  } catch (error) {
    if (error instanceof Unnamed) return "without a readable name";
    throw error;
  }
}

/**
 * Why it may not issue the certificates below it (RFC 5280, section 6.1.4), or undefined. A key usage limits it where there
 * is one: authorities that openssl makes by default have none.
 *
 * @param below - authorities between it and the certificate that signs
 */
export function issuingFault(certificate: Certificate, below: number): string | undefined {
  const { basicConstraints } = certificate;
  if (basicConstraints === undefined || !basicConstraints.critical || !basicConstraints.isAuthority) {
    return "may not issue certificates";
  }
  const { pathLength } = basicConstraints;
  if (pathLength !== undefined && pathLength < below) {
    return `may have ${pathLength} authorities below it, and has ${below}`;
  }
  if (certificate.keyUsage !== undefined && !mayBeUsedFor(certificate, "keyCertSign")) {
    return "has no key usage keyCertSign";
  }
  return commonFault(certificate);
}

const ANY_PURPOSE = "2.5.29.37.0";

/** Whether an authority's extended key usage, where it has one, leaves certificates of the purpose to it. */
export function mayIssueFor({ extendedKeyUsage }: Certificate, purpose: string): boolean {
  const purposes = extendedKeyUsage?.purposes;
  return purposes === undefined || purposes.has(purpose) || purposes.has(ANY_PURPOSE);
}

/** What a certificate that signs may not be used for besides (Notary Project, "Leaf Certificates"). */
const foreignUses: readonly KeyUsage[] = [
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

/** Why it may not sign anything but certificates, or undefined; what it may sign is another question. */
export function signingFault(certificate: Certificate): string | undefined {
  if (certificate.basicConstraints?.isAuthority) return "is a certificate authority";
  if (certificate.keyUsage === undefined) return "has no key usage";
  if (!mayBeUsedFor(certificate, "digitalSignature")) return "has no key usage digitalSignature";
  const foreign = foreignUses.find((use) => mayBeUsedFor(certificate, use));
  if (foreign !== undefined) return `has the key usage ${foreign}`;
  return commonFault(certificate);
}

/** Whatever the certificate is for. */
function commonFault({ extensions, keyUsage, publicKey }: Certificate): string | undefined {
  for (const [id, { critical }] of extensions) {
    if (critical && !followed.has(id)) return `has a critical extension that is not understood: ${id}`;
  }
  const unknown = [...(keyUsage?.bits ?? [])].find((bit) => bit >= keyUsages.length);
  if (unknown !== undefined) return `has an unknown key usage: ${unknown}`;
  const key = readPublicKey(publicKey);
  return "refused" in key ? `has a key that ${key.refused}` : undefined;
}

/** Why it was not issued by the other, or undefined. The names decide first: they cost nothing. */
export function issuerFault(certificate: Certificate, issuer: Certificate): string | undefined {
  if (!certificate.issuer.equals(issuer.subject)) return "names another issuer";
  return signatureFault(certificate, issuer.publicKey);
}

/** Why it was not signed by the key, or undefined. */
export function signatureFault({ algorithm, signed, signature }: Certificate, publicKey: Buffer): string | undefined {
  if (algorithm.kind === "refused") return `is signed with ${algorithm.name}`;
  return isSignedBy(publicKey, algorithm, signed, signature) ? undefined : "is not signed by its issuer's key";
}

export function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued(certificate) && signatureFault(certificate, certificate.publicKey) === undefined;
}

/** Why it is not valid during all of a time, in milliseconds since 1970, or undefined. */
export function validityFault(
  { notBefore, notAfter }: Certificate,
  earliest: number,
  latest: number,
): string | undefined {
  if (earliest < notBefore) return `is valid only from ${isoTime(notBefore)} on`;
  return latest > notAfter ? `expired at ${isoTime(notAfter)}` : undefined;
}

/** `2026-11-20T10:00:00Z`; whole seconds, as signatures count. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
