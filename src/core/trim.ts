/** The text without the character at its end, as often as it stands there. An expression for it, `c+$`, is quadratic. */
export function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** The text without what the expression, of one character, does not match at its beginning and its end. */
export function trimTo(text: string, character: RegExp): string {
  let [start, end] = [0, text.length];
  while (start < end && !character.test(text[start] as string)) start++;
  while (end > start && !character.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}
