import { printable } from "../core/printable.ts";

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text as HTML and XML 1.0 take it, in an element or in a quoted attribute. What steers a terminal or does not show is
 * made visible first; that leaves two characters that XML has no place for (section 2.2, `Char`).
 */
export function markupText(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => REFERENCES[character] ?? character);
}

/** A reference that a reader may follow; text of any other scheme (`javascript:`) stays text. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text);
}
