/**
 * Tokens of conditions (upstream's grammar: `userspace/libsinsp/filter/parser.h`), taken where the parser asks for them:
 * what a word is depends on where it stands.
 */

/** What is wrong in a condition or an output, and at which offset of its text. */
export class SyntaxFault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = "SyntaxFault";
    this.at = at;
  }
}

const IDENTIFIER = /[a-zA-Z][a-zA-Z0-9_]*/y;
const FIELD_NAME = /[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9_]*)+/y;
const BARE_ARGUMENT = /[^\][\s"']+/y;
const HEX_NUMBER = /0[xX][0-9a-fA-F]+/y;
const NUMBER = /[+-]?[0-9]+\.?[0-9]*(?:[eE][+-][0-9]+)?/y;
const BARE_TEXT = /[^()"'\s=,]+/y;
const BLANKS = /[ \t\b\r\n]+/y;
const NOT = /not\s+/y;

export class Lexer {
  readonly text: string;
  at = 0;
  /** The token that was taken last: errors name it. */
  token = "";

  constructor(text: string) {
    this.text = text;
  }

  fault(message: string): SyntaxFault {
    return new SyntaxFault(message, this.at);
  }

  /** Takes white space; no token. */
  blank(): boolean {
    BLANKS.lastIndex = this.at;
    if (!BLANKS.test(this.text)) return false;
    this.at = BLANKS.lastIndex;
    return true;
  }

  /** Takes exactly these characters, whatever follows. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.token = word;
    this.at += word.length;
    return true;
  }

  not(): boolean {
    return this.#match(NOT);
  }

  identifier(): boolean {
    return this.#match(IDENTIFIER);
  }

  fieldName(): boolean {
    return this.#match(FIELD_NAME);
  }

  bareArgument(): boolean {
    return this.#match(BARE_ARGUMENT);
  }

  number(): boolean {
    return this.#match(HEX_NUMBER) || this.#match(NUMBER);
  }

  bareText(): boolean {
    return this.#match(BARE_TEXT);
  }

  /**
   * A text in quotes, with its escapes undone. It ends at the first quote of its kind with no backslash before, even one that
   * is escaped itself, as upstream has it.
   *
   * @throws SyntaxFault at an escape that there is none of
   */
  quotedText(): boolean {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") return false;
    let end = this.at;
    do {
      end = this.text.indexOf(quote, end + 1);
      if (end < 0) return false;
    } while (end > this.at + 1 && this.text[end - 1] === "\\");
    const from = this.at + 1;
    this.at = end + 1;
    this.token = unescaped(this.text.slice(from, end), quote, from);
    return true;
  }

  /** One of the words; those of letters that `blankAfter` names need white space behind them, which is taken too. */
  operator(words: readonly string[], blankAfter: boolean): string | undefined {
    for (const word of words) {
      if (!this.text.startsWith(word, this.at)) continue;
      const end = this.at + word.length;
      if (blankAfter && isLetter(word, 0)) {
        BLANKS.lastIndex = end;
        if (!BLANKS.test(this.text)) continue;
        this.at = BLANKS.lastIndex;
      } else this.at = end;
      this.token = word;
      return word;
    }
    return undefined;
  }

  #match(expression: RegExp): boolean {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (found === null) return false;
    this.token = found[0];
    this.at = expression.lastIndex;
    return true;
  }
}

function isLetter(text: string, at: number): boolean {
  return /[a-zA-Z]/.test(text[at] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  // Some rules escape what needs none, and mean the backslash.
  " ": "\\",
  "\\": "\\",
  "/": "/",
  "'": "'",
  '"': '"',
};

/** The byte string of what stands between the quotes. @param offset - where it begins, for errors */
function unescaped(text: string, quote: string, offset: number): string {
  if (!text.includes("\\")) return byteString(text);
  let bytes = "";
  let from = 0;
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", from)) {
    bytes += byteString(text.slice(from, at));
    const character = text[at + 1];
    if (character === undefined) return bytes;
    from = at + 2;
    if (character === "x") {
      const digits = text.slice(from, from + 2);
      if (digits.length < 2) throw new SyntaxFault("truncated hex char escape sequence", offset + at);
      if (!/^[0-9a-fA-F]{2}$/.test(digits))
        throw new SyntaxFault(`invalid hex char escape sequence: ${digits}`, offset + at);
      bytes += String.fromCharCode(Number.parseInt(digits, 16));
      from += 2;
      continue;
    }
    if ((character === "'" || character === '"') && character !== quote)
      throw new SyntaxFault(`invalid \\${character} escape in ${quote}-quoted string`, offset + at);
    const meant = ESCAPES[character];
    if (meant === undefined) throw new SyntaxFault(`unsupported string escape sequence: \\${character}`, offset + at);
    bytes += meant;
  }
  return bytes + byteString(text.slice(from));
}

/** A text as UTF-8, each character one byte of it (`fields/field.ts`). */
export function byteString(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}
