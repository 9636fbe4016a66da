/** What a PowerShell script runs, word by word ("about_Parsing", "about_Quoting_Rules", "about_Special_Characters"). */

/** Offsets in the script. */
export interface PowerShellCommand {
  /** Without quotes and escapes; variables stay as they are written. */
  readonly words: readonly string[];
  readonly start: number;
  readonly end: number;
}

interface State {
  readonly script: string;
  readonly commands: PowerShellCommand[];
  words: string[];
  start: number;
  end: number;
}

/**
 * Simple commands in their order. Blocks and parentheses begin new ones; assignments and expressions come out as words that
 * are no program. Nothing is refused: what PowerShell would not parse comes to words that nobody asks for. Linear.
 */
export function powerShellCommands(script: string): readonly PowerShellCommand[] {
  const state: State = { script, commands: [], words: [], start: -1, end: 0 };
  let at = 0;
  while (at < script.length) at = step(state, at);
  finish(state);
  return state.commands;
}

const SEPARATORS = new Set(["\n", ";", "|", "&", "{", "}", "(", ")"]);

/** Gives where the next piece begins: behind a separator, blanks, a comment or a word. */
function step(state: State, at: number): number {
  const { script } = state;
  const character = script[at] as string;
  if (SEPARATORS.has(character)) {
    finish(state);
    return at + 1;
  }
  if (character === " " || character === "\t" || character === "\r") return at + 1;
  if (character === "`" && isLineEnd(script, at + 1)) return behindLine(script, at);
  if (character === "#") return lineEnd(script, at);
  if (script.startsWith("<#", at)) return behind(script, "#>", at + 2);
  return word(state, at);
}

function finish(state: State): void {
  const { commands, words, start, end } = state;
  if (words.length > 0) commands.push({ words, start, end });
  state.words = [];
  state.start = -1;
}

function word(state: State, from: number): number {
  const { script } = state;
  const parts: string[] = [];
  let at = from;
  while (at < script.length) {
    const character = script[at] as string;
    if (script.startsWith("${{", at)) {
      const end = behind(script, "}}", at + 3);
      parts.push(script.slice(at, end));
      at = end;
    } else if (script.startsWith("${", at)) {
      const end = behind(script, "}", at + 2);
      parts.push(script.slice(at, end));
      at = end;
    } else if (SEPARATORS.has(character) || character === " " || character === "\t" || character === "\r") break;
    else if (character === "@" && isHereString(script, at)) {
      const quote = script[at + 1] as string;
      const end = behind(script, `\n${quote}@`, at + 2);
      parts.push(script.slice(at, end));
      at = end;
    } else if (character === '"' || character === "'") {
      const { text, next } = quoted(script, at);
      parts.push(text);
      at = next;
    } else if (character === "`" && isLineEnd(script, at + 1)) break;
    else if (character === "`" && at + 1 < script.length) {
      parts.push(script[at + 1] as string);
      at += 2;
    } else {
      parts.push(character);
      at += 1;
    }
  }
  if (state.start < 0) state.start = from;
  state.words.push(parts.join(""));
  state.end = at;
  return at;
}

/** `@"` or `@'` at the end of its line. */
function isHereString(script: string, at: number): boolean {
  return (script[at + 1] === '"' || script[at + 1] === "'") && isLineEnd(script, at + 2);
}

/** A doubled quote is one of its kind; a backtick escapes within double quotes alone. Not closed: to the end. */
function quoted(script: string, from: number): { text: string; next: number } {
  const quote = script[from] as string;
  const parts: string[] = [];
  let at = from + 1;
  while (at < script.length) {
    const character = script[at] as string;
    if (character === quote && script[at + 1] === quote) {
      parts.push(quote);
      at += 2;
    } else if (character === quote) return { text: parts.join(""), next: at + 1 };
    else if (character === "`" && quote === '"' && at + 1 < script.length) {
      parts.push(script[at + 1] as string);
      at += 2;
    } else {
      parts.push(character);
      at += 1;
    }
  }
  return { text: parts.join(""), next: at };
}

function isLineEnd(script: string, at: number): boolean {
  return at >= script.length || script[at] === "\n" || script.startsWith("\r\n", at);
}

function lineEnd(script: string, at: number): number {
  const feed = script.indexOf("\n", at);
  return feed < 0 ? script.length : feed;
}

function behindLine(script: string, at: number): number {
  return Math.min(script.length, lineEnd(script, at) + 1);
}

function behind(script: string, mark: string, from: number): number {
  const at = script.indexOf(mark, from);
  return at < 0 ? script.length : at + mark.length;
}
