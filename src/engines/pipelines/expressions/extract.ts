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
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 39) quoted = !quoted;
    else if (code === 125 && !quoted && text.charCodeAt(at + 1) === 125) return at;
  }
  return -1;
}
