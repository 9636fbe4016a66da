/**
 * Excerpts of a file as texts, a character a byte. Names and values that are looked at stand near each other, and to make a text of
 * bytes is a call out of V8: a stretch is made a text at once, of which the excerpts are parts.
 */
import { latin1 } from "../../core/latin1.ts";

/** Bytes of a stretch; an excerpt that is longer is made by itself. */
const STRETCH = 4_096;
/** Of them before the first excerpt, in which the next one may begin. */
const BEFORE = 256;

let held: Buffer | undefined;
let first = 0;
let last = 0;
let text = "";

/** What the bytes are from `start` to before `end`, as far as there are any. They may change behind {@link forgetExcerpts} alone. */
export function excerpt(bytes: Buffer, start: number, end: number): string {
  const from = Math.max(0, start);
  const to = Math.min(end, bytes.length);
  if (from >= to) return "";
  if (bytes !== held || from < first || to > last) {
    if (to - from > STRETCH / 2) return latin1(bytes, from, to);
    held = bytes;
    first = Math.max(0, from - BEFORE);
    last = Math.min(bytes.length, first + STRETCH);
    text = latin1(bytes, first, last);
  }
  return text.slice(from - first, to - first);
}

/** Before the same memory holds other bytes. */
export function forgetExcerpts(): void {
  held = undefined;
  text = "";
}
