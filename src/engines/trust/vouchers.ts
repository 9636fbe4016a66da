/** Who of those that are trusted could vouch for a signer, and by whose word times and log entries count. */
import type { CertificateAuthority, TrustMaterial } from "./model.ts";
import { refused } from "./refusal.ts";
import { type TrustedLog, type UsableRoot, usableRoot } from "./sigstore/root.ts";
import type { TrustedTimestamper } from "./sigstore/timestamp.ts";
import type { Certificate } from "./x509/read.ts";
import { titleOf } from "./x509/signer-certificate.ts";

export interface Witnesses {
  readonly logs: readonly TrustedLog[];
  readonly timestampers: readonly TrustedTimestamper[];
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
  const own = authorities.filter(({ purpose }) => purpose === "timestamping");
  return {
    logs: usable.flatMap(({ logs }) => logs),
    timestampers: [
      ...usable.flatMap(({ timestampers }) => timestampers),
      ...own.map((authority) => ({ authority, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY })),
    ],
  };
}
