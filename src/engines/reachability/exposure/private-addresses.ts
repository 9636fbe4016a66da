import { overlap, parseCidr } from "../addresses.ts";
import { privateRanges } from "../atoms.ts";

/** Of a private network, or no address at all. */
export function isPrivate(text: string): boolean {
  const range = parseCidr(text);
  return range === undefined || isLoopback(text) || privateRanges.some((one) => overlap(one, range));
}

export function isLoopback(text: string | undefined): boolean {
  const range = text === undefined ? undefined : parseCidr(text);
  if (range === undefined) return false;
  return range.family === 6 ? range.first === 1n : range.first >> 24n === 127n;
}
