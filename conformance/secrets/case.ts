/** A file with one line of interest, and what that line is. */
export interface MadeCase {
  /** What recall is told by: `assignment/go`, `provider/slack-browser`, `none/placeholder`. */
  readonly kind: string;
  /** Its name; folders of the case's own come before it. */
  readonly file: string;
  readonly content: string | Buffer;
  /** From 1. */
  readonly line: number;
  readonly secret: boolean;
  /** Within the file, where that is an archive: the label's path is `file!within`. */
  readonly within?: string;
}

/** @param line - from 1; absent: the first line that holds `value` */
export function made(kind: string, file: string, content: string, value: string, secret = true): MadeCase {
  const line = content.split("\n").findIndex((each) => each.includes(value)) + 1;
  if (line === 0) throw new Error(`${kind}: ${file} does not hold its value`);
  return { kind, file, content, line, secret };
}

/** Without a secret. @param marked - the text; the line of interest is the first that begins with `@`, which is left out */
export function madeMarked(kind: string, file: string, marked: string): MadeCase {
  const line = marked.split("\n").findIndex((text) => text.startsWith("@")) + 1;
  return { ...made(kind, file, marked.replace(/^@/m, ""), "", false), line };
}
