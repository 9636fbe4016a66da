/**
 * CBOR (RFC 8949) as signatures are written: of definite lengths, each number in its shortest form, no key twice. There is
 * one reading of the bytes, and one writing of what was read.
 */
import { isUtf8 } from "node:buffer";

export type CborValue =
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly value: Buffer }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly CborValue[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: CborValue, value: CborValue])[] }
  | { readonly kind: "tag"; readonly tag: bigint; readonly value: CborValue }
  | { readonly kind: "float"; readonly value: number }
  /** false 20, true 21, null 22, undefined 23. */
  | { readonly kind: "simple"; readonly value: number };

export interface CborRules {
  /** Values within values. */
  readonly depth: number;
  /** Values in all. */
  readonly values: number;
  /** Makes what is thrown. @param cause - the end of a sentence about the bytes */
  readonly fault: (cause: string) => Error;
}

/** The one value that the bytes are. */
export function readCbor(bytes: Buffer, { depth, values, fault }: CborRules): CborValue {
  let at = 0;
  let count = 0;

  const value = valueWithin(depth);
  if (at !== bytes.length) throw fault("has bytes after its end");
  return value;

  function valueWithin(left: number): CborValue {
    if (left <= 0) throw fault(`has more than ${depth} values within each other`);
    if (++count > values) throw fault(`has more than ${values} values`);
    const first = take(1)[0] as number;
    const major = first >> 5;
    if (major === 7) return simpleOf(first & 0x1f);
    const argument = argumentOf(first & 0x1f);
    switch (major) {
      case 0:
        return { kind: "integer", value: argument };
      case 1:
        return { kind: "integer", value: -1n - argument };
      case 2:
        return { kind: "bytes", value: take(argument) };
      case 3:
        return { kind: "text", value: textOf(take(argument)) };
      case 4:
        return { kind: "list", items: Array.from({ length: within(argument) }, () => valueWithin(left - 1)) };
      case 5:
        return { kind: "map", entries: entriesOf(within(argument), left - 1) };
      default:
        return { kind: "tag", tag: argument, value: valueWithin(left - 1) };
    }
  }

  function entriesOf(length: number, left: number): (readonly [CborValue, CborValue])[] {
    const known = new Set<string>();
    return Array.from({ length }, () => {
      const start = at;
      const key = valueWithin(left);
      // Each value has one form, so equal keys are equal bytes.
      const written = bytes.toString("latin1", start, at);
      if (known.has(written)) throw fault("has a key twice in one map");
      known.add(written);
      return [key, valueWithin(left)] as const;
    });
  }

  function argumentOf(information: number): bigint {
    if (information < 24) return BigInt(information);
    if (information === 31) throw fault("has a value of indefinite length");
    if (information > 27) throw fault("has a reserved length");
    const octets = 1 << (information - 24);
    const argument = BigInt(`0x${take(octets).toString("hex")}`);
    const least = octets === 1 ? 24n : 1n << BigInt(4 * octets);
    if (argument < least) throw fault("has a number that is not in its shortest form");
    return argument;
  }

  function simpleOf(information: number): CborValue {
    switch (information) {
      case 25:
        return { kind: "float", value: halfOf(take(2).readUInt16BE()) };
      case 26:
        return { kind: "float", value: take(4).readFloatBE() };
      case 27:
        return { kind: "float", value: take(8).readDoubleBE() };
    }
    if (information === 31) throw fault("has a value of indefinite length");
    if (information > 24) throw fault("has a reserved simple value");
    const simple = Number(information === 24 ? take(1)[0] : information);
    if (information === 24 && simple < 32) throw fault("has a reserved simple value");
    return { kind: "simple", value: simple };
  }

  function textOf(written: Buffer): string {
    if (!isUtf8(written)) throw fault("has a text that is not UTF-8");
    return written.toString("utf8");
  }

  /** How many items follow: each takes a byte at least, so a length beyond the bytes allocates nothing. */
  function within(length: bigint): number {
    if (length > BigInt(bytes.length - at)) throw fault("is cut off within a value");
    if (length > BigInt(values)) throw fault(`has more than ${values} values`);
    return Number(length);
  }

  function take(length: number | bigint): Buffer {
    if (BigInt(length) > BigInt(bytes.length - at)) throw fault("is cut off within a value");
    const start = at;
    at += Number(length);
    return bytes.subarray(start, at);
  }
}

/** IEEE 754, 16 bits. */
function halfOf(half: number): number {
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half >= 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
