/**
 * Base64 (RFC 4648, section 4) of which there is one way to write some bytes: with padding, without line breaks, and with
 * zeros in the bits that say nothing. Whoever takes others lets an altered document pass for the signed one.
 */
const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/** @returns the bytes; undefined where the text is none, or is written otherwise */
export function decodeBase64(text: unknown): Buffer | undefined {
  if (typeof text !== "string" || text.length % 4 !== 0 || !ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
