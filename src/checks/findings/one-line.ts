import { createHash } from "node:crypto";
import { printable } from "../../core/printable.ts";
import { detached } from "../../core/strings.ts";

/** Characters of a subject or an excerpt, and of a sentence that may hold one. */
const CLIPPED = 120;
export const SENTENCE = 400;
/** Hexadecimal digits of sha256 that stand for what is cut off: nobody finds another text with the same. */
const TOLD = 16;

/**
 * Anything but ASCII that prints, white space that is not one space, the beginning of an address, and what a log may take
 * for a command.
 */
const NOT_AS_IT_IS = /[^ -~]| {2}|:\/\/|::|##|section_/i;

/** Findings say the same few hundred things again and again: looking one up takes a fifth of reading it. */
const known = new Set<string>();
const KNOWN = 4_096;
const KNOWN_LENGTH = 256;

function isAsItIs(text: string): boolean {
  if (known.has(text)) return true;
  if (NOT_AS_IT_IS.test(text)) return false;
  if (text.length > KNOWN_LENGTH) return true;
  if (known.size >= KNOWN) known.clear();
  // What is cut from a file's text would keep all of that.
  known.add(detached(text));
  return true;
}

/** One line of bounded length, without what a URL has of a user and a password. */
export function clip(text: string, length = CLIPPED): string {
  if (text.length <= length && isAsItIs(text)) return text;
  const line = lineOf(text.slice(0, length * 4));
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** As `clip`; but of two that differ where one is cut, each ends in a digest of its own. What a finding is about goes by it. */
export function clipSubject(text: string): string {
  if (text.length <= CLIPPED) return clip(text);
  const line = lineOf(text);
  if (line.length <= CLIPPED) return line;
  return `${line.slice(0, CLIPPED - TOLD - 2)}… ${digestOf(line)}`;
}

/** Stands in a subject for a text that is too long for it; white space counts once. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text.replace(/\s+/g, " ").trim()).digest("hex").slice(0, TOLD);
}

function lineOf(text: string): string {
  return printable(text.replace(/\s+/g, " ")).replace(/:\/\/[^/\s@]{1,256}@/g, "://…@");
}
