import { lineFeedFrom } from "../../core/line-feed.ts";
import { bounds } from "./bounds.ts";
import { readHex } from "./ids.ts";
import type { CommitFacts } from "./model.ts";

/** A commit object (git-commit-tree(1), gitformat: headers, an empty line, the message). */
export interface ParsedCommit {
  /** Where the ids of its tree and parents are, in binary. */
  readonly tree: Uint8Array;
  readonly parents: readonly Uint8Array[];
  /** Seconds since 1970 as the committer states them; 0 where unreadable. */
  readonly committed: number;
  readonly facts: LazyFacts;
  readonly message: Buffer;
}

/** Most commits are asked for their parents alone. */
export type LazyFacts = () => Omit<CommitFacts, "id">;

/** An annotated tag. */
export interface ParsedTag {
  readonly object: Uint8Array;
  readonly facts: LazyFacts;
  readonly message: Buffer;
}

/** Undefined where it breaks the format. */
export function parseCommit(bytes: Buffer, idBytes: number): ParsedCommit | undefined {
  let tree: Uint8Array | undefined;
  const parents: Uint8Array[] = [];
  let author: Buffer | undefined;
  let committed = 0;
  const messageAt = eachHeader(bytes, (start, end) => {
    if (tree === undefined) {
      tree = idAfter("tree ", bytes, start, end, idBytes);
      return tree !== undefined;
    }
    if (author === undefined && startsWith(bytes, start, "parent ")) {
      const parent = idAfter("parent ", bytes, start, end, idBytes);
      if (parent !== undefined) parents.push(parent);
      return parent !== undefined;
    }
    if (author === undefined && startsWith(bytes, start, "author ")) author = bytes.subarray(start + 7, end);
    else if (startsWith(bytes, start, "committer ")) committed = secondsOf(bytes, start + 10, end) ?? 0;
    return true;
  });
  if (messageAt === undefined || tree === undefined) return undefined;
  const message = bytes.subarray(messageAt);
  return { tree, parents, committed, facts: facts(author, message), message };
}

export function parseTag(bytes: Buffer, idBytes: number): ParsedTag | undefined {
  let object: Uint8Array | undefined;
  let tagger: Buffer | undefined;
  const messageAt = eachHeader(bytes, (start, end) => {
    if (object === undefined) {
      object = idAfter("object ", bytes, start, end, idBytes);
      return object !== undefined;
    }
    if (startsWith(bytes, start, "tagger ")) tagger = bytes.subarray(start + 7, end);
    return true;
  });
  if (messageAt === undefined || object === undefined) return undefined;
  const message = bytes.subarray(messageAt);
  return { object, facts: facts(tagger, message), message };
}

/** Where the message begins; undefined where a header is refused. */
function eachHeader(bytes: Buffer, take: (start: number, end: number) => boolean): number | undefined {
  let start = 0;
  while (start < bytes.length && bytes[start] !== LINE_FEED) {
    const end = endOfLine(bytes, start);
    // A line that begins with a space continues the header before it: a signature.
    if (bytes[start] !== SPACE && !take(start, end)) return undefined;
    start = end + 1;
  }
  return Math.min(start + 1, bytes.length);
}

function endOfLine(bytes: Buffer, start: number): number {
  const feed = lineFeedFrom(bytes, start);
  return feed === -1 ? bytes.length : feed;
}

const LINE_FEED = 10;
const SPACE = 32;
const CLOSING_BRACKET = 62;
/** Of a count of seconds. */
const MOST_DIGITS = 15;

function startsWith(bytes: Buffer, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word.charCodeAt(index)) return false;
  return true;
}

function idAfter(word: string, bytes: Buffer, start: number, end: number, idBytes: number): Uint8Array | undefined {
  if (!startsWith(bytes, start, word) || end - start !== word.length + idBytes * 2) return undefined;
  const id = new Uint8Array(idBytes);
  return readHex(bytes, start + word.length, id) ? id : undefined;
}

/** Keeps copies of what it needs: whoever keeps facts need not keep the commit. */
function facts(ident: Buffer | undefined, message: Buffer): LazyFacts {
  const subject = message.subarray(0, endOfLine(message, 0));
  const identLength = ident?.length ?? 0;
  if (identLength > LONGEST_KEPT) {
    const now = factsOf(ident, subject);
    return () => now;
  }
  const kept = Buffer.allocUnsafe(identLength + Math.min(subject.length, MOST_OF_SUBJECT));
  ident?.copy(kept);
  subject.copy(kept, identLength);
  return () => factsOf(ident === undefined ? undefined : kept.subarray(0, identLength), kept.subarray(identLength));
}

/** `Name <address> seconds zone`. Names may hold brackets in broken commits: the last pair counts. */
function factsOf(ident: Buffer | undefined, subject: Buffer): Omit<CommitFacts, "id"> {
  const close = ident === undefined ? -1 : ident.lastIndexOf(">");
  const open = ident === undefined || close === -1 ? -1 : ident.lastIndexOf("<", close);
  const seconds = ident === undefined ? undefined : secondsOf(ident, 0, ident.length);
  const date = seconds === undefined ? undefined : dateOf(seconds);
  return {
    author: open === -1 ? "" : short(ident?.subarray(0, open)),
    email: open === -1 ? "" : short(ident?.subarray(open + 1, close)),
    ...(date === undefined ? {} : { date }),
    subject: short(subject),
  };
}

function short(bytes: Buffer | undefined): string {
  return bytes?.toString("utf8", 0, MOST_OF_SUBJECT).trim().slice(0, bounds.gitSubjectLength) ?? "";
}

/** Bytes of an ident; longer ones are read at once, which bounds what is kept of them. */
const LONGEST_KEPT = 2_048;
/** Bytes that its characters take at most. */
const MOST_OF_SUBJECT = bounds.gitSubjectLength * 4;

/** Of the ident between two offsets. */
function secondsOf(bytes: Buffer, start: number, end: number): number | undefined {
  let at = end;
  while (at > start && bytes[at - 1] !== CLOSING_BRACKET) at -= 1;
  let value = 0;
  let digit = at + 1;
  for (const most = Math.min(end, digit + MOST_DIGITS); digit < most; digit++) {
    const byte = bytes[digit] as number;
    if (byte < 0x30 || byte > 0x39) break;
    value = value * 10 + byte - 0x30;
  }
  if (bytes[at] === SPACE && digit > at + 1 && digit < end && bytes[digit] === SPACE) return value;
  // Written in another way than git does.
  const [seconds = ""] = bytes
    .toString("latin1", at, Math.min(end, at + 64))
    .trim()
    .split(" ");
  return /^-?[0-9]{1,15}$/.test(seconds) ? Number(seconds) : undefined;
}

/** Undefined where no calendar has it. */
function dateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(".000Z", "Z");
}
