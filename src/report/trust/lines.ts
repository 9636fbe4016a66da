/** Texts of certificates and statements on a page: they are as long as an attacker makes them. */
import { hanging, type Page } from "../page.ts";
import { clip } from "../width.ts";

/** Columns of one text. */
export const LONGEST = 400;

/** Wrapped text; unless all is asked for no longer than a few lines, and with digests as long as tells them apart. */
export function fittedLines(page: Page, text: string, indent: number, more = ""): string[] {
  const short = text.replaceAll(/\b(sha(?:256|512)[:-][0-9a-f]{12})[0-9a-f]{52,116}\b/g, "$1…");
  return hanging(page, page.all ? text : clip(short, LONGEST), indent, more);
}
