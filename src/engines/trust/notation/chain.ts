/** Certificate chains of the Notary Project (signature specification, "Certificate Requirements"). */
import { refused, shown } from "../refusal.ts";
import { type Certificate, readCertificate } from "../x509/read.ts";
import {
  certificateName,
  isSelfSigned,
  issuerFault,
  issuingFault,
  mayIssueFor,
  signatureFault,
  signingFault,
} from "../x509/rules.ts";

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** Purposes that a certificate which signs code may not have (RFC 5280, section 4.2.1.12). */
const foreignPurposes: Readonly<Record<string, string>> = {
  "2.5.29.37.0": "anyExtendedKeyUsage",
  "1.3.6.1.5.5.7.3.1": "serverAuth",
  "1.3.6.1.5.5.7.3.2": "clientAuth",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.8": "timeStamping",
  "1.3.6.1.5.5.7.3.9": "OCSPSigning",
};

/**
 * The chain: the signing certificate, each issuer in its order, and a root that signed itself; or one certificate that
 * signed itself and may sign code. Whether anybody trusts it, and when it was valid, are other questions.
 *
 * In two things stricter than the specification, which wants other extensions ignored, and the extended key usage of
 * authorities too: a critical one that is not understood is refused, and an authority for other purposes than signing code,
 * for that may be how its issuer narrows it.
 *
 * @throws a refusal: `trust.certificate`
 */
export function readChain(ders: readonly Buffer[]): readonly [Certificate, ...Certificate[]] {
  const chain = ders.map((der, index) =>
    readCertificate(der, (cause) => refused("trust.certificate", `certificate ${index + 1} ${cause}`)),
  );
  const [signing, ...issuers] = chain;
  if (signing === undefined) throw refused("trust.certificate", "the certificate chain is empty");

  const wrong = signingFault(signing) ?? codeSigningFault(signing);
  if (wrong !== undefined) throw certificateFault(chain, 0, wrong);
  for (const [index, issuer] of issuers.entries()) {
    const below = chain[index] as Certificate;
    // A root that is followed by another leaves open which of them the chain ends at.
    if (isSelfSigned(below)) throw certificateFault(chain, index, "signed itself and is not the last of the chain");
    const foreign = issuerFault(below, issuer);
    if (foreign !== undefined) throw certificateFault(chain, index, foreign);
    const unfit = issuingFault(issuer, index) ?? codeIssuingFault(issuer);
    if (unfit !== undefined) throw certificateFault(chain, index + 1, unfit);
  }
  const last = chain.length - 1;
  const root = chain[last] as Certificate;
  if (!root.issuer.equals(root.subject))
    throw certificateFault(chain, last, "did not sign itself: the chain lacks its root");
  const unsigned = signatureFault(root, root.publicKey);
  if (unsigned !== undefined) throw certificateFault(chain, last, unsigned);
  return [signing, ...issuers];
}

function codeIssuingFault(issuer: Certificate): string | undefined {
  if (issuer.keyUsage === undefined) return "has no key usage";
  if (!issuer.keyUsage.critical) return "has a key usage that is not critical";
  return mayIssueFor(issuer, CODE_SIGNING) ? undefined : "may not issue certificates for code signing";
}

function codeSigningFault({ keyUsage, extendedKeyUsage }: Certificate): string | undefined {
  if (keyUsage?.critical !== true) return "has a key usage that is not critical";
  const foreign = [...(extendedKeyUsage?.purposes ?? [])].find((id) => Object.hasOwn(foreignPurposes, id));
  return foreign === undefined ? undefined : `is for ${foreignPurposes[foreign]}`;
}

/** @param cause - the end of a sentence about the certificate */
export function certificateFault(chain: readonly Certificate[], index: number, cause: string): Error {
  const name = shown(certificateName(chain[index] as Certificate));
  return refused("trust.certificate", `certificate ${index + 1} (${name}) ${cause}`);
}
