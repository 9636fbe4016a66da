/** Words of the shell: quotes, escapes and expansions (POSIX, Shell Command Language 2.2, 2.3, 2.6; bash's `$'…'`). */
import { bounds } from "../bounds.ts";
import type { Expansion, ShellWord } from "../model.ts";
import type { Script } from "./script.ts";

const METACHARACTERS = " \t\n;&|<>()";

/** Reads the commands of a substitution whose `(` the script stands behind, up to its `)`; their indexes. */
export type ReadSubstitution = (script: Script) => number[];
/** Reads a backtick's commands: all that is between `start` and `end`. */
export type ReadBackticks = (script: Script, start: number, end: number) => number[];

export interface SubstitutionReaders {
  readonly commands: ReadSubstitution;
  readonly backticks: ReadBackticks;
}

interface WordState {
  readonly start: number;
  /** Pieces of the text. */
  readonly text: string[];
  readonly expansions: Expansion[];
  quoted: boolean;
}

export function isMetacharacter(character: string): boolean {
  return METACHARACTERS.includes(character);
}

/** Reads the word at the script's place; undefined where there is none. */
export function readWord(script: Script, read: SubstitutionReaders): ShellWord | undefined {
  const { source } = script;
  const word: WordState = { start: script.at, text: [], expansions: [], quoted: false };
  while (script.at < script.end) {
    const character = source[script.at] as string;
    if ((character === "<" || character === ">") && source[script.at + 1] === "(") {
      const start = script.at;
      script.at += 2;
      const commands = read.commands(script);
      expansion(script, word, start, { kind: "process", commands });
      continue;
    }
    if (character === "(" && isExtendedGlob(source, script.at, word.start)) {
      skipBalanced(script, word);
      continue;
    }
    if (isMetacharacter(character)) break;
    readPiece(script, word, read, character);
  }
  if (script.at === word.start) return undefined;
  return {
    text: word.text.join(""),
    literal: word.expansions.length === 0,
    quoted: word.quoted,
    expansions: word.expansions,
    range: script.mapped.range(word.start, script.at),
  };
}

function readPiece(script: Script, word: WordState, read: SubstitutionReaders, character: string): void {
  const { source } = script;
  switch (character) {
    case "\\": {
      word.quoted = true;
      const next = source[script.at + 1];
      // A line end behind a backslash is none.
      if (next !== "\n" && next !== undefined && script.at + 1 < script.end) word.text.push(next);
      script.at = Math.min(script.end, script.at + 2);
      return;
    }
    case "'": {
      word.quoted = true;
      const close = script.find("'", script.at + 1);
      word.text.push(source.slice(script.at + 1, close));
      script.at = close + 1;
      return;
    }
    case '"':
      word.quoted = true;
      script.at++;
      readDoubleQuoted(script, word, read);
      return;
    case "$":
      readDollar(script, word, read, false);
      return;
    case "`":
      readBackticks(script, word, read);
      return;
    default: {
      const start = script.at;
      while (script.at < script.end && !isMetacharacter(source[script.at] as string)) {
        if ("\\'\"$`".includes(source[script.at] as string)) break;
        script.at++;
      }
      word.text.push(source.slice(start, script.at));
    }
  }
}

/** Behind the opening quote. */
function readDoubleQuoted(script: Script, word: WordState, read: SubstitutionReaders): void {
  const { source } = script;
  while (script.at < script.end) {
    const character = source[script.at] as string;
    if (character === '"') {
      script.at++;
      return;
    }
    if (character === "\\") {
      const next = source[script.at + 1] ?? "";
      if (next !== "\n") word.text.push('$`"\\'.includes(next) ? next : character + next);
      script.at += 2;
    } else if (character === "$") readDollar(script, word, read, true);
    else if (character === "`") readBackticks(script, word, read, true);
    else {
      const start = script.at;
      while (script.at < script.end && !'"\\$`'.includes(source[script.at] as string)) script.at++;
      word.text.push(source.slice(start, script.at));
    }
  }
  script.fail("a double quote is not closed");
}

