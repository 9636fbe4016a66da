/**
 * The way from a certificate to a trusted authority (RFC 5280, section 6), as far as signers of code need it: names, keys,
 * validity, what each may be used for. Constraints on names are not supported: who has some is refused.
 */
import { bounds } from "../bounds.ts";
import { refused } from "../refusal.ts";
import { type Certificate, isSelfIssued } from "./read.ts";
import { isSignedBy } from "./signature-algorithm.ts";
import {
  allowsPurpose,
  isoTime,
  isValidAt,
  type Purpose,
  refuseOtherUse,
  refuseUnknownExtensions,
  titleOf,
} from "./signer-certificate.ts";

const NAME_CONSTRAINTS = "2.5.29.30";
/** keyCertSign */
const ISSUES = 5;
/** Signatures of issuers that one search verifies: equal names could lead many ways. */
const SIGNATURES = 100;

export interface PathOptions {
  /** A path ends at the first of them: roots, and intermediates that are trusted as such. */
  readonly anchors: readonly Certificate[];
  /** What came with the signature: nobody's word. */
  readonly others: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  readonly purpose: Purpose;
}

export type Path = readonly [Certificate, ...Certificate[]];

/**
 * @returns the shortest path from the certificate to an anchor, both included
 * @throws a refusal where there is none
 */
export function pathToAuthority(leaf: Certificate, options: PathOptions): Path {
  refuseOtherUse(leaf, options.purpose);
  refuseOtherTimes(leaf, options.at);
  let refusal = refused("trust.unknown-root", `no trusted authority issued ${titleOf(leaf)}`);
  let left = SIGNATURES;
  let paths: Path[] = [[leaf]];
  for (let length = 1; length <= bounds.chain && paths.length > 0; length++) {
    const longer: Path[] = [];
    for (const path of paths) {
      const last = path.at(-1) as Certificate;
      if (options.anchors.some((anchor) => anchor.bytes.equals(last.bytes))) return path;
      if (isSelfIssued(last)) continue;
      for (const issuer of [...options.anchors, ...options.others]) {
        if (!last.issuer.equals(issuer.subject) || path.includes(issuer)) continue;
        if (left-- === 0) throw refused("trust.bound", `${titleOf(leaf)} has more than ${SIGNATURES} possible issuers`);
        if (!isSignedBy(issuer.publicKey, last.algorithm, last.signed, last.signature)) continue;
        try {
          refuseAsIssuer(issuer, path.length - 1, options);
          longer.push([...path, issuer]);
        } catch (error) {
          refusal = error as Error;
        }
      }
    }
    paths = longer;
  }
  throw refusal;
}

function refuseOtherTimes(certificate: Certificate, times: readonly number[]): void {
  const outside = times.find((time) => !isValidAt(certificate, time));
  if (outside === undefined) return;
  throw refused("trust.certificate", `${titleOf(certificate)} was not valid at ${isoTime(outside)}`);
}

/** @param below - how many other issuers stand between it and the signer's */
function refuseAsIssuer(issuer: Certificate, below: number, { at, purpose }: PathOptions): void {
  const title = titleOf(issuer);
  refuseUnknownExtensions(issuer);
  refuseOtherTimes(issuer, at);
  const { basicConstraints, keyUsage, extensions } = issuer;
  if (basicConstraints?.isAuthority !== true || (keyUsage !== undefined && !keyUsage.bits.has(ISSUES))) {
    throw refused("trust.certificate", `${title} may not issue certificates`);
  }
  if (basicConstraints.pathLength !== undefined && below > basicConstraints.pathLength) {
    throw refused("trust.certificate", `${title} may not have ${below} authorities below it`);
  }
  if (!allowsPurpose(issuer, purpose)) {
    throw refused("trust.certificate", `${title} may not issue certificates for ${purpose}`);
  }
  if (extensions.has(NAME_CONSTRAINTS)) {
    throw refused("trust.unsupported", `${title} constrains names, which is not supported`);
  }
}
