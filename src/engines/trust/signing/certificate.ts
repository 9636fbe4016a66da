/** Short-lived certificates of Fulcio's second API (sigstore/fulcio, fulcio.proto): an identity token for a key. */
import { X509Certificate } from "node:crypto";
import { Problem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import { bounds as trustBounds } from "../bounds.ts";
import type { CertificateClaims } from "../model.ts";
import { readPem } from "../pem.ts";
import { alternativeNameOf, claimsOf, issuerOf } from "../sigstore/identity.ts";
import { type Certificate, readCertificate } from "../x509/read.ts";
import { subjectOf } from "../x509/signer-certificate.ts";
import { bounds } from "./bounds.ts";
import { toPem } from "./encoding.ts";
import type { SigningKey } from "./key.ts";
import { below, jsonOf, type Services, wrongAnswer } from "./service.ts";
import { challengeOf, type IdentityToken } from "./token.ts";

export interface SigningCertificate {
  /** DER. */
  readonly leaf: Buffer;
  /** DER: intermediates, then the root, as they were handed out. */
  readonly issuers: readonly Buffer[];
  /** The subject alternative name; of an own authority's certificate without an issuer of tokens its subject. */
  readonly identity: string;
  /** Of the token (1.3.6.1.4.1.57264.1.8); absent of an own authority's where it names none. */
  readonly issuer?: string;
  readonly claims: CertificateClaims;
  readonly notAfter: Date;
  /** False where the promise of a certificate log came apart from it, which no signature can carry. */
  readonly isLogged: boolean;
}

/** @throws Problem `signing.service-answer` where it is not for this key or has run out; what asking throws */
export async function requestCertificate(
  fulcio: URL,
  token: IdentityToken,
  key: SigningKey,
  services: Services,
  now: Date,
): Promise<SigningCertificate> {
  const what = "certificate";
  const url = below(fulcio, "/api/v2/signingCert");
  const body = {
    credentials: { oidcIdentityToken: token.text },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: key.publicPem },
      proofOfPossession: key.sign(Buffer.from(challengeOf(token))).toString("base64"),
    },
  };
  const { bytes } = await services.ask({
    what,
    url,
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    accepts: [200, 201],
    limit: bounds.certificateAnswerBytes,
  });
  const answer = jsonOf(bytes, what, url);
  const embedded = valueAt(answer, ["signedCertificateEmbeddedSct", "chain", "certificates"]);
  const chain = embedded ?? valueAt(answer, ["signedCertificateDetachedSct", "chain", "certificates"]);
  const ders = derOf(chain);
  const [leaf, ...issuers] = ders ?? [];
  if (leaf === undefined) throw wrongAnswer(what, url, "the answer has no chain of certificates");
  const fault = chainFault(leaf, issuers, key, now);
  if (fault !== undefined) throw wrongAnswer(what, url, fault);
  const read = readLeaf(leaf);
  if (typeof read === "string") throw wrongAnswer(what, url, read);
  if (read.issuer === undefined) throw wrongAnswer(what, url, "the certificate names no issuer of tokens");
  return { leaf, issuers, ...read, isLogged: embedded !== undefined };
}

/**
 * An own authority's certificate for a key.
 *
 * @param issuers - PEM: those that lead to the authority, the certificate's own first
 * @throws Problem (usage) `signing.certificate`
 */
export function readSigningCertificate(
  { pem, issuers, place }: { readonly pem: string; readonly issuers?: string; readonly place: string },
  key: SigningKey,
  now: Date,
): SigningCertificate {
  const refused = (cause: string) => new Problem({ kind: "usage", code: "signing.certificate", place, cause });
  const [leaf, ...more] = readPem(pem, "CERTIFICATE", trustBounds.chain) ?? [];
  const chain = issuers === undefined ? [] : readPem(issuers, "CERTIFICATE", trustBounds.chain);
  if (leaf === undefined || chain === undefined) throw refused("not certificates in PEM");
  const all = [...more, ...chain];
  const fault = chainFault(leaf, all, key, now);
  const read = fault ?? readLeaf(leaf);
  if (typeof read === "string") throw refused(read);
  // Whether it is in a log, its authority knows: own ones rarely have any.
  return { leaf, issuers: all, ...read, isLogged: true };
}

function derOf(chain: unknown): Buffer[] | undefined {
  if (!Array.isArray(chain) || chain.length > trustBounds.chain) return undefined;
  const blocks = (chain as unknown[]).map((pem) =>
    typeof pem === "string" ? readPem(pem, "CERTIFICATE", 1) : undefined,
  );
  return blocks.every((found) => found?.length === 1) ? blocks.flatMap((found) => found ?? []) : undefined;
}

/** Whether it is this key's, of now, and signed as its chain says. Whom to trust, those who verify decide. */
function chainFault(leaf: Buffer, issuers: readonly Buffer[], key: SigningKey, now: Date): string | undefined {
  let certificates: X509Certificate[];
  try {
    certificates = [leaf, ...issuers].map((der) => new X509Certificate(der));
  } catch {
    return "a certificate is invalid";
  }
  const [first] = certificates as [X509Certificate];
  if (!first.publicKey.export({ format: "der", type: "spki" }).equals(key.spki))
    return "the certificate is for another key";
  const skew = bounds.clockSkewSeconds * 1_000;
  if (Date.parse(first.validFrom) > now.getTime() + skew || Date.parse(first.validTo) < now.getTime() - skew) {
    return `the certificate is valid from ${first.validFrom} to ${first.validTo}, and this machine's time is ${now.toISOString()}`;
  }
  const broken = certificates.findIndex((certificate, at) => {
    const issuer = certificates[at + 1];
    return issuer !== undefined && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
  return broken < 0 ? undefined : `certificate ${broken + 1} is not signed by the next one of the chain`;
}

/** As those who verify read it: what they would refuse is not signed with. */
function readLeaf(leaf: Buffer): Pick<SigningCertificate, "identity" | "issuer" | "claims" | "notAfter"> | string {
  try {
    const certificate: Certificate = readCertificate(leaf, (cause) => new Error(cause));
    const issuer = issuerOf(certificate);
    const identity = issuer === undefined ? subjectOf(certificate) : alternativeNameOf(certificate);
    if (identity === undefined || identity === "") return "the certificate names nobody";
    const notAfter = new Date(certificate.notAfter);
    return { identity, ...(issuer === undefined ? {} : { issuer }), claims: claimsOf(certificate), notAfter };
  } catch (error) {
    return `the certificate ${(error as Error).message}`;
  }
}

export function certificatePem(der: Uint8Array): string {
  return toPem(der, "CERTIFICATE");
}
