/** Functions over texts, as cel-go's ext/strings.go has them at version 2. All indexes are of code points. */
import { codePoints } from "../functions.ts";
import { global, type Library, method, type Overload } from "../library.ts";
import type { List, Value } from "../model.ts";
import { made } from "../operators.ts";
import { Failure, type Meter, spendText } from "../values.ts";
import { doubleText, format } from "./format.ts";

/** Code points as texts; of a text without surrogates not made at all. */
function points(text: string): string | readonly string[] {
  return /[\ud800-\udbff]/.test(text) ? [...text] : text;
}

const range = (index: bigint) => new Failure(`index out of range: ${index}`);

function isWithin(index: bigint, length: number): boolean {
  return index >= 0n && index <= length;
}

function charAt(text: string, index: bigint, meter: Meter): Value | Failure {
  spendText(meter, text.length);
  const all = points(text);
  return isWithin(index, all.length) ? (all[Number(index)] ?? "") : range(index);
}

function indexOf(text: string, part: string, from: bigint, meter: Meter): Value | Failure {
  if (from < 0n) return range(from);
  spendSearch(text, part, meter);
  const all = points(text);
  if (part === "") return from > all.length ? BigInt(all.length) : from;
  if (from >= all.length) return -1n;
  const at = text.indexOf(part, unitsBefore(all, Number(from)));
  return at < 0 ? -1n : BigInt(codePoints(text.slice(0, at)));
}

/** @param from - undefined: from the last on */
function lastIndexOf(text: string, part: string, from: bigint | undefined, meter: Meter): Value | Failure {
  if (from !== undefined && from < 0n) return range(from);
  spendSearch(text, part, meter);
  const all = points(text);
  if (part === "") return from === undefined || from > all.length ? BigInt(all.length) : from;
  if (text.length < part.length || (from !== undefined && from >= all.length)) return -1n;
  const at = text.lastIndexOf(part, from === undefined ? undefined : unitsBefore(all, Number(from)));
  return at < 0 ? -1n : BigInt(codePoints(text.slice(0, at)));
}

/** UTF-16 units before a code point. */
function unitsBefore(all: string | readonly string[], index: number): number {
  return typeof all === "string" ? index : all.slice(0, index).join("").length;
}

/** A search may look at each character as often as its part is long. */
function spendSearch(text: string, part: string, meter: Meter): void {
  spendText(meter, text.length * Math.max(1, Math.min(part.length, 32)));
}

function cased(text: string, pattern: RegExp, change: (letter: string) => string, meter: Meter): string {
  spendText(meter, text.length);
  return text.replace(pattern, change);
}

/** As Go's strings.Replace: an empty text is found before each code point and at the end. @param most - negative: all */
function replace(text: string, old: string, by: string, most: bigint, meter: Meter): Value {
  spendText(meter, 2 * text.length);
  const parts = old === "" ? ["", ...points(text), ""] : text.split(old);
  const count = most < 0n ? parts.length - 1 : Math.min(Number(most), parts.length - 1);
  made(text.length + count * Math.max(0, by.length - old.length), meter, 5);
  return (
    parts.slice(0, count + 1).join(by) +
    parts
      .slice(count + 1)
      .map((part) => old + part)
      .join("")
  );
}

/** As Go's strings.SplitN: an empty text parts every code point. @param most - negative: all */
function split(text: string, by: string, most: bigint, meter: Meter): Value {
  spendText(meter, 2 * text.length);
  if (most === 0n) return [];
  const parts = by === "" ? [...points(text)] : text.split(by);
  made(parts.length, meter, 0);
  if (most < 0n || parts.length <= Number(most)) return parts;
  const kept = Number(most) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(by)];
}

function substring(text: string, start: bigint, end: bigint | undefined, meter: Meter): Value | Failure {
  spendText(meter, text.length);
  const all = points(text);
  if (end !== undefined && start > end) return new Failure(`invalid range of a text: ${start} to ${end}`);
  if (!isWithin(start, all.length)) return range(start);
  if (end !== undefined && !isWithin(end, all.length)) return range(end);
  const part = all.slice(Number(start), end === undefined ? undefined : Number(end));
  return typeof part === "string" ? part : part.join("");
}

/** By Unicode's White_Space, which differs from JavaScript's. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** As Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function join(list: List, by: string, meter: Meter): Value | Failure {
  let size = 0;
  for (const item of list) {
    if (typeof item !== "string") return new Failure("join() of what is no text");
    size += item.length + by.length;
  }
  made(size, meter, 4);
  return list.join(by);
}

const QUOTED: Readonly<Record<string, string>> = {
  ...{ "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r" },
  ...{ "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"' },
};

function quote(text: string, meter: Meter): string {
  spendText(meter, 2 * text.length);
  return `"${text.toWellFormed().replace(/["\\\p{Cc}]/gu, (sign) => QUOTED[sign] ?? sign)}"`;
}

const overloads: readonly Overload[] = [
  method("charAt", ["string", "int"], charAt),
  method("indexOf", ["string", "string"], (text, part, meter) => indexOf(text, part, 0n, meter)),
  method("indexOf", ["string", "string", "int"], indexOf),
  method("lastIndexOf", ["string", "string"], (text, part, meter) => lastIndexOf(text, part, undefined, meter)),
  method("lastIndexOf", ["string", "string", "int"], lastIndexOf),
  method("lowerAscii", ["string"], (text, meter) => cased(text, /[A-Z]+/g, (each) => each.toLowerCase(), meter)),
  method("upperAscii", ["string"], (text, meter) => cased(text, /[a-z]+/g, (each) => each.toUpperCase(), meter)),
  method("replace", ["string", "string", "string"], (text, old, by, meter) => replace(text, old, by, -1n, meter)),
  method("replace", ["string", "string", "string", "int"], replace),
  method("split", ["string", "string"], (text, by, meter) => split(text, by, -1n, meter)),
  method("split", ["string", "string", "int"], split),
  method("substring", ["string", "int"], (text, start, meter) => substring(text, start, undefined, meter)),
  method("substring", ["string", "int", "int"], substring),
  method("trim", ["string"], (text, meter) => {
    spendText(meter, text.length);
    return trimSpace(text);
  }),
  method("join", ["list"], (list, meter) => join(list, "", meter)),
  method("join", ["list", "string"], join),
  method("format", ["string", "list"], format),
  global("strings.quote", ["string"], quote),
  global("string", ["double"], doubleText),
];

export const strings: Library = { overloads };
