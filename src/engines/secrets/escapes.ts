/**
 * Secrets that are written with escapes: in JSON and JavaScript `\u0067hp_…`, in YAML and many languages `\x67`, in YAML
 * also `\U00000067`, in JSON `https:\/\/`. Whoever reads the file reads the secret; a pattern over its bytes does not.
 */
import { bounds } from "./bounds.ts";
import type { ContentKind } from "./content.ts";
import { createReadingPlace, type ReadingPlace } from "./lines.ts";
import type { SecretFact } from "./model.ts";
import type { FileSecrets, SecretStream } from "./stream.ts";

/** Of printable ASCII alone: what would end a line or a string stays as it is written, so lines stay the file's own. */
const ESCAPE = /\\(?:u00([2-7][0-9a-f])|u\{0{0,6}([2-7][0-9a-f])\}|U000000([2-7][0-9a-f])|x([2-7][0-9a-f])|\/)/gi;
/** One at the start of a text. */
const AT_START = new RegExp(`^${ESCAPE.source}`, "i");
/** What every one of them begins with: looked for first, as nearly no file has any. */
const BEGINNINGS = ["\\u00", "\\u{", "\\U0000", "\\x", "\\/"].map((text) => Buffer.from(text));
/** Bytes of the longest. */
const LONGEST = 12;
/** Bytes that are gathered before they are looked through, where more are to come. */
const STEP = 256 * 1024;

/** The first look, which says what kind of content it is as soon as it knows. */
export interface FirstLook extends SecretStream {
  kind(): ContentKind | undefined;
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

/** A stream that looks at what it is given twice where there are escapes in it: as it is, and as it reads. */
export function withEscapes(plain: FirstLook, { reach, open }: SecondLook): SecretStream {
  const secrets: SecretFact[] = [];
  let examined = 0;
  let chunks: Buffer[] = [];
  let waiting = 0;
  /** What was looked through and may be needed once more. It begins at `base`. */
  let held: Buffer = EMPTY;
  let base = 0;
  let stretch: Stretch | undefined;
  const place = createReadingPlace();
  /** Pieces of the text as it reads that are not counted yet: most files end before any need be. */
  const uncounted: Buffer[] = [];
  let counted = 0;

  function count(pieces: number): void {
    for (const piece of uncounted.splice(0, pieces)) place.pass(piece);
  }

  function pass(final: boolean): void {
    const kind = plain.kind();
    const bytes = held.length === 0 && chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat([held, ...chunks]);
    chunks = [];
    waiting = 0;
    if (kind !== "text" && kind !== "binary") return;
    /** Behind it an escape may be cut off. */
    const whole = final ? bytes.length : Math.max(0, bytes.length - LONGEST);
    let at = Math.max(0, held.length - LONGEST);
    for (;;) {
      // The last of a stretch may be left behind.
      const last = stretch === undefined ? nextEscape(bytes, at, whole) : stretch.last - base;
      if (last === undefined) break;
      const from = Math.max(0, last - reach);
      const until = lastOfMany(bytes, last, whole);
      const end = Math.min(until + reach, whole);
      const isAll = final && base === 0 && from === 0 && end === bytes.length && stretch === undefined;
      stretch ??= begin(bytes, from, isAll ? undefined : kind);
      stretch.last = until + base;
      write(stretch, bytes.subarray(stretch.written - base, end));
      // Another escape may be so near that the two stretches are one.
      at = until + 2 * reach;
      if (at > whole && !final) break;
      finish(stretch);
      stretch = undefined;
    }
    if (final) return;
    const keep = Math.min(Math.max(0, whole - reach), stretch === undefined ? whole : stretch.written - base);
    if (stretch !== undefined) startOf(stretch);
    else if (keep + base > counted) {
      uncounted.push(bytes.subarray(counted - base, keep));
      counted = keep + base;
    }
    count(uncounted.length);
    held = bytes.subarray(keep);
    base += keep;
  }

  /** The last escape of a row, in which none is farther from the one before than that their stretches touch. */
  function lastOfMany(bytes: Buffer, from: number, to: number): number {
    for (let last = from; ; ) {
      const next = lastEscape(bytes, Math.max(0, last + 1), Math.min(to, last + 2 * reach));
      if (next === undefined) return last;
      last = next;
    }
  }

  function begin(bytes: Buffer, from: number, kind: ContentKind | undefined): Stretch {
    uncounted.push(bytes.subarray(counted - base, from));
    counted = from + base;
    return { stream: open(kind), last: counted, written: counted, before: uncounted.length };
  }

  function write(of: Stretch, bytes: Buffer): void {
    if (bytes.length === 0) return;
    const text = unescaped(bytes);
    of.stream.write(text);
    of.written += bytes.length;
    uncounted.push(text);
    counted = of.written;
  }

  function startOf(of: Stretch): ReadingPlace {
    if (of.start === undefined) {
      count(of.before);
      of.start = place.now();
    }
    return of.start;
  }

  function finish(of: Stretch): void {
    const found = of.stream.end();
    examined += found.examined;
    if (found.secrets.length === 0) return;
    const start = startOf(of);
    for (const fact of found.secrets) secrets.push(moved(fact, start));
  }

  return {
    write(chunk) {
      if (chunk.length === 0) return;
      plain.write(chunk);
      chunks.push(chunk);
      waiting += chunk.length;
      if (waiting >= STEP && plain.kind() !== undefined) pass(false);
    },
    end() {
      const first = plain.end();
      pass(true);
      return joined(first, { secrets, omitted: 0, examined });
    },
  };
}

const EMPTY: Buffer = Buffer.alloc(0);

/** The first escape that begins from `from` on and before `to`. */
function nextEscape(bytes: Buffer, from: number, to: number): number | undefined {
  if (!bytes.subarray(from, to).includes(BACKSLASH)) return undefined;
  let first = to;
  for (const beginning of BEGINNINGS) {
    const within = bytes.subarray(0, first + LONGEST);
    let at = within.indexOf(beginning, from);
    while (at !== -1 && at < first && !isEscape(bytes, at)) at = within.indexOf(beginning, at + 1);
    if (at !== -1) first = Math.min(first, at);
  }
  return first === to ? undefined : first;
}

/** The last escape that begins from `from` on and before `to`. */
function lastEscape(bytes: Buffer, from: number, to: number): number | undefined {
  if (to <= from) return undefined;
  const within = bytes.subarray(from, to + LONGEST);
  let last = -1;
  for (const beginning of BEGINNINGS) {
    let at = within.lastIndexOf(beginning, to - from - 1);
    while (at > last && !isEscape(within, at)) at = at === 0 ? -1 : within.lastIndexOf(beginning, at - 1);
    last = Math.max(last, at);
  }
  return last === -1 ? undefined : last + from;
}

const BACKSLASH = 0x5c;

function isEscape(bytes: Buffer, at: number): boolean {
  return AT_START.test(bytes.toString("latin1", at, at + LONGEST));
}

function unescaped(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1").replace(ESCAPE, (whole, ...codes: (string | undefined)[]) => {
    const code = codes.slice(0, 4).find((each) => each !== undefined);
    if (code === undefined) return "/";
    const character = String.fromCharCode(Number.parseInt(code, 16));
    // A quote or a backslash would change where the text around it ends.
    return /["'\\\u007f]/.test(character) ? whole : character;
  });
  return Buffer.from(text, "latin1");
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
