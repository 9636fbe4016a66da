/** Certificates that sign code, as the verification of Sigstore's forms reads them and speaks of them. */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import type { DerFault } from "../../../formats/der/read.ts";
import { refused, shown } from "../refusal.ts";
import { type Anchors, newPathBudget, pathTo } from "./authority.ts";
import { describeName } from "./distinguished-name.ts";
import { type Certificate, extensionIds, mayBeUsedFor, readCertificate } from "./read.ts";
import { certificateName, isoTime, NAMELESS, validityFault } from "./rules.ts";

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
  const name = certificateName(certificate);
  return name === NAMELESS ? "the certificate" : `the certificate ${shown(name)}`;
}

export function fingerprintOf({ bytes }: Certificate): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_PURPOSE = "2.5.29.37.0";
const NAME_CONSTRAINTS = "2.5.29.30";

/** Those whose meaning is taken into account: a critical one that is not among them refuses the certificate. */
const understood: ReadonlySet<string> = new Set([
  extensionIds.keyUsage,
  extensionIds.subjectAlternativeName,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
]);

/** It must be no authority's, for signatures, and for code by name; and valid at each time, in milliseconds since 1970. */
export function refuseOtherUse(certificate: Certificate, times: readonly number[]): void {
  const fault = (cause: string) => refused("trust.certificate", `${titleOf(certificate)} ${cause}`);
  const { basicConstraints, keyUsage, extendedKeyUsage, extensions } = certificate;
  for (const [id, { critical }] of extensions) {
    if (critical && !understood.has(id)) throw fault(`has the critical extension ${id}, which is not supported`);
  }
  if (basicConstraints?.isAuthority === true) throw fault("is an authority's, not a signer's");
  if (keyUsage !== undefined && !mayBeUsedFor(certificate, "digitalSignature")) {
    throw fault("is not for signatures (key usage)");
  }
  if (extendedKeyUsage?.purposes.has(CODE_SIGNING) !== true)
    throw fault("is not for code signing (extended key usage)");
  for (const time of times) {
    if (validityFault(certificate, time, time) !== undefined) throw fault(`was not valid at ${isoTime(time)}`);
  }
}

/**
 * The way from a signer's certificate to an own authority at each time.
 *
 * @param chain - certificates that came along
 */
export function pathToAuthority(
  certificate: Certificate,
  anchors: Anchors,
  chain: readonly Certificate[],
  times: readonly number[],
): readonly Certificate[] {
  refuseOtherUse(certificate, times);
  const budget = newPathBudget();
  const paths = times.map((time) => {
    const path = pathTo(anchors, certificate, chain, time, budget);
    if (path !== undefined) return path;
    const unread = anchors.unread.length === 0 ? "" : ` (of ${anchors.name}, ${anchors.unread.join(", ")})`;
    throw refused(
      "trust.unknown-root",
      `no trusted authority issued ${titleOf(certificate)}, valid at ${isoTime(time)}: ${anchors.name} did not${unread}`,
    );
  });
  const [path = []] = paths;
  for (const issuer of paths.flatMap((found) => found.slice(1))) refuseAsIssuer(issuer);
  return path;
}

/** What an authority may limit the certificates below it to. */
function refuseAsIssuer(issuer: Certificate): void {
  const { extendedKeyUsage, extensions } = issuer;
  const purposes = extendedKeyUsage?.purposes;
  if (purposes !== undefined && !purposes.has(CODE_SIGNING) && !purposes.has(ANY_PURPOSE)) {
    throw refused("trust.certificate", `${titleOf(issuer)} may not issue certificates for code signing`);
  }
  if (extensions.has(NAME_CONSTRAINTS)) {
    throw refused("trust.unsupported", `${titleOf(issuer)} constrains names, which is not supported`);
  }
}
