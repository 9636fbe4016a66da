/** Encodings that signing reads and writes: base64 read strictly, PEM, and the DER that a timestamp request takes. */

/** Standard base64 with its padding (RFC 4648, section 4), and nothing that a lenient reader would skip. */
export function decodeBase64(text: unknown): Buffer | undefined {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** base64url without padding (RFC 7515, appendix C). */
export function decodeBase64Url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/** @returns DER of each block with that label, in order; undefined where one is no base64 */
export function pemBlocks(text: string, label: string): Buffer[] | undefined {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: Buffer[] = [];
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
    const close = text.indexOf(end, at);
    if (close < 0) return undefined;
    const bytes = decodeBase64(text.slice(at + begin.length, close).replace(/\s/g, ""));
    if (bytes === undefined || bytes.length === 0) return undefined;
    blocks.push(bytes);
  }
  return blocks;
}

export function toPem(der: Uint8Array, label: string): string {
  const lines = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** One DER value with its tag and length (X.690, section 10.1). */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}
