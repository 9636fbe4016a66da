/** Where expressions stand in a text: from `${{` to the `}}` that is in none of their strings. */

export interface Extracted {
  /** Of the `${{`, and behind the `}}`; of what is not closed the text's end. */
  readonly start: number;
  readonly end: number;
  /** Between the braces, outer spaces cut. */
  readonly source: string;
  readonly closed: boolean;
}

const OPEN = "${{";
const CLOSE = "}}";

export function extractExpressions(text: string): Extracted[] {
  const found: Extracted[] = [];
  for (let start = text.indexOf(OPEN); start >= 0; ) {
    const close = closeFrom(text, start + OPEN.length);
    const end = close < 0 ? text.length : close + CLOSE.length;
    const source = text.slice(start + OPEN.length, close < 0 ? text.length : close).trim();
    found.push({ start, end, source, closed: close >= 0 });
    start = text.indexOf(OPEN, end);
  }
  return found;
}

/** A quote within a string is written twice, and so ends and begins one. */
function closeFrom(text: string, from: number): number {
  let at = from;
  for (let close = text.indexOf(CLOSE, from); close >= 0; ) {
    const quote = text.slice(at, close).indexOf("'");
    if (quote < 0) return close;
    const end = text.indexOf("'", at + quote + 1);
    if (end < 0) return -1;
    at = end + 1;
    if (end > close) close = text.indexOf(CLOSE, at);
  }
  return -1;
}
