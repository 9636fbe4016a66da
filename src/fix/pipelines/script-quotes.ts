/** What holds a place of a script: quotes, a here-document, a comment. Just enough of each shell to put a variable there. */

/**
 * `command`: the first word of a command, so that the value would be the program. `word`: unquoted elsewhere. `unknown`: within
 * something that is not looked into, such as backquotes.
 */
export type Surroundings = "command" | "word" | "single" | "double" | "here" | "literal" | "comment" | "unknown";

interface Frame {
  kind: "plain" | "double" | "single" | "substitution";
}

/** Of bash and sh (POSIX, "Token Recognition"). @param at - offset in the script */
export function posixSurroundings(script: string, at: number): Surroundings {
  const frames: Frame[] = [{ kind: "plain" }];
  const pending: HereDocument[] = [];
  let commandStart = true;
  for (let index = 0; index < at; ) {
    const top = frames.at(-1)?.kind ?? "plain";
    const character = script.charAt(index);
    // Expressions are text to be: a quote within one is not the shell's.
    if (script.startsWith("${{", index)) {
      const end = script.indexOf("}}", index);
      index = end < 0 ? script.length : end + 2;
      commandStart = false;
      continue;
    }
    if (top === "single") {
      if (character === "'") frames.pop();
      index++;
      continue;
    }
    if (character === "\\") {
      if (script.charAt(index + 1) !== "\n") commandStart = false;
      index += 2;
      continue;
    }
    if (character === "`") return "unknown";
    if (character === "$" && script.charAt(index + 1) === "(") {
      if (script.charAt(index + 2) === "(") return "unknown";
      frames.push({ kind: "substitution" });
      commandStart = true;
      index += 2;
      continue;
    }
    if (top === "double") {
      if (character === '"') frames.pop();
      index++;
      continue;
    }
    if (character === '"') {
      frames.push({ kind: "double" });
      commandStart = false;
    } else if (character === "'") {
      frames.push({ kind: "single" });
      commandStart = false;
    } else if (character === ")" && top === "substitution") {
      frames.pop();
      commandStart = false;
    } else if (character === "#" && (index === 0 || /[\s;&|(]/.test(script.charAt(index - 1)))) {
      const end = script.indexOf("\n", index);
      if (end < 0 || end >= at) return "comment";
      index = end;
      continue;
    } else if (script.startsWith("<<<", index)) {
      index += 3;
      continue;
    } else if (script.startsWith("<<", index)) {
      const here = hereDocument(script, index);
      if (here === undefined) return "unknown";
      pending.push(here);
      index = here.end;
      continue;
    } else if (character === "\n") {
      commandStart = true;
      index++;
      for (let here = pending.shift(); here !== undefined; here = pending.shift()) {
        const end = hereEnd(script, index, here);
        if (at < end) return here.literal ? "literal" : "here";
        index = end;
      }
      continue;
    } else if (/[;&|(){]/.test(character)) commandStart = true;
    else if (!/\s/.test(character)) {
      const end = wordEnd(script, index);
      if (commandStart && PREFIXES.has(script.slice(index, end)) && end < at) {
        index = end;
        continue;
      }
      commandStart = false;
    }
    index++;
  }
  const top = frames.at(-1)?.kind ?? "plain";
  if (top === "double") return "double";
  if (top === "single") return "single";
  return commandStart ? "command" : "word";
}

/** Words before which a command is still to come. */
const PREFIXES = new Set(["if", "then", "else", "elif", "do", "while", "until", "!", "time", "exec", "sudo", "env"]);

function wordEnd(script: string, index: number): number {
  let end = index;
  while (end < script.length && !/[\s;&|()<>]/.test(script.charAt(end))) end++;
  return end;
}

interface HereDocument {
  readonly word: string;
  /** Nothing in it is expanded. */
  readonly literal: boolean;
  readonly tabs: boolean;
  /** Behind the word. */
  readonly end: number;
}

function hereDocument(script: string, index: number): HereDocument | undefined {
  const found = /^<<(-?)[ \t]*(?:'([^'\n]{1,100})'|"([^"\n]{1,100})"|(\\?)([\w.-]{1,100}))/.exec(
    script.slice(index, index + 250),
  );
  if (found === null) return undefined;
  const [whole, dash, single, double, escaped, plain] = found;
  const word = single ?? double ?? plain;
  if (word === undefined) return undefined;
  return { word, literal: plain === undefined || escaped !== "", tabs: dash === "-", end: index + whole.length };
}

/** Behind the line that ends it. */
function hereEnd(script: string, from: number, { word, tabs }: HereDocument): number {
  for (let start = from; start < script.length; ) {
    const newline = script.indexOf("\n", start);
    const end = newline < 0 ? script.length : newline;
    const line = script.slice(start, end);
    if ((tabs ? line.replace(/^\t+/, "") : line) === word) return Math.min(end + 1, script.length);
    start = end + 1;
  }
  return script.length + 1;
}

/** Of PowerShell ("about_Quoting_Rules"): `` ` `` escapes, here-strings are not looked into. */
export function powerShellSurroundings(script: string, at: number): Surroundings {
  let quote = "";
  let commandStart = true;
  for (let index = 0; index < at; index++) {
    const character = script.charAt(index);
    if (script.startsWith("${{", index)) {
      const end = script.indexOf("}}", index);
      index = end < 0 ? script.length : end + 1;
      commandStart = false;
      continue;
    }
    if (quote === "'") {
      if (character === "'") quote = "";
      continue;
    }
    if (character === "`") {
      index++;
      continue;
    }
    if (quote === '"') {
      if (script.startsWith("$(", index)) return "unknown";
      if (character === '"') quote = "";
      continue;
    }
    if (character === "@" && /["']/.test(script.charAt(index + 1))) return "unknown";
    if (character === "<" && script.charAt(index + 1) === "#") return "unknown";
    if (character === "'" || character === '"') {
      quote = character;
      commandStart = false;
    } else if (character === "#" && (index === 0 || /\s/.test(script.charAt(index - 1)))) {
      const end = script.indexOf("\n", index);
      if (end < 0 || end >= at) return "comment";
      index = end - 1;
    } else if (/[\n;|{(]/.test(character)) commandStart = true;
    else if (!/\s/.test(character)) commandStart = false;
  }
  if (quote !== "") return quote === "'" ? "single" : "double";
  return commandStart ? "command" : "word";
}
