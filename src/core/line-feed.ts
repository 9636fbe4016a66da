const LINE_FEED = 10;

/** Bytes that are looked at one by one: to search for one takes a call, and lines are short. */
const NEAR = 100;

/** The offset of the first line feed from `from` on, or -1. */
export function lineFeedFrom(bytes: Buffer, from: number): number {
  const near = Math.min(bytes.length, from + NEAR);
  for (let at = from; at < near; at++) if (bytes[at] === LINE_FEED) return at;
  return near === bytes.length ? -1 : bytes.indexOf(LINE_FEED, near);
}
