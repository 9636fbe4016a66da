/** Public keys and certificates in base64 of DER: long and random as secrets are, and there to be read. */
import { constructedTag, derFields, readDer, tags } from "../../../formats/der/read.ts";

class NotDer extends Error {}
const fault = (cause: string) => new NotDer(cause);

/** A certificate states its version first. */
const VERSION = constructedTag(0);

/**
 * A SubjectPublicKeyInfo (RFC 5280, 4.1: an algorithm, then a bit string) or a certificate. A private key has a number in the
 * place of the algorithm, an encrypted one an octet string behind it.
 */
export function isPublicKey(value: string): boolean {
  if (!/^M[A-Za-z0-9+/]{31}/.test(value)) return false;
  try {
    const fields = derFields(readDer(Buffer.from(value, "base64"), tags.sequence, fault), fault);
    const [first] = fields.next(tags.sequence).content;
    return first === VERSION || (first === tags.oid && fields.optional(tags.bitString) !== undefined);
  } catch (error) {
    if (!(error instanceof NotDer)) throw error;
    return false;
  }
}
