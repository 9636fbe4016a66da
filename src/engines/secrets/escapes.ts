/**
 * Secrets that are written with escapes: in JSON and JavaScript `\u0067hp_…`, in YAML and many languages `\x67`, in YAML
 * also `\U00000067`, in JSON `https:\/\/`. Whoever reads the file reads the secret; a pattern over its bytes does not.
 */
import { bounds } from "./bounds.ts";
import { type ContentKind, goesOn } from "./content.ts";
import { createReadingPlace, type ReadingPlace } from "./lines.ts";
import type { SecretFact } from "./model.ts";
import type { FileSecrets, Look, SecretStream } from "./stream.ts";

/** Bytes of the longest. */
const LONGEST = 12;

/** What the automaton finds of them, in any case of letters. */
export const ESCAPE_KEYWORDS: readonly string[] = [
  ...["\\/", "\\u{", "\\u000000"],
  ...["2", "3", "4", "5", "6", "7"].flatMap((digit) => [`\\x${digit}`, `\\u00${digit}`]),
];

/** The first look, which finds the escapes on its way. */
export interface FirstLook extends Look {
  /** As soon as it knows. */
  kind(): ContentKind | undefined;
  /** Of what is told of so far, in order. Whoever takes some takes them out. */
  readonly escapes: number[];
  /** Whatever ends before this was looked at. */
  scannedTo(): number;
}

export interface SecondLook {
  /** Bytes on both sides of an escape that may be of one secret with it, or say so: what lies farther reads as it did. */
  readonly reach: number;
  /** @param kind - of a part of a file; absent: it is all of it, and its first bytes tell */
  open(kind?: ContentKind): SecretStream;
}

/** A stretch around escapes, which is looked at as it reads. Offsets are from the start of the file. */
interface Stretch {
  readonly stream: SecretStream;
  /** Of the last escape that is known. */
  last: number;
  /** As far as it was given to the stream. */
  written: number;
  /** Pieces of the file's text that come before it and are not counted yet. */
  before: number;
  /** Where it begins, once they are. */
  start?: ReadingPlace;
}

/** Looks twice where there are escapes: as it is, and as it reads. */
export function withEscapes(first: FirstLook, { reach, open }: SecondLook): Look {
  const { escapes } = first;
  const secrets: SecretFact[] = [];
  let examined = 0;
  let stretch: Stretch | undefined;
  const place = createReadingPlace();
  /** Pieces of the text as it reads that are not counted yet: most files end before any need be. */
  const uncounted: Buffer[] = [];
  let counted = 0;
  /** Escapes that begin before were seen to. */
  let whole = 0;

  function count(pieces: number): void {
    const isText = first.kind() === "text";
    for (const piece of uncounted.splice(0, pieces)) {
      if (isText) place.pass(piece);
      else place.leave(piece.length);
    }
  }

  /** As {@link Look.look}, behind the first look. */
  function pass(held: Buffer, base: number, final: boolean): number {
    const kind = first.kind();
    const ended = base + held.length;
    if (kind !== "text" && kind !== "binary") return ended;
    whole = final ? ended : Math.max(whole, first.scannedTo() - LONGEST);
    let next = 0;
    for (;;) {
      // The last of a stretch may be left behind.
      const last = stretch === undefined ? escapes[next] : stretch.last;
      if (last === undefined || (stretch === undefined && last >= whole)) break;
      // Those that are so near to the one before that their stretches touch.
      let until = last;
      for (let at = escapes[next]; at !== undefined && at < Math.min(whole, until + 2 * reach); at = escapes[++next]) {
        until = at;
      }
      const from = Math.max(base, last - reach);
      // Where more is to come none may be cut in two.
      const end = !final && whole - until < LONGEST ? until : Math.min(until + reach, whole);
      const isAll = final && from === 0 && end === ended && stretch === undefined;
      stretch ??= begin(held.subarray(counted - base, from - base), isAll ? undefined : kind);
      stretch.last = until;
      const text = unescaped(held.subarray(stretch.written - base, end - base));
      stretch.written = Math.max(stretch.written, end);
      uncounted.push(text);
      counted = stretch.written;
      if (until + 2 * reach > whole && !final) {
        // Another escape may be so near that the two stretches are one.
        stretch.stream.write(text);
        break;
      }
      finish(stretch, text);
      stretch = undefined;
    }
    escapes.splice(0, next);
    if (final) return ended;
    const keep = Math.min(Math.max(base, whole - reach), stretch?.written ?? whole);
    if (stretch !== undefined) startOf(stretch);
    else if (keep > counted) {
      uncounted.push(held.subarray(counted - base, keep - base));
      counted = keep;
    }
    count(uncounted.length);
    return keep;
  }

  /** @param before - what lies between the last stretch and this one */
  function begin(before: Buffer, kind: ContentKind | undefined): Stretch {
    uncounted.push(before);
    counted += before.length;
    return { stream: open(kind), last: counted, written: counted, before: uncounted.length };
  }

  function startOf(of: Stretch): ReadingPlace {
    if (of.start === undefined) {
      count(of.before);
      of.start = place.now();
    }
    return of.start;
  }

  function finish(of: Stretch, text: Buffer): void {
    const found = of.stream.end(text);
    examined += found.examined;
    if (found.secrets.length === 0) return;
    const start = startOf(of);
    for (const fact of found.secrets) secrets.push(moved(fact, start));
  }

  return {
    look(held, base, final) {
      const keep = first.look(held, base, final);
      return Math.min(keep, pass(held, base, final));
    },
    settle: () => joined(first.settle(), { secrets, omitted: 0, examined }),
  };
}

