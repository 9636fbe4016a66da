import { printable } from "../core/printable.ts";

/** Characters of one escaped text where several share a page; a title or a path may be an attacker's. */
const mostEscaped = 400;

/**
 * ASCII punctuation that is anything in CommonMark, in GitHub's extensions (tables, strike-through, formulas, mentions,
 * references, bare addresses) or in HTML. As a character reference it is none of it: "cannot be used in place of symbols
 * indicating structure" (CommonMark 0.31.2, section 2.5), in Markdown and in blocks of HTML alike.
 */
const STRUCTURE = /[\\`*_[\]<>()#!|~&@:$"'{}^=+]/;

/** What makes a mention or a reference of the text that comes after: GitHub looks for those in the finished page. */
const REFERENCE = /[@#]/;

/** Text that shows as itself, in one line, cut to a few hundred characters. */
export function plain(text: string): string {
  return escaped(text, mostEscaped, true);
}

/** Text as code, in which GitHub looks for no mentions either; as HTML, since no fence can be escaped in a table. */
export function code(text: string): string {
  return `<code>${escaped(text, mostEscaped, false)}</code>`;
}

/** Text that shows as itself and can be copied: a mention in it stays one. Cut to `most` characters. */
export function literal(text: string, most: number): string {
  return escaped(text, most, false);
}

/** A table's row. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escaped(text: string, most: number, prose: boolean): string {
  let out = "";
  // No more than this many can show; the rest need not be looked at.
  const shown = printable(text.slice(0, most));
  for (let at = 0; at < shown.length; at++) {
    const character = String.fromCodePoint(shown.codePointAt(at) as number);
    // `www.` begins an address by its first letter.
    const structure = STRUCTURE.test(character) || /^www\./i.test(shown.slice(at, at + 4));
    const piece = structure ? `&#${character.charCodeAt(0)};` : character;
    // A zero width space parts the sign from the name behind it, and the dash of `GH-1` from the number.
    const parted = prose && (REFERENCE.test(character) || /^GH-\d/i.test(shown.slice(Math.max(0, at - 2), at + 2)));
    const more = parted ? `${piece}&#8203;` : piece;
    if (out.length + more.length >= most) return `${out}…`;
    out += more;
    at += character.length - 1;
  }
  return text.length > most ? `${out}…` : out;
}
