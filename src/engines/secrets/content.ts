/** What kind of content a file has, told from its first bytes. */

export type ContentKind = "text" | "utf-16le" | "utf-16be" | "binary";

/** As many as git looks at; fewer where the file is shorter. */
export const LOOKED_AT = 8_000;

/** A NUL byte makes a file binary, as for git, unless every other byte is one: text in UTF-16. */
export function contentKindOf(start: Buffer): ContentKind {
  if (start.length >= 2) {
    const mark = start.readUInt16BE(0);
    if (mark === 0xfffe) return "utf-16le";
    if (mark === 0xfeff) return "utf-16be";
  }
  if (start.length > LOOKED_AT) start = start.subarray(0, LOOKED_AT);
  if (!start.includes(0)) return "text";
  const zeros = [0, 0];
  for (let i = 0; i < start.length; i++) if (start[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const pairs = start.length >> 1;
  if (pairs >= 4 && zeros[0] === 0 && (zeros[1] as number) >= pairs * 0.9) return "utf-16le";
  if (pairs >= 4 && zeros[1] === 0 && (zeros[0] as number) >= pairs * 0.9) return "utf-16be";
  return "binary";
}

const UNPRINTABLE = /[^\t\n\r\x20-\x7e]/g;

/** A stretch of a binary file as text: what is not printable ends a line, so that no pattern reaches over it. */
export function printableRuns(text: string): string {
  return text.replace(UNPRINTABLE, "\n");
}
