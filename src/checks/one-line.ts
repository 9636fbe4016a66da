import { printable } from "../core/printable.ts";

/** Characters of a subject or an excerpt, and of a sentence that may hold one. */
const CLIPPED = 120;
export const SENTENCE = 400;

/** One line of bounded length, without what a URL has of a user and a password. */
export function clip(text: string, length = CLIPPED): string {
  const line = printable(text.slice(0, length * 4).replace(/\s+/g, " ")).replace(/:\/\/[^/\s@]{1,256}@/g, "://…@");
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
