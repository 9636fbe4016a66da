/** White space and letter case as BuildKit has them: those of Go, which are not JavaScript's. */

/** Go's `unicode.IsSpace`. Without U+FEFF, with U+0085. */
export function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code > 0x3000) return false;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** What separates a keyword and plain arguments: `[\t\v\f\r ]` (BuildKit, `reWhitespace`). */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d);
}

/** The first offset from `start` that holds no white space. */
export function skipSpace(text: string, start: number, end = text.length): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The offset behind the last character before `end` that is no white space. */
export function endOfText(text: string, start = 0, end = text.length): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

export function trimSpace(text: string): string {
  const start = skipSpace(text, 0);
  return text.slice(start, endOfText(text, start));
}

/** Go's `strings.ToLower` where the result is compared with ASCII: two letters outside of it have one of its in lower case. */
export function lowerCase(text: string): string {
  return text.replaceAll("\u212a", "k").replaceAll("\u0130", "i").toLowerCase();
}

/** A keyword as this engine writes them; what is none stays in lower case. */
export function keywordOf(written: string): string {
  const lower = lowerCase(written);
  return /^[a-z]+$/.test(lower) ? lower.toUpperCase() : lower;
}
