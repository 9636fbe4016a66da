/** Certificates in PEM, and whether a client that is told an authority takes what a server shows. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import type { CertificateFacts, CertificatePair } from "./model.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * Every certificate of a text in PEM, in order; what else stands in it is not looked at.
 *
 * @param place - for the Problem
 * @throws Problem (input) `certificate.unreadable`
 */
export function readCertificates(pem: string, place: string): CertificateFacts[] {
  if (pem.length > bounds.pemBytes) throw unreadable(place, `larger than ${bounds.pemBytes} bytes`);
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length > bounds.certificates) throw unreadable(place, `more than ${bounds.certificates} certificates`);
  return blocks.map((block, index) => {
    try {
      const certificate = new X509Certificate(block);
      return {
        certificate,
        pem: `${block.replaceAll("\r\n", "\n")}\n`,
        isAuthority: certificate.ca,
        names: namesOf(certificate.subjectAltName ?? ""),
        fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
      };
    } catch {
      throw unreadable(place, `certificate ${index + 1} of ${blocks.length} is no X.509 certificate`);
    }
  });
}

/**
 * What a server is to show: the leaf first, with a key that is the leaf's.
 *
 * @throws Problem (input) `certificate.unreadable`, `certificate.key`
 */
export function readServerCertificate(
  { certificate, key }: CertificatePair,
  place: string,
): readonly [CertificateFacts, ...CertificateFacts[]] {
  const [leaf, ...rest] = readCertificates(certificate, place);
  if (leaf === undefined) throw unreadable(place, "no certificate in PEM form");
  let matches: boolean;
  try {
    matches = leaf.certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw keyProblem(place, "the key is no private key in PEM form");
  }
  if (!matches) throw keyProblem(place, "the key is another certificate's");
  return [leaf, ...rest];
}

/**
 * Whether a client that trusts these authorities and asks for this name takes what is shown, as Go's verifier decides
 * (crypto/x509, Certificate.Verify).
 *
 * @returns why not, as the end of a sentence about the certificate; undefined where it does
 */
export function trustFault(
  shown: readonly CertificateFacts[],
  authorities: readonly CertificateFacts[],
  { name, now }: { readonly name: string; readonly now: Date },
): string | undefined {
  const [leaf] = shown;
  if (leaf === undefined) return "is not there";
  const fault = timeFault(leaf, now);
  if (fault !== undefined) return fault;
  const unnamed = nameFault(shown, name);
  if (unnamed !== undefined) return unnamed;
  const path = pathFault(leaf, { shown, authorities, now }, bounds.pathLength);
  return path === "none" ? "is signed by none of the trusted authorities" : path;
}

/** Whether the certificate that is shown is for this name or address; its subject does not count. As {@link trustFault}. */
export function nameFault([leaf]: readonly CertificateFacts[], name: string): string | undefined {
  const { certificate } = leaf ?? {};
  const found = isIP(name) === 0 ? certificate?.checkHost(name, { subject: "never" }) : certificate?.checkIP(name);
  return found === undefined ? `is not for ${name}` : undefined;
}

interface Pool {
  readonly shown: readonly CertificateFacts[];
  readonly authorities: readonly CertificateFacts[];
  readonly now: Date;
}

/** Undefined where a path leads to an authority; else why the best one does not. */
function pathFault(from: CertificateFacts, pool: Pool, length: number): string | undefined {
  if (pool.authorities.some(({ fingerprint }) => fingerprint === from.fingerprint)) return undefined;
  let fault = "none";
  for (const authority of pool.authorities) {
    if (!isSignedBy(from, authority)) continue;
    const time = timeFault(authority, pool.now);
    if (time === undefined) return undefined;
    fault = `is signed by an authority that ${time}`;
  }
  if (length === 0) return fault;
  for (const between of pool.shown) {
    if (between === from || !isSignedBy(from, between) || timeFault(between, pool.now) !== undefined) continue;
    const further = pathFault(between, pool, length - 1);
    if (further === undefined) return undefined;
    if (further !== "none") fault = further;
  }
  return fault;
}

function isSignedBy(one: CertificateFacts, issuer: CertificateFacts): boolean {
  if (!issuer.isAuthority) return false;
  try {
    return one.certificate.checkIssued(issuer.certificate) && one.certificate.verify(issuer.certificate.publicKey);
  } catch {
    return false;
  }
}

function timeFault({ notBefore, notAfter }: CertificateFacts, now: Date): string | undefined {
  if (now > notAfter) return `expired on ${notAfter.toISOString()}`;
  if (now < notBefore) return `is valid from ${notBefore.toISOString()} on`;
  return undefined;
}

/** Node writes what needs quotes as JSON. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/(?:DNS|IP Address):([^,"\s]+)/g)].map(([, name = ""]) => name);
}

function unreadable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "certificate.unreadable", place, cause });
}

function keyProblem(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "certificate.key", place, cause });
}
