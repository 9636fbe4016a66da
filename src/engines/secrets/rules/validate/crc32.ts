import { crc32 } from "node:zlib";
import type { SecretValidity } from "../../rule.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checksumLength = 6;

/** The CRC-32 of a text in six digits of base 62, zeros in front. */
export function base62Crc32(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < checksumLength; place++) {
    digits = (base62[rest % base62.length] ?? "0") + digits;
    rest = Math.floor(rest / base62.length);
  }
  return digits;
}

/**
 * Tokens after GitHub's pattern: a prefix that ends in `_`, random text, and the CRC-32 of that text in base 62
 * (GitHub, "Behind GitHub's new authentication token formats", 2021; npm took the same form).
 */
export function base62Checksum(token: string): SecretValidity {
  const body = token.slice(token.indexOf("_") + 1);
  if (body.length <= checksumLength) return "invalid";
  return base62Crc32(body.slice(0, -checksumLength)) === body.slice(-checksumLength) ? "valid" : "invalid";
}

/** `glsa_SECRET_CHECKSUM`: the CRC-32 of what stands before it, lowest byte first, in hexadecimal. */
export function grafanaChecksum(token: string): SecretValidity {
  const at = token.lastIndexOf("_");
  if (at < 0) return "invalid";
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(token.slice(0, at)));
  return bytes.toString("hex") === token.slice(at + 1) ? "valid" : "invalid";
}
