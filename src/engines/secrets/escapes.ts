/**
 * Secrets that are written with escapes: in JSON and JavaScript `\u0067hp_…`, in YAML and many languages `\x67`, in YAML
 * also `\U00000067`, in JSON `https:\/\/`. Whoever reads the file reads the secret; a pattern over its bytes does not.
 */
import { bounds } from "./bounds.ts";
import type { SecretFact } from "./model.ts";
import type { FileSecrets, SecretStream } from "./stream.ts";

/** Of printable ASCII alone: what would end a line or a string stays as it is written, so lines stay the file's own. */
const ESCAPE = /\\(?:u00([2-7][0-9a-f])|u\{0{0,6}([2-7][0-9a-f])\}|U000000([2-7][0-9a-f])|x([2-7][0-9a-f])|\/)/gi;
/** What every one of them begins with: looked for first, as nearly no file has any. */
const BEGINNINGS = ["\\u00", "\\u{", "\\U0000", "\\x", "\\/"].map((text) => Buffer.from(text));
/** The longest escape but for its last byte may be cut off by a chunk's end. */
const LONGEST = 12;

/**
 * A stream that looks at what it is given twice where there are escapes in it: as it is, and as it reads.
 *
 * @param again - opens one more stream for the second look, where it is needed
 */
export function withEscapes(plain: SecretStream, again: () => SecretStream): SecretStream {
  let second: SecretStream | undefined;
  /** What is still to be looked at with what comes next. */
  let tail: Buffer = EMPTY;
  /** The last chunk, which had no escape. It is measured where another comes: most files are one. */
  let before: Buffer | undefined;
  /** The start of the file, and where the second look began. */
  let lines = 0;
  let bytes = 0;
  const look = (chunk: Buffer, final: boolean): void => {
    if (second === undefined && !BEGINNINGS.some((text) => chunk.includes(text))) {
      before = chunk;
      return;
    }
    second ??= again();
    const backslash = final ? -1 : chunk.indexOf(BACKSLASH, Math.max(0, chunk.length - LONGEST));
    const end = backslash === -1 ? chunk.length : backslash;
    second.write(unescaped(chunk.subarray(0, end)));
    tail = chunk.subarray(end);
  };
  const passBefore = (): void => {
    if (before === undefined) return;
    const kept = Math.max(0, before.length - LONGEST);
    lines += lineFeeds(before, kept);
    bytes += kept;
    tail = before.subarray(kept);
    before = undefined;
  };
  return {
    write(chunk) {
      if (chunk.length === 0) return;
      plain.write(chunk);
      passBefore();
      look(tail.length === 0 ? chunk : Buffer.concat([tail, chunk]), false);
    },
    end() {
      const first = plain.end();
      if (tail.length > 0 && second !== undefined) look(tail, true);
      return second === undefined ? first : joined(first, second.end(), lines, bytes);
    },
  };
}

const EMPTY: Buffer = Buffer.alloc(0);
const BACKSLASH = 0x5c;

function lineFeeds(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
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

/** What the second look alone has, at the line where it stands; its column and offset are of the text as it reads. */
function joined(first: FileSecrets, second: FileSecrets, lines: number, bytes: number): FileSecrets {
  const key = ({ rule, fingerprint, line }: SecretFact): string => JSON.stringify([rule, fingerprint, line]);
  const known = new Set(first.secrets.map(key));
  const more = second.secrets
    .map((fact) => ({
      ...fact,
      offset: fact.offset + bytes,
      ...(fact.line === undefined ? {} : { line: fact.line + lines }),
    }))
    .filter((fact) => !known.has(key(fact)));
  const all = [...first.secrets, ...more];
  return {
    secrets: all.slice(0, bounds.secretsOfFile),
    omitted: first.omitted + Math.max(0, all.length - bounds.secretsOfFile),
    examined: first.examined + second.examined,
  };
}
