import type { SecretValidity } from "../../rule.ts";
import { decodeBase64 } from "./base64.ts";

const endOfSection = 0;
const location = 1;
const identifier = 2;
const signature = 6;
const maxFields = 64;

/**
 * `pypi-` and a macaroon in libmacaroons' binary format 2: a version byte, a section of fields (type, length, bytes) with
 * its location and identifier, the caveats' sections, an empty one, and a signature of 32 bytes that ends it.
 */
export function pypiMacaroon(token: string): SecretValidity {
  const bytes = decodeBase64(token.slice(token.indexOf("-") + 1));
  if (bytes === undefined || bytes[0] !== 2) return "invalid";
  const seen = new Set<number>();
  let at = 1;
  for (let count = 0; count < maxFields; count++) {
    const type = bytes[at];
    if (type === undefined) return "invalid";
    if (type === endOfSection) {
      at += 1;
      continue;
    }
    const length = lengthAt(bytes, at + 1);
    if (length === undefined || length.end + length.value > bytes.length) return "invalid";
    at = length.end + length.value;
    seen.add(type);
    if (type !== signature) continue;
    const whole = at === bytes.length && length.value === 32 && seen.has(location) && seen.has(identifier);
    return whole ? "valid" : "invalid";
  }
  return "invalid";
}

/** A length of at most two bytes, seven bits each, the lowest first. */
function lengthAt(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  const low = bytes[at];
  if (low === undefined) return undefined;
  if (low < 0x80) return { value: low, end: at + 1 };
  const high = bytes[at + 1];
  if (high === undefined || high >= 0x80) return undefined;
  return { value: (low & 0x7f) | (high << 7), end: at + 2 };
}
