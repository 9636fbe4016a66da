/** An own certificate authority, from a file of certificates in PEM form. */
import { X509Certificate } from "node:crypto";
import { bounds as trustBounds } from "../bounds.ts";
import type { CertificateAuthority } from "../model.ts";
import { bounds } from "./bounds.ts";
import { readPem } from "./pem.ts";
import { refused } from "./refused.ts";

const REMEDY = "give certificates in PEM form: the root and its intermediates";

/**
 * All certificates of a text, in its order. Which of them may issue and how they lead to each other, the verifier says:
 * notation's trust stores hold self-signed certificates that sign themselves.
 *
 * @param place - as it was named, for messages; the authority's name where `name` is absent
 * @throws Problem `trust.authority` (usage)
 */
export function readAuthority(
  text: string,
  place: string,
  purpose: CertificateAuthority["purpose"],
  name: string = place,
): CertificateAuthority {
  const wrong = (cause: string, error?: unknown) => refused("trust.authority", place, cause, REMEDY, error);
  const read = readPem(text);
  if ("fault" in read) throw wrong(read.fault);
  const secret = read.blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (secret !== undefined) throw wrong("a private key beside the certificates");
  const blocks = read.blocks.filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE");
  if (blocks.length === 0) throw wrong("no certificate in PEM form");
  if (blocks.length > bounds.authorityCertificates) {
    throw wrong(`${blocks.length} certificates, more than ${bounds.authorityCertificates}`);
  }
  const certificates = blocks.map(({ der }, index) => {
    const which = `certificate ${index + 1}`;
    if (der.length > trustBounds.certificateBytes) {
      throw wrong(`${which} is larger than ${trustBounds.certificateBytes} bytes`);
    }
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(der);
    } catch (error) {
      throw wrong(`${which} is invalid`, error);
    }
    // OpenSSL reads the first of what may be several values one after the other.
    if (!certificate.raw.equals(der)) throw wrong(`${which} has bytes behind its end`);
    return der;
  });
  return { name, purpose, certificates };
}
