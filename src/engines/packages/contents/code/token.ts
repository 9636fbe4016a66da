/** Source text of JavaScript and Python as one kind of tokens, so that what looks for dangers is written once. */

export type TokenKind =
  /** Identifiers and keywords, escapes undone. */
  | "name"
  /** A text, its escapes undone; bytes of Python as Latin-1. */
  | "string"
  | "number"
  /** Texts and numbers between brackets, folded into one token. */
  | "list"
  /** `require("os")`, `__import__("os")`: `text` names the module. */
  | "module"
  | "regex"
  /** Punctuation; indentation of Python is `{` and `}`, and the end of its statements `;`. */
  | "punct";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
  /** A line break stands before it (JavaScript ends statements by them). */
  readonly broken: boolean;
  /** The encoding that a folded text came out of: `base64`, `hex`, `char codes`. */
  readonly decoded?: string;
  /** Put together out of several texts. */
  readonly built?: boolean;
  /** Bytes, of which `text` is the Latin-1 reading. */
  readonly bytes?: boolean;
  readonly values?: readonly (string | number)[];
}

export type Language = "javascript" | "python";

export interface Tokens {
  readonly tokens: Token[];
  /** The source has more of them than are kept. */
  readonly cut: boolean;
}

/** The number's value; NaN where the text is none. */
export function numberOf(token: Token): number {
  return Number(token.text);
}
