/** Addresses of IPv4 and IPv6 as ranges of whole numbers. */
import { formatAddress, parseAddress } from "../../core/ip-address.ts";

/** Both ends are in it. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** `10.0.0.0/8`, `fd00::/8`, or an address alone; undefined for anything else. Bits behind the prefix are dropped, as Go does. */
export function parseCidr(text: string): AddressRange | undefined {
  const [address = "", prefixText, more] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || more !== undefined) return undefined;
  const bits = BITS[parsed.family];
  if (prefixText !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = parsed.value - (parsed.value % size);
  return { family: parsed.family, first, last: first + size - 1n };
}

/** `10.0.0.0/8` where it is one block, else `10.0.0.1-10.0.0.9`. */
export function formatRange({ family, first, last }: AddressRange): string {
  const size = last - first + 1n;
  const start = formatAddress({ family, value: first });
  if ((size & (size - 1n)) === 0n && first % size === 0n) {
    if (size === 1n) return start;
    return `${start}/${BITS[family] - (size.toString(2).length - 1)}`;
  }
  return `${start}-${formatAddress({ family, value: last })}`;
}

export const everyAddress: readonly AddressRange[] = [
  { family: 4, first: 0n, last: (1n << 32n) - 1n },
  { family: 6, first: 0n, last: (1n << 128n) - 1n },
];

export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function covers(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Sorted by family and address, merged where they touch. */
export function union(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = ranges.toSorted((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: AddressRange[] = [];
  for (const range of sorted) {
    const previous = result.at(-1);
    if (previous === undefined || previous.family !== range.family || range.first > previous.last + 1n) {
      result.push(range);
    } else if (range.last > previous.last) {
      result[result.length - 1] = { ...previous, last: range.last };
    }
  }
  return result;
}

/** What of `ranges` is in none of `without`. */
export function subtract(ranges: readonly AddressRange[], without: readonly AddressRange[]): AddressRange[] {
  const holes = union(without);
  const result: AddressRange[] = [];
  for (const range of union(ranges)) {
    let { first } = range;
    for (const hole of holes) {
      if (!overlap({ ...range, first }, hole)) continue;
      if (hole.first > first) result.push({ ...range, first, last: hole.first - 1n });
      first = hole.last + 1n;
      if (first > range.last) break;
    }
    if (first <= range.last) result.push({ ...range, first });
  }
  return result;
}
