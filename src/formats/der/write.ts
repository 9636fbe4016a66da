/** DER (ITU-T X.690, section 10), written: lengths and integers in their shortest form. */
import { tags } from "./read.ts";

/** One value: a tag and what is in it, one after the other. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const hex = length.toString(16);
  const octets = [...Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")];
  return [0x80 | octets.length, ...octets];
}

export function derOidOf(dotted: string): Buffer {
  const [root = 0n, second = 0n, ...rest] = dotted.split(".").map(BigInt);
  const octets = [root * 40n + second, ...rest].flatMap((arc) => {
    const groups = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(0x80 | Number(left & 0x7fn));
    return groups;
  });
  return der(tags.oid, Buffer.from(octets));
}

export function derIntegerOf(value: number | bigint): Buffer {
  const hex = BigInt(value).toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return der(tags.integer, ...(((octets[0] ?? 0) & 0x80) === 0 ? [] : [Buffer.from([0])]), octets);
}

export function derTextOf(tag: number, text: string): Buffer {
  return der(tag, Buffer.from(text, "utf8"));
}

/** UTCTime up to 2049, GeneralizedTime from then on, as certificates have it. */
export function derTimeOf(time: Date): Buffer {
  const digits = time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:T]/g, "");
  return time.getUTCFullYear() < 2050 && time.getUTCFullYear() >= 1950
    ? derTextOf(tags.utcTime, digits.slice(2))
    : derTextOf(tags.generalizedTime, digits);
}

/** A list of named bits, without zeros at its end. */
export function derBitsOf(bits: readonly number[]): Buffer {
  const last = Math.max(-1, ...bits);
  const octets = Buffer.alloc(Math.ceil((last + 1) / 8));
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return der(tags.bitString, Buffer.from([last < 0 ? 0 : 7 - (last & 7)]), octets);
}
