/** Words that begin with `--`, before the arguments of an instruction (BuildKit, `extractBuilderFlags`). */
import type { Lookup } from "./expand.ts";
import type { Flag } from "./model.ts";
import { lookupIn, noteFailure, type Reading } from "./reading.ts";
import { globalLookup } from "./scope.ts";
import { isSpace } from "./white-space.ts";
import { wordOf } from "./words.ts";

interface ReadFlags {
  readonly flags: readonly Flag[];
  /** Where the arguments begin, or the white space before them. */
  readonly end: number;
  /** One of them has characters outside of ASCII, which BuildKit takes byte by byte. */
  readonly unsure: boolean;
}

export function readFlags(reading: Reading, keyword: string, from: number, last: number): ReadFlags {
  const { joined, escapeCharacter, stages } = reading;
  const { text } = joined;
  let at = skipBytes(text, from, last);
  if (!text.startsWith("--", at)) return { flags: [], end: at, unsure: text[at] === "\ufffd" };
  const lookup = keyword === "FROM" ? globalLookup(stages.globals) : lookupIn(reading);
  const flags: Flag[] = [];
  let unsure = false;
  while (text.startsWith("--", at) && at + 2 <= last) {
    const { written, places, end } = flagAt(text, at, last);
    // Two dashes alone end the flags, and are no argument.
    if (written === "--") return { flags, end, unsure };
    unsure ||= /[^\0-\x7f]/.test(text.slice(at, end));
    const equals = written.indexOf("=");
    const name = written.slice(2, equals === -1 ? undefined : equals);
    const range = joined.range(at, end);
    if (equals === -1) flags.push({ name, range });
    else {
      const start = (places[equals] ?? at) + 1;
      const expands: Lookup | undefined = isExpanded(name) ? lookup : undefined;
      const meant = written.slice(equals + 1);
      const value = wordOf(text.slice(start, end), meant, joined.range(start, end), escapeCharacter, expands);
      noteFailure(reading, value);
      flags.push({ name, value, range });
    }
    at = skipBytes(text, end, last);
  }
  return { flags, end: at, unsure: unsure || text[at] === "\ufffd" };
}

/** Where the arguments behind the flags begin. */
export function endOfFlags(text: string, from: number, last = text.length): number {
  let at = skipBytes(text, from, last);
  while (text.startsWith("--", at) && at + 2 <= last) {
    const { written, end } = flagAt(text, at, last);
    at = skipBytes(text, end, last);
    if (written === "--") break;
  }
  return at;
}

/** Docker reads these as they are written. */
function isExpanded(name: string): boolean {
  return name !== "network" && name !== "security" && name !== "link";
}

/** White space of one byte: others are none here. */
function skipBytes(text: string, from: number, last: number): number {
  let at = from;
  while (at < last && text.charCodeAt(at) < 0x80 && isSpace(text.charCodeAt(at))) at++;
  return at;
}

interface WrittenFlag {
  /** Without quotes and escapes, whatever character the file escapes with. */
  readonly written: string;
  /** Where each of its characters stands. */
  readonly places: readonly number[];
  readonly end: number;
}

function flagAt(text: string, from: number, last: number): WrittenFlag {
  const characters: string[] = [];
  const places: number[] = [];
  let quote = "";
  let at = from;
  for (; at < last; at++) {
    let character = text[at] as string;
    if (quote === "" && isSpace(text.charCodeAt(at))) break;
    if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      continue;
    }
    if (character === quote) {
      quote = "";
      continue;
    }
    if (character === "\\") {
      if (at + 1 === last) break;
      at++;
      character = text[at] as string;
    }
    characters.push(character);
    places.push(at);
  }
  // A backslash at the end is passed over.
  return {
    written: characters.join(""),
    places,
    end: Math.min(last, at === last - 1 && text[at] === "\\" ? last : at),
  };
}
