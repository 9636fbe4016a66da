/** One line of a text, without its end. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a text, ended by LF or CR LF, one at a time. */
export function* textLines(text: string): Generator<TextLine> {
  let number = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline;
    const end = next > start && text[next - 1] === "\r" ? next - 1 : next;
    number += 1;
    yield { number, text: text.slice(start, end) };
    start = next + 1;
  }
}

/** How many spaces a line begins with. */
export function indentOf(text: string): number {
  let indent = 0;
  while (text.charCodeAt(indent) === 0x20) indent += 1;
  return indent;
}
