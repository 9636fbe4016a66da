/** Who of those that are trusted could vouch for a signer, and by whose word times and log entries count. */
import type { CertificateAuthority, TrustMaterial } from "./model.ts";
import { refused } from "./refusal.ts";
import type { SignedMaterial } from "./sigstore/material.ts";
import { type TrustedLog, type UsableRoot, usableRoot } from "./sigstore/root.ts";
import type { TrustedTimestamper } from "./sigstore/timestamp.ts";
import { anchorsOf } from "./x509/authority.ts";
import type { Certificate } from "./x509/read.ts";
import { titleOf } from "./x509/signer-certificate.ts";

export interface Witnesses {
  readonly logs: readonly TrustedLog[];
  readonly timestampers: readonly TrustedTimestamper[];
}

export type Voucher =
  | { readonly kind: "root"; readonly root: UsableRoot }
  | { readonly kind: "authority"; readonly authority: CertificateAuthority };

/**
 * Those to whom a certificate could lead by the names of issuers: Sigstore roots by its own, own authorities by those that
 * came along as well.
 */
export function vouchersFor(
  certificate: Certificate,
  chain: readonly Certificate[],
  { roots, authorities }: TrustMaterial,
): { readonly vouchers: readonly Voucher[] /** Why there is none. */; readonly refusal: Error } {
  const what = `no trusted authority bears the name of the issuer of ${titleOf(certificate)}`;
  let refusal = refused("trust.unknown-root", what);
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
  const issuers = [certificate, ...chain].map(({ issuer }) => issuer);
  for (const authority of authorities) {
    if (authority.purpose !== "signing") continue;
    const { name, certificates, unread } = anchorsOf(authority);
    const isIssuer = certificates.some(({ subject }) => issuers.some((issuer) => issuer.equals(subject)));
    if (isIssuer) vouchers.push({ kind: "authority", authority });
    else if (unread.length > 0) refusal = refused("trust.unknown-root", `${what}; of ${name}, ${unread.join(", ")}`);
  }
  return { vouchers, refusal };
}

/**
 * For keys and own authorities: every log and timestamp authority that is trusted at all. Nobody is asked where there is
 * nothing to ask about.
 *
 * @throws a refusal where a root is not usable
 */
export function witnessesOf(
  { entries, timestamps }: Pick<SignedMaterial, "entries" | "timestamps">,
  { roots, authorities }: TrustMaterial,
): Witnesses {
  if (entries.length === 0 && timestamps.length === 0) return { logs: [], timestampers: [] };
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
