/** CBOR (RFC 8949) as signatures need it: core deterministic encoding of integers, bytes, texts, lists, maps and tags. */
import type { CborValue } from "./read.ts";

/** @throws RangeError for floats and for numbers above 64 bits: nothing here writes them */
export function writeCbor(value: CborValue): Buffer {
  switch (value.kind) {
    case "integer":
      return value.value < 0n ? head(1, -1n - value.value) : head(0, value.value);
    case "bytes":
      return Buffer.concat([head(2, BigInt(value.value.length)), value.value]);
    case "text": {
      const text = Buffer.from(value.value, "utf8");
      return Buffer.concat([head(3, BigInt(text.length)), text]);
    }
    case "list":
      return Buffer.concat([head(4, BigInt(value.items.length)), ...value.items.map(writeCbor)]);
    case "map": {
      const entries = value.entries.map(([key, item]) => [writeCbor(key), writeCbor(item)] as const);
      entries.sort(([a], [b]) => Buffer.compare(a, b));
      return Buffer.concat([head(5, BigInt(entries.length)), ...entries.flat()]);
    }
    case "tag":
      return Buffer.concat([head(6, value.tag), writeCbor(value.value)]);
    case "simple":
      if (value.value < 24) return head(7, BigInt(value.value));
  }
  throw new RangeError(`a ${value.kind} is not written`);
}

function head(major: number, argument: bigint): Buffer {
  const first = major << 5;
  if (argument < 24n) return Buffer.from([first | Number(argument)]);
  for (const [information, octets] of [
    [24, 1],
    [25, 2],
    [26, 4],
    [27, 8],
  ] as const) {
    if (argument >= 1n << BigInt(8 * octets)) continue;
    return Buffer.from(
      `${(first | information).toString(16)}${argument.toString(16).padStart(2 * octets, "0")}`,
      "hex",
    );
  }
  throw new RangeError("a number above 64 bits is not written");
}