const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const ZERO = 0x30;
const CAPITAL_U = 0x55;
const CAPITAL_X = 0x58;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Bytes of the escape that begins at a backslash, in any case of letters; 0 where none does: `\/`, `\xHH`, `\u00HH`,
 * `\u{HH}` with zeros before it, `\U000000HH`. Of printable ASCII alone: what would end a line or a string stays as it is
 * written, so lines stay the file's own.
 */
function escapeLength(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1];
  if (second === SLASH) return 2;
  if (second === CAPITAL_X || second === 0x78) return isPrintable(bytes, at + 2) ? 4 : 0;
  if (second !== CAPITAL_U && second !== 0x75) return 0;
  if (bytes[at + 2] === OPENING_BRACE) {
    const digits = at + 3 + zerosAt(bytes, at + 3);
    return isPrintable(bytes, digits) && bytes[digits + 2] === CLOSING_BRACE ? digits + 3 - at : 0;
  }
  const zeros = zerosAt(bytes, at + 2);
  return (zeros === 2 || zeros === 6) && isPrintable(bytes, at + 2 + zeros) ? 4 + zeros : 0;
}

/** Six at most. */
function zerosAt(bytes: Uint8Array, at: number): number {
  let count = 0;
  while (count < 6 && bytes[at + count] === ZERO) count += 1;
  return count;
}

/** Two hexadecimal digits of a printable character, or of the one behind the last. */
function isPrintable(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] ?? 0) >= 0x32 && (bytes[at] ?? 0) <= 0x37 && digitAt(bytes, at + 1) >= 0;
}

function digitAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte >= ZERO && byte <= 0x39) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

/**
 * Whether an escape leads to a second look: one that is written as languages write it, by small letters but for `\U000000HH`, and
 * that reads otherwise than it is written.
 *
 * @param isText - of what is none two bytes in 65,536 are `\/` by chance: there it has to stand in a text
 */
export function isEscape(bytes: Uint8Array, at: number, isText: boolean): boolean {
  const length = escapeLength(bytes, at);
  const second = bytes[at + 1];
  if (length === 0 || second === CAPITAL_X) return false;
  if (second === CAPITAL_U && !(length === 10 && bytes[at + 2] === ZERO)) return false;
  return !KEPT.has(codeOf(bytes, at, length)) && (isText || isInRun(bytes, at, SHORTEST_RUN));
}

/** Bytes of the shortest text in what is none: nothing that is shorter is a secret together with an escape. */
const SHORTEST_RUN = 8;

/** Whether so many bytes around a place stand together that are of a text. */
function isInRun(bytes: Uint8Array, at: number, least: number): boolean {
  let from = at;
  while (from > 0 && from > at - least && goesOn(bytes[from - 1] as number)) from -= 1;
  let to = at;
  while (to < bytes.length && to < from + least && goesOn(bytes[to] as number)) to += 1;
  return to - from >= least;
}

/** Bytes that are looked at one by one before the next backslash is searched for: where they stand close that is sooner done. */
const CLOSE = 24;

/** The text as it reads. */
export function unescaped(bytes: Buffer): Buffer {
  const text = Buffer.allocUnsafe(bytes.length);
  const end = bytes.length;
  let length = 0;
  for (let at = 0; at < end; ) {
    const near = Math.min(end, at + CLOSE);
    while (at < near && bytes[at] !== BACKSLASH) text[length++] = bytes[at++] as number;
    if (at === end) break;
    if (bytes[at] !== BACKSLASH) {
      const found = bytes.indexOf(BACKSLASH, at);
      const next = found === -1 ? end : found;
      length += bytes.copy(text, length, at, next);
      at = next;
      continue;
    }
    const count = escapeLength(bytes, at);
    const code = count > 0 ? codeOf(bytes, at, count) : BACKSLASH;
    if (count > 0 && KEPT.has(code)) length += bytes.copy(text, length, at, at + count);
    else text[length++] = code;
    at += Math.max(1, count);
  }
  return text.subarray(0, length);
}

/** A quote or a backslash would change where the text around it ends. */
const KEPT: ReadonlySet<number> = new Set([0x22, 0x27, BACKSLASH, 0x7f]);

function codeOf(bytes: Uint8Array, at: number, count: number): number {
  if (count === 2) return SLASH;
  const digits = at + count - (bytes[at + 2] === OPENING_BRACE ? 3 : 2);
  return digitAt(bytes, digits) * 16 + digitAt(bytes, digits + 1);
}

/** From where it is in a stretch to where it is in the text as it reads. */
function moved(fact: SecretFact, { line, column, offset }: ReadingPlace): SecretFact {
  return {
    ...fact,
    offset: fact.offset + offset,
    ...(fact.line === undefined ? {} : { line: fact.line + line - 1 }),
    ...(fact.line !== 1 || fact.column === undefined ? {} : { column: fact.column + column - 1 }),
  };
}

/** What the second look alone has, at the line where it stands; its column and offset are of the text as it reads. */
function joined(first: FileSecrets, second: FileSecrets): FileSecrets {
  const examined = first.examined + second.examined;
  if (second.secrets.length === 0) return { ...first, examined };
  const key = ({ rule, fingerprint, line }: SecretFact): string => JSON.stringify([rule, fingerprint, line]);
  const known = new Set(first.secrets.map(key));
  const all = [...first.secrets, ...second.secrets.filter((fact) => !known.has(key(fact)))];
  return {
    secrets: all.slice(0, bounds.secretsOfFile),
    omitted: first.omitted + Math.max(0, all.length - bounds.secretsOfFile),
    examined,
  };
}
