/** Events of captures: where their parameters are, in blocks of all versions. */
import type { SyscallEvent } from "../event.ts";
import { eventTypes } from "../types/table.ts";
import { readTime, wordAt } from "../types/time.ts";

/** Bytes of an event's own header: time, thread, length, type; the count of parameters follows where there is one. */
const EVENT_HEADER = 8 + 8 + 4 + 2;

/** Two types whose length says three bytes too many where their parameters are not counted. */
const OVERLONG = new Set([280, 286]);

/**
 * Fills the event from a block's bytes; its parameters stay where they are.
 *
 * @param at - where the event's header starts
 * @param end - the end of the block's content
 * @returns undefined where the event is whole; `newer` for a type after the table; else what is wrong, in a few words
 */
export function readEvent(
  event: SyscallEvent,
  bytes: Buffer,
  at: number,
  end: number,
  counted: boolean,
): undefined | "newer" | string {
  const header = EVENT_HEADER + (counted ? 4 : 0);
  if (end - at < header) return "the header is cut";
  readTime(event, bytes, at);
  event.tid = wordAt(bytes, at + 8) + (wordAt(bytes, at + 12) | 0) * 4_294_967_296;
  let length = wordAt(bytes, at + 16);
  const code = (bytes[at + 20] as number) | ((bytes[at + 21] as number) << 8);
  if (length > end - at || length < header) return `its length of ${length} bytes is not that of its block`;
  const type = eventTypes[code];
  if (type === undefined) return "newer";
  event.code = code;
  event.bytes = bytes;
  if (counted) {
    const count = wordAt(bytes, at + EVENT_HEADER);
    return readLengths(event, at + header, at + length, count, type.largeLengths ? 4 : 2);
  }
  if (OVERLONG.has(code)) length -= 3;
  return countParameters(event, at + header, at + length, type.parameters.length);
}

function readLengths(event: SyscallEvent, at: number, end: number, count: number, size: 2 | 4): string | undefined {
  if (count > event.starts.length || count * size > end - at) return `${count} parameters do not fit in its length`;
  const { bytes, starts, lengths } = event;
  let value = at + count * size;
  for (let index = 0; index < count; index++) {
    const lengthAt = at + index * size;
    const low = (bytes[lengthAt] as number) | ((bytes[lengthAt + 1] as number) << 8);
    const length = size === 2 ? low : wordAt(bytes, lengthAt);
    if (length > end - value) return `the ${index + 1}. parameter of ${length} bytes is over its end`;
    starts[index] = value;
    lengths[index] = length;
    value += length;
  }
  event.parameters = count;
  return undefined;
}

/** Without a count there are as many parameters as their lengths fill the event with, of the most that it can have. */
function countParameters(event: SyscallEvent, at: number, end: number, most: number): string | undefined {
  const { bytes } = event;
  for (let count = most; count >= 0; count--) {
    let value = at + 2 * count;
    if (value > end) continue;
    for (let index = 0; index < count && value <= end; index++)
      value += (bytes[at + 2 * index] as number) | ((bytes[at + 2 * index + 1] as number) << 8);
    if (value < end) return "its parameters do not fill its length";
    if (value === end) return readLengths(event, at, end, count, 2);
  }
  return "its parameters are over its length";
}
