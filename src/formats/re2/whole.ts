/** RE2 held against a whole text, as conditions of rules ask it. */
import { RE2JS } from "re2js";
import { translate } from "./re2.ts";

/** V8 runs no longer text: what it may try grows faster than that. */
const LONGEST_FOR_V8 = 1024;

/**
 * `^` and `$` are ends of lines too, as RE2 has them in POSIX mode. Linear in the text whatever the expression is.
 *
 * @throws Error where it is no expression in RE2's language
 */
export function compileWholeRe2(source: string): (text: string) => boolean {
  const checked = RE2JS.compile(source, RE2JS.MULTILINE);
  const slow = (text: string) => checked.testExact(text);
  const translated = hasInnerAnchor(source) ? undefined : translate(source);
  if (translated === undefined) return slow;
  const expression = new RegExp(`^(?:${translated.source})$`, translated.flags);
  // Beyond ASCII the two part: characters of two units, and what is the same in another case.
  return (text) => (text.length > LONGEST_FOR_V8 || !ascii.test(text) ? slow(text) : expression.test(text));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: every character of ASCII
const ascii = /^[\x00-\x7f]*$/;

/** An anchor that is neither the first nor the last character. */
function hasInnerAnchor(source: string): boolean {
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") {
      inClass = true;
      // A closing bracket that comes first is a member.
      if (source[at + 1] === "^") at++;
      if (source[at + 1] === "]") at++;
    } else if ((character === "^" && at > 0) || (character === "$" && at < source.length - 1)) return true;
  }
  return false;
}
