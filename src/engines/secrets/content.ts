/** What kind of content a file has, told from its first bytes. */
import { utf32Decoder } from "./utf-32.ts";

export type ContentKind = "text" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be" | "binary";

/** As many as git looks at; fewer where the file is shorter. */
export const LOOKED_AT = 8_000;

/** A NUL byte makes a file binary, as for git, unless every other byte is one, or three of four: text in UTF-16 or UTF-32. */
export function contentKindOf(start: Buffer): ContentKind {
  const marked = markedAs(start);
  if (marked !== undefined) return marked;
  if (start.length > LOOKED_AT) start = start.subarray(0, LOOKED_AT);
  const firstZero = start.indexOf(0);
  if (firstZero === -1) return "text";
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let i = firstZero; i < start.length; i++) {
    if (start[i] !== 0) continue;
    if ((i & 3) === 0) first += 1;
    else if ((i & 3) === 1) second += 1;
    else if ((i & 3) === 2) third += 1;
    else fourth += 1;
    // Each of those encodings has none at the one or at the other, whatever follows.
    if (first > 0 && fourth > 0) return "binary";
  }
  const fours = start.length >> 2;
  // Of the two higher bytes one is always zero, and the other too but for what is beyond the first 65,536 characters.
  if (fours >= 4 && fourth >= fours * 0.9 && third >= fours * 0.9 && first === 0) return "utf-32le";
  if (fours >= 4 && first >= fours * 0.9 && second >= fours * 0.9 && fourth === 0) return "utf-32be";
  const [even, odd] = [first + third, second + fourth];
  const pairs = start.length >> 1;
  if (pairs >= 4 && even === 0 && odd >= pairs * 0.9) return "utf-16le";
  if (pairs >= 4 && odd === 0 && even >= pairs * 0.9) return "utf-16be";
  return "binary";
}

/** What a mark at the start says. */
function markedAs(start: Buffer): ContentKind | undefined {
  const first = start[0];
  const second = start[1];
  if (first === 0xff && second === 0xfe) return start[2] === 0 && start[3] === 0 ? "utf-32le" : "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0 && second === 0 && start[2] === 0xfe && start[3] === 0xff ? "utf-32be" : undefined;
}

/** To UTF-8; undefined for what is looked at as it is. */
export function decoderOf(kind: ContentKind): ((bytes: Buffer) => Buffer) | undefined {
  if (kind === "utf-32le" || kind === "utf-32be") return utf32Decoder(kind === "utf-32le" ? "le" : "be");
  if (kind !== "utf-16le" && kind !== "utf-16be") return undefined;
  const decoder = new TextDecoder(kind);
  return (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }));
}

/** Byte → the same where it is printable ASCII, a tab or the end of a line; else the end of a line. */
const PRINTABLE = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0d ? byte : 0x0a,
);
/** Whether a byte of a binary file is of a text in it, which goes on behind it. */
export function goesOn(byte: number): boolean {
  return PRINTABLE[byte] === byte && byte !== 0x0a;
}

/** Used again: a window is looked at before the next. */
let runs = Buffer.alloc(4_096);

/** A stretch of a binary file as text: what is not printable ends a line, so that no pattern reaches over it. */
export function printableRuns(bytes: Buffer, from: number, to: number): string {
  if (to - from > runs.length) runs = Buffer.alloc(to - from);
  for (let at = from, i = 0; at < to; at++, i++) runs[i] = PRINTABLE[bytes[at] as number] as number;
  return runs.toString("latin1", 0, to - from);
}
