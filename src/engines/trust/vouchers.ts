/** Who of those that are trusted could vouch for a signer, and by whose word times and log entries count. */
import type { CertificateAuthority, TrustMaterial } from "./model.ts";
import { refused } from "./refusal.ts";
import { type TrustedLog, type UsableRoot, usableRoot } from "./sigstore/root.ts";
import { type Certificate, isSelfIssued } from "./x509/read.ts";
import { certificateOf, titleOf } from "./x509/signer-certificate.ts";
import type { TrustedTimestamper } from "./x509/timestamp.ts";

export interface Witnesses {
  readonly logs: readonly TrustedLog[];
  readonly timestampers: readonly TrustedTimestamper[];
}

export interface UsableAuthority {
  readonly name: string;
  /** Where paths end: its roots, or all of it where it has none. */
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

export type Voucher =
  | { readonly kind: "root"; readonly root: UsableRoot }
  | { readonly kind: "authority"; readonly authority: CertificateAuthority };

/** Sigstore roots of which an authority bears the name of the certificate's issuer, and every own authority. */
export function vouchersFor(
  certificate: Certificate,
  { roots, authorities }: TrustMaterial,
): { readonly vouchers: readonly Voucher[] /** Why there is none. */; readonly refusal: Error } {
  let refusal = refused(
    "trust.unknown-root",
    `no trusted authority bears the name of the issuer of ${titleOf(certificate)}`,
  );
  const vouchers: Voucher[] = [];
  for (const root of roots) {
    try {
      const usable = usableRoot(root);
      const isIssuer = usable.authorities.some(({ subject }) => subject.equals(certificate.issuer));
      if (isIssuer) vouchers.push({ kind: "root", root: usable });
    } catch (error) {
      refusal = error as Error;
    }
  }
  for (const authority of authorities) {
    if (authority.purpose === "signing") vouchers.push({ kind: "authority", authority });
  }
  return { vouchers, refusal };
}

/** Of keys and own authorities: every log and timestamp authority that is trusted at all. */
export function witnessesOf({ roots, authorities }: TrustMaterial): Witnesses {
  const usable = roots.map(usableRoot);
  return {
    logs: usable.flatMap(({ logs }) => logs),
    timestampers: [
      ...usable.flatMap(({ timestampers }) => timestampers),
      ...authorities
        .filter(({ purpose }) => purpose === "timestamping")
        .map((authority) => ownTimestamper(usableAuthority(authority))),
    ],
  };
}

function ownTimestamper({ name, anchors, intermediates }: UsableAuthority): TrustedTimestamper {
  return { name, anchors, intermediates, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
}

const known = new WeakMap<CertificateAuthority, UsableAuthority>();

/** @throws a refusal where it has no certificate, or one that cannot be read */
export function usableAuthority(authority: CertificateAuthority): UsableAuthority {
  const usable = known.get(authority) ?? readAuthority(authority);
  known.set(authority, usable);
  return usable;
}

function readAuthority({ name, certificates }: CertificateAuthority): UsableAuthority {
  const read = certificates.map((der, i) => certificateOf(der, `certificate ${i + 1} of the authority ${name}`));
  const roots = read.filter(isSelfIssued);
  if (read.length === 0) throw refused("trust.unknown-root", `the authority ${name} has no certificate`);
  return roots.length === 0
    ? { name, anchors: read, intermediates: [] }
    : { name, anchors: roots, intermediates: read.filter((certificate) => !isSelfIssued(certificate)) };
}
