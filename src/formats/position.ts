/** A place in a text, from 1; columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * What a reader throws for a text that breaks its format. The reader knows the place and the cause; the code, the file
 * and what to do about it are its caller's.
 *
 * @param cause - what is wrong, without a full stop
 */
export type Refuse = (at: TextPosition, cause: string) => Error;

/** Linear, so only for the one place of a problem. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The lines of many places: asked in ascending order, all questions together cost one look at the text. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let before = 0;
  let next = text.indexOf("\n");
  return (offset) => {
    if (offset < before) {
      line = 1;
      next = text.indexOf("\n");
    }
    before = offset;
    while (next >= 0 && next < offset) {
      line += 1;
      next = text.indexOf("\n", next + 1);
    }
    return line;
  };
}
