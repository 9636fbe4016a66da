import { printable } from "../core/printable.ts";

/**
 * What readers of plain text make links, mentions, references, images or markup of: Markdown's links and images, names
 * behind `@`, numbers behind `#` and `GH-`, addresses, and tags.
 */
const ACTIVE = /\](?=[([:])|!(?=\[)|[@#](?=[\w-])|<(?=[a-z/!?])|:(?=\/\/)|\bGH-(?=\d)|\bwww(?=\.)|\bmailto(?=:)/gi;

/** Text that shows as itself wherever plain text is shown: a zero-width space parts what would act. One line. */
export function inertText(text: string): string {
  return printable(text).replace(ACTIVE, "$&\u200b");
}
