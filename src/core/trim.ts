/** The text without the character at its end, as often as it stands there. An expression for it, `c+$`, is quadratic. */
export function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}
