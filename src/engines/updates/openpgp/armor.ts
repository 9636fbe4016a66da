/** ASCII armor: RFC 9580, section 6. */

export type ArmorLabel = "PGP PUBLIC KEY BLOCK" | "PGP SIGNATURE";

/** The bytes of every armored block with this label, in their order; a broken block is left out. */
export function dearmor(text: string, label: ArmorLabel): Buffer[] {
  const blocks: Buffer[] = [];
  let lines: string[] | undefined;
  for (const line of text.split("\n")) {
    const trimmed = line.trimEnd();
    if (trimmed === `-----BEGIN ${label}-----`) lines = [];
    else if (trimmed === `-----END ${label}-----` && lines !== undefined) {
      const bytes = armoredBytes(lines);
      if (bytes !== undefined) blocks.push(bytes);
      lines = undefined;
    } else lines?.push(trimmed);
  }
  return blocks;
}

/**
 * What stands between the BEGIN and END lines: headers, an empty line, base64, and perhaps `=` with a CRC-24. Undefined
 * where anything else is there: GnuPG passes over single characters that are not base64, and so reads other bytes.
 */
export function armoredBytes(lines: readonly string[]): Buffer | undefined {
  const empty = lines.indexOf("");
  if (empty < 0 || !lines.slice(0, empty).every((line) => /^[A-Za-z][A-Za-z0-9-]*:(?: |$)/.test(line)))
    return undefined;
  const content = lines.slice(empty + 1).filter((line) => line !== "");
  const last = content.at(-1);
  const checksum = last?.length === 5 && last.startsWith("=") ? Buffer.from(last.slice(1), "base64") : undefined;
  if (checksum !== undefined) content.pop();
  const base64 = content.join("");
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  if (checksum === undefined) return bytes;
  return checksum.length === 3 && crc24(bytes) === checksum.readUIntBE(0, 3) ? bytes : undefined;
}

export function crc24(bytes: Buffer): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return crc & 0xffffff;
}
