/** Certificates of servers, as facts (RFC 5280). */
import type { X509Certificate } from "node:crypto";

/** A certificate with what leads to its authority, and its key, in PEM. */
export interface CertificatePair {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

export interface CertificateFacts {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly isAuthority: boolean;
  /** Names and addresses: `admission.bulkhead.svc`, `127.0.0.1`. */
  readonly names: readonly string[];
  /** SHA-256, as hexadecimal digits. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}
