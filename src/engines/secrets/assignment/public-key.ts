/** Public keys and certificates in base64 of DER: long and random as secrets are, and there to be read. */

/** Bytes that are enough to tell: two heads and an algorithm. */
const HEAD = 48;

const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const BIT_STRING = 0x03;
/** `[0]`, a certificate's version. */
const VERSION = 0xa0;

/**
 * A SubjectPublicKeyInfo (RFC 5280, 4.1: an algorithm, then a bit string) or a certificate. A private key has a number in the
 * place of the algorithm, an encrypted one an octet string behind it.
 */
export function isPublicKey(value: string): boolean {
  if (!/^M[A-Za-z0-9+/]{31}/.test(value)) return false;
  const bytes = Buffer.from(value.slice(0, (HEAD * 4) / 3), "base64");
  const outer = elementAt(bytes, 0);
  if (outer?.tag !== SEQUENCE) return false;
  const first = elementAt(bytes, outer.start);
  if (first?.tag !== SEQUENCE) return false;
  const within = bytes[first.start];
  return within === VERSION || (within === OBJECT_ID && bytes[first.start + first.length] === BIT_STRING);
}

function elementAt(bytes: Buffer, at: number) {
  const [tag, short = 0] = bytes.subarray(at, at + 2);
  if (tag === undefined) return undefined;
  if (short < 0x80) return { tag, start: at + 2, length: short };
  const digits = short & 0x7f;
  if (digits === 0 || digits > 4 || at + 2 + digits > bytes.length) return undefined;
  return { tag, start: at + 2 + digits, length: bytes.readUIntBE(at + 2, digits) };
}
