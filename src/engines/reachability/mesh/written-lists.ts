/** Lists of ports and of addresses as annotations write them: `8080,9000-9010`, `10.0.0.0/8,192.168.1.1`. */
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { PortInterval } from "../port-set.ts";

const LAST_PORT = 65_535;
/** An annotation holds 256 KiB at most; a list of ports has no more parts than there are ports. */
const PARTS = 65_536;

/** Of TCP; undefined where a part is neither a port nor a range of them. An empty text is an empty list. */
export function writtenPorts(text: string): readonly PortInterval[] | undefined {
  const intervals: PortInterval[] = [];
  for (const part of partsOf(text)) {
    const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last > LAST_PORT || first > last) return undefined;
    intervals.push({ protocol: "TCP", first, last });
  }
  return intervals;
}

/** Undefined where a part is no CIDR. */
export function writtenRanges(text: string): readonly AddressRange[] | undefined {
  const ranges = partsOf(text).map(parseCidr);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function partsOf(text: string): readonly string[] {
  return text
    .split(",", PARTS)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Every port of TCP but these. */
export function otherPorts(intervals: readonly PortInterval[]): readonly PortInterval[] {
  const result: PortInterval[] = [];
  let next = 0;
  for (const { first, last } of intervals.toSorted((a, b) => a.first - b.first)) {
    if (first > next) result.push({ protocol: "TCP", first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= LAST_PORT) result.push({ protocol: "TCP", first: next, last: LAST_PORT });
  return result;
}
