/** The certificates of trusted authorities, and the ways that lead to them. */
import { bounds } from "../bounds.ts";
import type { CertificateAuthority } from "../model.ts";
import { type Certificate, isSelfIssued, readCertificate } from "./read.ts";
import { issuerFault, issuingFault, validityFault } from "./rules.ts";

/** An authority whose certificates are read. */
export interface Anchors {
  readonly name: string;
  /** Whether exactly these bytes are trusted by themselves. */
  has(der: Buffer): boolean;
  readonly certificates: readonly Certificate[];
  /** What cannot be read leads nowhere: `certificate 2 is not of version 3`. */
  readonly unread: readonly string[];
}

/** Authorities are few, and asked about for every signature. */
const known = new WeakMap<CertificateAuthority, Anchors>();

/**
 * What is trusted by itself: the certificates that issued themselves; where none did, all of them, for somebody pinned
 * those. An intermediate beside its root is on the way there, and no end; nor is it beside what may be its root and cannot
 * be read.
 */
export function anchorsOf(authority: CertificateAuthority): Anchors {
  const found = known.get(authority) ?? readAnchors(authority);
  known.set(authority, found);
  return found;
}

function readAnchors({ name, certificates: all }: CertificateAuthority): Anchors {
  const unread: string[] = [];
  const certificates: Certificate[] = [];
  for (const [index, der] of all.entries()) {
    const read = tryRead(der);
    if (typeof read === "string") unread.push(`certificate ${index + 1} ${read}`);
    else certificates.push(read);
  }
  const roots = certificates.filter(isSelfIssued);
  const ends = roots.length > 0 || unread.length > 0 ? roots : certificates;
  const trusted = new Set(ends.map(({ bytes }) => bytes.toString("latin1")));
  return { name, certificates, unread, has: (der) => trusted.has(der.toString("latin1")) };
}

function tryRead(der: Uint8Array): Certificate | string {
  class Unreadable extends Error {}
  try {
    return readCertificate(der, (cause) => new Unreadable(cause));
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

/** What is counted over all ways that are tried: a token may name hundreds of issuers of one name. */
export interface PathBudget {
  signatures: number;
}

export function newPathBudget(): PathBudget {
  return { signatures: bounds.pathSignatures };
}

/**
 * A way from a certificate to one that is trusted, both included, each valid at the time and allowed to issue the one
 * before it. Undefined where there is none.
 *
 * @param others - certificates that came along: nobody's word for them is taken, they are the steps between
 * @param time - milliseconds since 1970
 */
export function pathTo(
  anchors: Anchors,
  certificate: Certificate,
  others: readonly Certificate[],
  time: number,
  budget: PathBudget,
): readonly Certificate[] | undefined {
  const pool = [...anchors.certificates, ...others];

  return onwards([certificate]);

  function onwards(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const last = path.at(-1) as Certificate;
    if (validityFault(last, time, time) !== undefined) return undefined;
    if (anchors.has(last.bytes)) return path;
    if (path.length >= bounds.chain) return undefined;
    for (const issuer of pool) {
      if (path.some(({ bytes }) => bytes.equals(issuer.bytes))) continue;
      if (!last.issuer.equals(issuer.subject) || issuingFault(issuer, path.length - 1) !== undefined) continue;
      if (budget.signatures-- <= 0) return undefined;
      if (issuerFault(last, issuer) !== undefined) continue;
      const whole = onwards([...path, issuer]);
      if (whole !== undefined) return whole;
    }
    return undefined;
  }
}