function readDollar(script: Script, word: WordState, read: SubstitutionReaders, inQuotes: boolean): void {
  const { source } = script;
  const start = script.at;
  const next = source[start + 1] ?? "";
  if (next === "(") {
    const arithmetic = source[start + 2] === "(" ? endOfArithmetic(source, start + 3, script.end) : undefined;
    if (arithmetic !== undefined) {
      script.at = arithmetic;
      expansion(script, word, start, { kind: "arithmetic", commands: [] }, inQuotes);
      return;
    }
    script.at = start + 2;
    const commands = read.commands(script);
    expansion(script, word, start, { kind: "command", commands }, inQuotes);
  } else if (next === "{") {
    script.at = start + 2;
    const name = /^[#!]?(\w+|[@*#?$!-])?/.exec(source.slice(script.at, script.at + 256))?.[1] ?? "";
    const commands = readBraces(script, read, inQuotes);
    expansion(script, word, start, { kind: "parameter", name, commands }, inQuotes);
  } else if (next === "'" && !inQuotes) {
    word.quoted = true;
    script.at = start + 2;
    readAnsiQuoted(script, word);
  } else if (next === '"' && !inQuotes) {
    script.at = start + 1;
  } else if (/[A-Za-z_]/.test(next)) {
    script.at = start + 2;
    while (script.at < script.end && /\w/.test(source[script.at] as string)) script.at++;
    const name = source.slice(start + 1, script.at);
    expansion(script, word, start, { kind: "parameter", name, commands: [] }, inQuotes);
  } else if (next !== "" && start + 1 < script.end && "0123456789@*#?$!-".includes(next)) {
    script.at = start + 2;
    expansion(script, word, start, { kind: "parameter", name: next, commands: [] }, inQuotes);
  } else {
    script.at = start + 1;
    word.text.push("$");
  }
}

/** Behind `${`, up to and with its `}`; gives the commands of the substitutions within. */
function readBraces(script: Script, read: SubstitutionReaders, inQuotes: boolean): number[] {
  const { source } = script;
  script.enter();
  // What the braces hold is part of the expansion, whose text stays as it is written.
  const inner: WordState = { start: script.at, text: [], expansions: [], quoted: false };
  while (script.at < script.end && source[script.at] !== "}") {
    const character = source[script.at] as string;
    if (isMetacharacter(character) || (character === "'" && inQuotes)) script.at++;
    else if ("\\'\"$`".includes(character)) readPiece(script, inner, read, character);
    else script.at++;
    inner.text.length = 0;
  }
  script.leave();
  if (script.at >= script.end) script.fail("a ${ is not closed");
  script.at++;
  return inner.expansions.flatMap(({ commands }) => commands);
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
};

/** Behind `$'`. Numeric escapes stay as they are written. */
function readAnsiQuoted(script: Script, word: WordState): void {
  const { source } = script;
  while (script.at < script.end) {
    const character = source[script.at] as string;
    if (character === "'") {
      script.at++;
      return;
    }
    if (character === "\\") {
      const next = source[script.at + 1] ?? "";
      word.text.push(escapes[next] ?? (`\\'"?`.includes(next) ? next : character + next));
      script.at += 2;
    } else {
      word.text.push(character);
      script.at++;
    }
  }
  script.fail("a $' is not closed");
}

function readBackticks(script: Script, word: WordState, read: SubstitutionReaders, inQuotes = false): void {
  const { source } = script;
  const start = script.at;
  let close = start + 1;
  while (close < script.end && source[close] !== "`") close += source[close] === "\\" ? 2 : 1;
  if (close >= script.end) script.fail("a backtick is not closed");
  const commands = read.backticks(script, start + 1, close);
  script.at = close + 1;
  expansion(script, word, start, { kind: "command", commands }, inQuotes);
}

function expansion(
  script: Script,
  word: WordState,
  start: number,
  what: Omit<Expansion, "range" | "quoted">,
  inQuotes = false,
): void {
  word.text.push(script.source.slice(start, script.at));
  word.expansions.push({
    ...what,
    ...(inQuotes ? { quoted: true as const } : {}),
    range: script.mapped.range(start, script.at),
  });
}

/** Behind `$((`: where its `))` ends; undefined where it is a subshell within a substitution, or too long. */
function endOfArithmetic(source: string, from: number, end: number): number | undefined {
  let depth = 0;
  const last = Math.min(end, from + bounds.shellArithmeticLength);
  for (let at = from; at < last; at++) {
    const character = source[at];
    if (character === "(") depth++;
    else if (character === ")") {
      if (depth > 0) depth--;
      else return source[at + 1] === ")" ? at + 2 : undefined;
    }
  }
  return undefined;
}

function isExtendedGlob(source: string, at: number, start: number): boolean {
  return at > start && "?*+@!".includes(source[at - 1] as string);
}

function skipBalanced(script: Script, word: WordState): void {
  const start = script.at;
  let depth = 0;
  while (script.at < script.end) {
    const character = script.source[script.at] as string;
    script.at++;
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) {
      word.text.push(script.source.slice(start, script.at));
      return;
    }
  }
  script.fail("a parenthesis is not closed");
}
