/** What a DER text holds where a private key was announced. */
export type KeyContent = "plain" | "encrypted" | "none";

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly end: number;
}

const sequenceTag = 0x30;
const integerTag = 0x02;
const octetsTag = 0x04;

/** One element of DER at a place (X.690, 8.1): definite lengths of at most three bytes; undefined past the end. */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count < 1 || count > 3 || start + count > bytes.length) return undefined;
    length = bytes.readUIntBE(start, count);
    start += count;
  }
  const end = start + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end };
}

/** The elements of the outer SEQUENCE, at most twelve: no key has more. */
export function elementsOf(bytes: Buffer): Element[] | undefined {
  const outer = elementAt(bytes, 0);
  if (outer === undefined || outer.tag !== sequenceTag) return undefined;
  const elements: Element[] = [];
  let at = 0;
  while (at < outer.content.length && elements.length < 12) {
    const element = elementAt(outer.content, at);
    if (element === undefined) return undefined;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** RSAPrivateKey: a version and eight integers (RFC 8017, A.1.2). The modulus has at least 512 bits. */
export function rsaKey(bytes: Buffer): KeyContent {
  const elements = elementsOf(bytes);
  if (elements === undefined || elements.length < 9) return "none";
  const integers = elements.slice(0, 9);
  if (integers.some((each) => each.tag !== integerTag || each.content.length === 0)) return "none";
  return (integers[1]?.content.length ?? 0) >= 64 ? "plain" : "none";
}

/** DSAPrivateKey as OpenSSL writes it: a version, p, q, g, y and x. */
export function dsaKey(bytes: Buffer): KeyContent {
  const elements = elementsOf(bytes);
  if (elements === undefined || elements.length !== 6) return "none";
  if (elements.some((each) => each.tag !== integerTag || each.content.length === 0)) return "none";
  return (elements[1]?.content.length ?? 0) >= 64 ? "plain" : "none";
}

/** ECPrivateKey: version 1, then the key's octets (RFC 5915, section 3). */
export function ecKey(bytes: Buffer): KeyContent {
  const [version, key] = elementsOf(bytes) ?? [];
  if (version?.tag !== integerTag || version.content[0] !== 1) return "none";
  return key?.tag === octetsTag && key.content.length >= 14 && key.content.length <= 72 ? "plain" : "none";
}

/** OneAsymmetricKey: version 0 or 1, the algorithm, the key's octets (RFC 5958, section 2). */
export function pkcs8Key(bytes: Buffer): KeyContent {
  const [version, algorithm, key] = elementsOf(bytes) ?? [];
  if (version?.tag !== integerTag || version.content.length !== 1 || (version.content[0] ?? 9) > 1) return "none";
  if (algorithm?.tag !== sequenceTag || elementAt(algorithm.content, 0)?.tag !== 0x06) return "none";
  return key?.tag === octetsTag && key.content.length >= 16 ? "plain" : "none";
}

/** EncryptedPrivateKeyInfo: the algorithm, the encrypted octets (RFC 5958, section 3). */
export function pkcs8EncryptedKey(bytes: Buffer): KeyContent {
  const [algorithm, data] = elementsOf(bytes) ?? [];
  if (algorithm?.tag !== sequenceTag || elementAt(algorithm.content, 0)?.tag !== 0x06) return "none";
  return data?.tag === octetsTag && data.content.length >= 16 ? "encrypted" : "none";
}
