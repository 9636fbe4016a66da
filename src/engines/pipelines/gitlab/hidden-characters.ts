/** Characters that are not shown, or that turn text around, so that a file does not read as it runs (CVE-2021-42574). */
import type { HiddenCharacter } from "./model.ts";

/** Marks of direction, spaces and joiners of no width, the soft hyphen, and tags (U+E0000 and on). */
const HIDDEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;
const MOST = 100;

export function hiddenCharacters(path: string, text: string): HiddenCharacter[] {
  const found: HiddenCharacter[] = [];
  let line = 1;
  let lineStart = 0;
  for (const { index, 0: character } of text.matchAll(HIDDEN)) {
    // A mark of byte order at the file's beginning.
    if (index === 0 && character === "\ufeff") continue;
    for (let at = text.indexOf("\n", lineStart); at >= 0 && at < index; at = text.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = at + 1;
    }
    const codePoint = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    const place = { path, line, column: index - lineStart + 1, start: index, end: index + character.length };
    found.push({ place, codePoint });
    if (found.length === MOST) break;
  }
  return found;
}
