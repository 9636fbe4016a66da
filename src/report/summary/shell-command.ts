/** What to paste into a shell. A path may be an attacker's: it is quoted, and where that does not do, there is no command. */
import { printable } from "../../core/printable.ts";

/** The words as a shell reads them; undefined where one cannot be shown as it is, or would be taken for an option. */
export function command(words: readonly string[]): string | undefined {
  const unquotable = words.some((word, index) => printable(word) !== word || (index === 3 && word.startsWith("-")));
  return unquotable ? undefined : words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
