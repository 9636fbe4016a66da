/** Who a verified certificate says its signer is. */
import type { Signer } from "./model.ts";
import { refused, shown } from "./refusal.ts";
import { alternativeNameOf, claimsOf, issuerOf } from "./sigstore/identity.ts";
import type { Told } from "./steps.ts";
import type { Certificate } from "./x509/read.ts";
import { fingerprintOf, subjectOf, titleOf } from "./x509/signer-certificate.ts";

/** Of Sigstore's kind: an identity that a named issuer vouched for, or nobody. */
export function signerByRoot(certificate: Certificate, root: string): Told<Signer> {
  const issuer = issuerOf(certificate);
  const identity = alternativeNameOf(certificate);
  if (issuer === undefined || identity === undefined) {
    const what = issuer === undefined ? "issuer of identity tokens" : "address, URI or user as its subject";
    throw refused("trust.certificate", `${titleOf(certificate)} names no ${what}`);
  }
  return {
    value: { kind: "identity", identity, issuer, root, claims: claimsOf(certificate) },
    detail: `${shown(identity)}, issuer ${shown(issuer)}, by ${root}`,
  };
}

/** Of an own authority: an identity where it names an issuer, else its subject. */
export function signerByAuthority(certificate: Certificate, authority: string): Told<Signer> {
  if (issuerOf(certificate) !== undefined) return signerByRoot(certificate, authority);
  const subject = subjectOf(certificate);
  if (subject === "")
    throw refused("trust.certificate", "the certificate names neither an identity's issuer nor a subject");
  return {
    value: { kind: "certificate", subject, authority, fingerprint: fingerprintOf(certificate) },
    detail: `${shown(subject)}, by ${authority}`,
  };
}
