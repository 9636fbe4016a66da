import { bounds } from "../../bounds.ts";
import { textLines } from "../text-lines.ts";

/** One directive of a go.mod; those of a block stand for themselves. */
export interface Directive {
  /** From 1. */
  readonly line: number;
  readonly verb: string;
  readonly words: readonly string[];
  /** Whether an `// indirect` comment follows. */
  readonly indirect: boolean;
  /** Why it cannot be read, as the end of a sentence about the line. */
  readonly fault?: string;
}

/** The lexical elements of a go.mod (Go Modules Reference, "Lexical elements" and "Grammar"), line by line. */
export function* readDirectives(source: string): Generator<Directive> {
  let block: string | undefined;
  let line = 0;
  for (const { number, text } of textLines(source)) {
    line = number;
    const { words, comment, fault } = wordsOf(text);
    if (words.length === 0 && fault === undefined) continue;
    const [first = ""] = words;
    if (block !== undefined && first === ")" && words.length === 1) {
      block = undefined;
      continue;
    }
    if (block === undefined && words.length === 2 && words[1] === "(") {
      block = first;
      continue;
    }
    yield {
      line,
      verb: block ?? first,
      words: block === undefined ? words.slice(1) : words,
      indirect: INDIRECT.test(comment),
      ...(fault === undefined ? {} : { fault }),
    };
  }
  if (block !== undefined) yield { line, verb: block, words: [], indirect: false, fault: "ends within a block" };
}

const INDIRECT = /^\s*indirect(?:\s*$|;)/;
const MARKS: ReadonlySet<string> = new Set(["(", ")", ","]);
const SPACES: ReadonlySet<string> = new Set([" ", "\t", "\r"]);

function wordsOf(text: string): { readonly words: string[]; readonly comment: string; readonly fault?: string } {
  if (text.length > bounds.manifestLineLength) {
    return { words: [], comment: "", fault: `has ${text.length} characters` };
  }
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (SPACES.has(character)) {
      at += 1;
    } else if (text.startsWith("//", at)) {
      return { words, comment: text.slice(at + 2) };
    } else if (MARKS.has(character)) {
      words.push(character);
      at += 1;
    } else if (character === '"' || character === "`") {
      // Escapes are Go's; neither paths nor versions need any.
      const end = text.indexOf(character, at + 1);
      if (end < 0) return { words, comment: "", fault: "has a string without an end" };
      words.push(text.slice(at + 1, end));
      at = end + 1;
    } else {
      const start = at;
      while (at < text.length && !endsWord(text, at)) at += 1;
      words.push(text.slice(start, at));
    }
  }
  return { words, comment: "" };
}

function endsWord(text: string, at: number): boolean {
  const character = text[at] as string;
  return SPACES.has(character) || MARKS.has(character) || text.startsWith("//", at);
}
