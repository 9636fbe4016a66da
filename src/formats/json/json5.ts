/** JSON5 (spec.json5.org), of which JSON, and JSON with comments and trailing commas, are parts. */
import { bounds } from "../bounds.ts";
import { positionAt, type Refuse } from "../position.ts";

export interface Json5Document {
  /** As JSON's own parser makes values: of a name that stands twice in an object, the last counts. */
  readonly value: unknown;
  /** Where the members of the outermost object begin, by name; in UTF-16 units. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Linear, and bounded in depth; the caller bounds the text.
 *
 * @throws what `refuse` makes, of the first place that breaks the grammar
 */
export function readJson5(text: string, refuse: Refuse): Json5Document {
  return new Reader(text, refuse).document();
}

// JavaScript's \s is what JSON5 calls white space and line terminators, a byte order mark included.
const WHITE = /\s+/y;
const LINE_COMMENT = /\/\/[^\n\r\u2028\u2029]*/y;
const NUMBER =
  /([+-]?)(Infinity|NaN|0[xX][0-9a-fA-F]+|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![\w$.])/y;
const WORD = /(?:null|true|false)(?![\w$])/y;
const NAME = /(?:[$_\p{ID_Start}]|\\u[0-9a-fA-F]{4})(?:[$_\p{Join_Control}\p{ID_Continue}]|\\u[0-9a-fA-F]{4})*/uy;
const WHOLE_NAME = /^[$_\p{ID_Start}][$_\p{Join_Control}\p{ID_Continue}]*$/u;
const DOUBLE_QUOTED = /[^"\\\n\r]+/y;
const SINGLE_QUOTED = /[^'\\\n\r]+/y;
const CODE = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})/y;
const CONTINUED_LINE = /\r\n|[\n\r\u2028\u2029]/y;

const WORDS: Readonly<Record<string, unknown>> = { null: null, true: true, false: false };
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

class Reader {
  readonly #text: string;
  readonly #refuse: Refuse;
  readonly #places = new Map<string, number>();
  #at = 0;

  constructor(text: string, refuse: Refuse) {
    this.#text = text;
    this.#refuse = refuse;
  }

  document(): Json5Document {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#broken("something stands after the value");
    return { value, places: this.#places };
  }

  #value(depth: number): unknown {
    this.#skip();
    if (depth > bounds.depth) throw this.#broken(`values within values, more than ${bounds.depth} levels`);
    const mark = this.#text[this.#at];
    if (mark === "{") return this.#object(depth);
    if (mark === "[") return this.#list(depth);
    if (mark === '"' || mark === "'") return this.#string(mark);
    const word = this.#taken(WORD);
    if (word !== undefined) return WORDS[word[0]];
    const number = this.#taken(NUMBER);
    if (number === undefined)
      throw this.#broken(mark === undefined ? "the text ends where a value is due" : "no value");
    const [, sign, digits] = number;
    return sign === "-" ? -Number(digits) : Number(digits);
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at += 1;
    for (;;) {
      this.#skip();
      if (this.#takes("}")) return object;
      const start = this.#at;
      const name = this.#name();
      this.#skip();
      if (!this.#takes(":")) throw this.#broken("no colon after a name");
      const value = this.#value(depth + 1);
      // A plain assignment of this name would set the prototype.
      if (name === "__proto__")
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      else object[name] = value;
      if (depth === 0) this.#places.set(name, start);
      this.#skip();
      if (!this.#takes(",") && this.#text[this.#at] !== "}") throw this.#broken("neither a comma nor the object's end");
    }
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at += 1;
    for (;;) {
      this.#skip();
      if (this.#takes("]")) return list;
      list.push(this.#value(depth + 1));
      this.#skip();
      if (!this.#takes(",") && this.#text[this.#at] !== "]") throw this.#broken("neither a comma nor the list's end");
    }
  }

  #name(): string {
    const mark = this.#text[this.#at];
    if (mark === '"' || mark === "'") return this.#string(mark);
    const start = this.#at;
    const written = this.#taken(NAME)?.[0];
    const name = written?.replace(/\\u(....)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    if (name === undefined || !WHOLE_NAME.test(name)) {
      this.#at = start;
      throw this.#broken("no name of a member");
    }
    return name;
  }

  #string(quote: string): string {
    const plain = quote === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED;
    const parts: string[] = [];
    this.#at += 1;
    for (;;) {
      parts.push(this.#taken(plain)?.[0] ?? "");
      if (this.#takes(quote)) return parts.join("");
      if (!this.#takes("\\")) throw this.#broken("a string without an end");
      parts.push(this.#escaped());
    }
  }

  #escaped(): string {
    if (this.#taken(CONTINUED_LINE) !== undefined) return "";
    const code = this.#taken(CODE);
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? "", 16));
    const mark = this.#text[this.#at] ?? "";
    const isNull = mark === "0" && !/[0-9]/.test(this.#text[this.#at + 1] ?? "");
    if (!isNull && /^$|[0-9xu]/.test(mark)) throw this.#broken("no escape sequence");
    this.#at += 1;
    return isNull ? "\0" : (ESCAPES[mark] ?? mark);
  }

  #skip(): void {
    while (this.#taken(WHITE) !== undefined || this.#taken(LINE_COMMENT) !== undefined || this.#takenBlock());
  }

  #takenBlock(): boolean {
    if (!this.#text.startsWith("/*", this.#at)) return false;
    const end = this.#text.indexOf("*/", this.#at + 2);
    if (end < 0) throw this.#broken("a comment without an end");
    this.#at = end + 2;
    return true;
  }

  #takes(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #taken(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found === null) return undefined;
    this.#at = sticky.lastIndex;
    return found;
  }

  #broken(cause: string): Error {
    return this.#refuse(positionAt(this.#text, this.#at), cause);
  }
}
