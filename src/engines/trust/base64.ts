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

/** Characters of a line, as base64(1) and MIME (RFC 2045, section 6.8) break them. */
const LINE = 76;

/**
 * The same, or the same broken into lines as programs break it who make a token of some kilobytes. There is one way to break
 * it, so that there still are two ways to write some bytes at most.
 */
export function decodeLongBase64(text: string): Buffer | undefined {
  const lines = text.split("\n");
  const last = lines.length - 1;
  const isBroken = lines.every((line, i) =>
    i === last ? line.length > 0 && line.length <= LINE : line.length === LINE,
  );
  return lines.length > 2 && isBroken ? decodeBase64(lines.join("")) : decodeBase64(text);
}
