/** Ranges of addresses as CIDRs: the fewest blocks that are they. */
import { type AddressRange, formatRange } from "../../engines/reachability/addresses.ts";

export function cidrsOf({ family, first, last }: AddressRange): string[] {
  const bits = family === 4 ? 32n : 128n;
  const blocks: string[] = [];
  let at = first;
  while (at <= last) {
    let size = 0n;
    // The largest block that begins here and ends within.
    while (size < bits && at % (1n << (size + 1n)) === 0n && at + (1n << (size + 1n)) - 1n <= last) size++;
    const address = formatRange({ family, first: at, last: at });
    blocks.push(`${address}/${bits - size}`);
    at += 1n << size;
  }
  return blocks;
}
