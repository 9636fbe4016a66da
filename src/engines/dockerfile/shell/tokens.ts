/** What stands between the words of a script, and the words that its grammar keeps for itself. */
import { bounds } from "../bounds.ts";
import type { Script } from "./script.ts";
import { isMetacharacter } from "./word.ts";

/** The word at the script's place, where it may be a reserved one: unquoted, short, and a word of its own. */
export function reservedAt(script: Script): string | undefined {
  const { source } = script;
  let at = script.at;
  while (at < script.at + 9 && /[a-z!{}[\]]/.test(source[at] ?? "")) at++;
  if (at === script.at || (at < script.end && !isMetacharacter(source[at] as string))) return undefined;
  return source.slice(script.at, at);
}

export function takeReserved(script: Script, word: string): void {
  if (reservedAt(script) !== word) script.fail(`there should be ${word}`);
  script.at += word.length;
}

export function expectCharacter(script: Script, character: string): void {
  skipBlanks(script);
  if (script.source[script.at] !== character) script.fail(`there should be ${character}`);
  script.at++;
}

/** `()` behind a function's name. */
export function skipParentheses(script: Script): void {
  expectCharacter(script, "(");
  expectCharacter(script, ")");
}

/** Behind a `(`: passes a `(…))` over. With `both`, two were passed. */
export function skipArithmetic(script: Script, both = false): boolean {
  const { source } = script;
  if (!both && source[script.at] !== "(") return false;
  let depth = 0;
  const last = Math.min(script.end, script.at + bounds.shellArithmeticLength);
  for (let at = script.at + (both ? 0 : 1); at < last; at++) {
    if (source[at] === "(") depth++;
    else if (source[at] === ")" && --depth < 0) {
      if (source[at + 1] !== ")") return false;
      script.at = at + 2;
      return true;
    }
  }
  return false;
}

/** Passes over what separates words: blanks, joined line ends, a comment. */
export function skipBlanks(script: Script): void {
  const { source } = script;
  for (;;) {
    const character = source[script.at];
    if (character === " " || character === "\t" || character === "\r") script.at++;
    else if (character === "\\" && source[script.at + 1] === "\n") script.at += 2;
    else break;
  }
  if (source[script.at] !== "#") return;
  const newline = source.indexOf("\n", script.at);
  script.at = newline === -1 ? script.end : newline;
}

export function skipNewlines(script: Script): void {
  for (;;) {
    skipBlanks(script);
    if (script.source[script.at] !== "\n") return;
    script.at++;
    readHeredocs(script);
  }
}

/** Behind a line end: the bodies of the heredocs that the line announced. */
function readHeredocs(script: Script): void {
  const { source } = script;
  for (const { redirection, stripsTabs, name } of script.heredocs.splice(0)) {
    const start = script.at;
    for (;;) {
      if (script.at >= script.end) {
        redirection.heredoc = source.slice(start);
        break;
      }
      const newline = source.indexOf("\n", script.at);
      const end = newline === -1 ? script.end : newline;
      let from = script.at;
      if (stripsTabs) while (source[from] === "\t") from++;
      const line = source.slice(from, source[end - 1] === "\r" && end > from ? end - 1 : end);
      const before = script.at;
      script.at = newline === -1 ? script.end : newline + 1;
      if (line === name) {
        redirection.heredoc = source.slice(start, before);
        break;
      }
    }
  }
}
