/** The first look at what may be a bill of materials, apart from its readers. */

/** What the first bytes of a file may be, for a path that does not say what it is. An image archive is none of it. */
export function looksLikeSbom(first: Buffer): boolean {
  const text = withoutMark(first).toString("latin1").trimStart();
  return /^\{\s*"/.test(text) || /^<(?:\?xml|bom)[\s>]/.test(text) || /^(?:#[^\n]*\n\s*)*SPDXVersion:/.test(text);
}

/** Microsoft's tools put a byte order mark first. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? bytes.subarray(3) : bytes;
}
