/**
 * Columns that text takes in a terminal: two for East Asian wide and full-width characters and emoji (UAX #11),
 * none for combining marks and format characters, one for the rest. Sequences joined by U+200D are counted apart, as
 * most terminals draw them.
 */
export function displayWidth(text: string): number {
  if (isAscii(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most `width` columns of the text; where it is cut, it ends with an ellipsis. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${fitting(Array.from(text), width - 1).join("")}…`;
}

/**
 * As {@link clip}, but keeps the end, from a slash on where there is one: of a path, that is what tells it from others.
 */
export function clipStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const end = fitting(Array.from(text).reverse(), width - 1)
    .reverse()
    .join("");
  return `…${end.slice(Math.max(0, end.indexOf("/")))}`;
}

/** As {@link clip}, of an asset's title: of `NAME (PLACE)` the name is kept, and the end of the place; else the end. */
export function fitTitle(title: string, width: number): string {
  if (displayWidth(title) <= width) return title;
  const [, name = "", place = ""] = /^([^(]+) \((.+)\)$/.exec(title) ?? [];
  const room = width - displayWidth(name) - 3;
  if (place === "") return clipStart(title, width);
  return room < 8 ? clip(name, width) : `${name} (${clipStart(place, room)})`;
}

/** Fills with blanks up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Lines of at most `width` columns, broken between words; a longer word is broken where it must, but never so that a line
 * begins with two colons, which a log may take for a command.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    const characters = Array.from(word);
    let from = 0;
    let head = fitting(characters, width);
    while (from + head.length < characters.length) {
      // One character at least, however narrow the page, so that this ends.
      let length = Math.max(1, head.length);
      if (length > 1 && characters[from + length] === ":" && characters[from + length + 1] === ":") length -= 1;
      lines.push(characters.slice(from, from + length).join(""));
      from += length;
      head = fitting(characters, width, from);
    }
    line = head.join("");
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

/** The first characters, counted from `from`, that fit. */
function fitting(characters: readonly string[], width: number, from = 0): string[] {
  let used = 0;
  let to = from;
  while (to < characters.length) {
    used += characterWidth(characters[to] as string);
    if (used > width) break;
    to++;
  }
  return characters.slice(from, to);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7e) return false;
  return true;
}

const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

function characterWidth(character: string): number {
  if (character <= "~") return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
