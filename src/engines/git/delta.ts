import { bounds } from "./bounds.ts";

/**
 * What a delta makes of its base (gitformat-pack, "Deltified representation"): the sizes of both, then instructions
 * to copy a stretch of the base or to add bytes of the delta itself.
 *
 * @param copies - gets what was copied: where it begins in the base, where in the result, how many bytes; three numbers
 *   each, in the order of the result, those that go on where the last one ended joined to it
 * @returns undefined where the delta breaks the format or does not fit the base; `"over"` where the result would be
 *   over bounds.gitObjectBytes
 */
export function applyDelta(base: Buffer, delta: Buffer, copies?: number[]): Buffer | "over" | undefined {
  let at = 0;
  /** 7 bits a byte, the lowest first. */
  const size = (): number => {
    let value = 0;
    for (let factor = 1; at < delta.length && factor <= 2 ** 49; factor *= 128) {
      const byte = delta[at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return -1;
  };
  if (size() !== base.length) return undefined;
  const length = size();
  if (length < 0) return undefined;
  if (length > bounds.gitObjectBytes) return "over";
  const result = Buffer.allocUnsafe(length);
  let written = 0;
  while (at < delta.length) {
    const instruction = delta[at++] as number;
    if (instruction === 0) return undefined;
    let source = delta;
    let from = at;
    let count = instruction;
    if (instruction >= 0x80) {
      source = base;
      from = 0;
      count = 0;
      // A bit says whether a byte of the offset (four) or the size (three) follows; the others are zero.
      for (let bit = 0; bit < 7; bit++) {
        if ((instruction & (1 << bit)) === 0) continue;
        if (at >= delta.length) return undefined;
        const byte = delta[at++] as number;
        if (bit < 4) from += byte * 2 ** (8 * bit);
        else count += byte << (8 * (bit - 4));
      }
      if (count === 0) count = 0x10000;
    } else at += count;
    if (from + count > source.length || written + count > length) return undefined;
    if (copies !== undefined && source === base) noteCopy(copies, from, written, count);
    if (count < 24) for (let end = written + count; written < end; ) result[written++] = source[from++] as number;
    else written += source.copy(result, written, from, from + count);
  }
  return written === length ? result : undefined;
}

function noteCopy(copies: number[], from: number, to: number, count: number): void {
  const last = copies.length - 3;
  const length = copies[last + 2] as number;
  if (last >= 0 && copies[last] === from - length && copies[last + 1] === to - length)
    copies[last + 2] = length + count;
  else copies.push(from, to, count);
}
