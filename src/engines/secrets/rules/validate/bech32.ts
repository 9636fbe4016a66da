import type { SecretValidity } from "../../rule.ts";

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
/** A human-readable part may have 83 characters; age's keys are 74 long in all (BIP 173 itself stops at 90). */
const maxLength = 256;

/** Whether a Bech32 text's checksum holds (BIP 173), in upper or in lower case, never both. */
export function bech32Checksum(text: string): SecretValidity {
  const lower = text.toLowerCase();
  if (text.length > maxLength || (text !== lower && text !== text.toUpperCase())) return "invalid";
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || separator + 7 > lower.length) return "invalid";
  const values = expanded(lower.slice(0, separator));
  for (const character of lower.slice(separator + 1)) {
    const value = alphabet.indexOf(character);
    if (value < 0) return "invalid";
    values.push(value);
  }
  return polymod(values) === 1 ? "valid" : "invalid";
}

/** The six characters that make `prefix1data` valid. */
export function bech32ChecksumOf(prefix: string, data: string): string {
  const values = [...expanded(prefix), ...Array.from(data, (each) => Math.max(0, alphabet.indexOf(each)))];
  const sum = polymod([...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => alphabet[(sum >>> shift) & 31] ?? "q").join("");
}

function expanded(prefix: string): number[] {
  const codes = Array.from(prefix, (each) => each.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >>> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
}
