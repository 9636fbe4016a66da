import { withoutLogCommands } from "./log-commands.ts";

/**
 * What a terminal or a log acts on instead of showing: control characters (C0, DEL, C1), line and paragraph
 * separators, the marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), characters that
 * show nothing (zero width space, word joiner, byte order mark, tags) and halves of surrogate pairs.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu;

const UNUSUAL = /[^ -~]/;

/**
 * Replaces what must not reach a terminal or a log by visible escapes (`\u001b`): text from an image or a registry is
 * shown through here, so that it can neither move the cursor, break a line, read differently from what it is, nor be a
 * command to the service whose log it is in.
 */
export function printable(text: string): string {
  const shown = withoutLogCommands(text);
  // Nearly every text is ASCII, which is told many times as fast.
  if (!UNUSUAL.test(shown)) return shown;
  return shown.replace(UNPRINTABLE, (character) => {
    const hex = (character.codePointAt(0) as number).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}
