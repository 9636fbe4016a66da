/**
 * JSON as its standard has it (RFC 8259), whatever was parsed before. V8's own parser takes a key that is written with an
 * escape for another one that begins as it is written, once an object with that other key was read (nodejs/node#63785, in Node
 * 22 to 26): after `{"a":1,"\\u00":2}` the key `"\u0061rgs"` of a later text is `\u00`. Who writes such texts would hide from
 * us what every other reader sees, so all texts that we read are parsed here (test/json-parse.test.ts).
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** White space and all before it. */
const SPACE = 0x20;

/** @throws SyntaxError as JSON.parse */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return hasEscapedKey(text) ? readPlainly(text) : value;
}

/** Of a text that is JSON. A text without a backslash is looked through at the speed of memory. */
function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf("\\"); at >= 0; ) {
    let end = endOfString(text, at) + 1;
    while (text.charCodeAt(end) <= SPACE) end += 1;
    if (text.charCodeAt(end) === COLON) return true;
    at = text.indexOf("\\", end);
  }
  return false;
}

/**
 * The quote that ends a string.
 *
 * @param from - a place in the string, with no escape before it that reaches further
 */
export function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let start = at;
    while (start > from && text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
    if ((at - start) % 2 === 0) return at;
  }
  return text.length;
}

/** Without recursion, for JSON.parse has no bound of depth either. @param text - is JSON */
function readPlainly(text: string): unknown {
  const around: (unknown[] | Record<string, unknown>)[] = [];
  let whole: unknown;
  let name: string | undefined;
  let isName = false;
  const put = (value: unknown): void => {
    const inner = around.at(-1);
    if (inner === undefined) whole = value;
    else if (Array.isArray(inner)) inner.push(value);
    else setMember(inner, name ?? "", value);
  };
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at + 1);
      const string = JSON.parse(text.slice(at, end + 1)) as string;
      if (isName) name = string;
      else put(string);
      isName = false;
      at = end + 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const inner = code === OPEN_BRACE ? {} : [];
      put(inner);
      around.push(inner);
      isName = code === OPEN_BRACE;
      at += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      around.pop();
      isName = false;
      at += 1;
    } else if (code === COMMA) {
      isName = !Array.isArray(around.at(-1));
      at += 1;
    } else if (code === COLON || code <= SPACE) at += 1;
    else {
      LITERAL.lastIndex = at;
      const [literal = ""] = LITERAL.exec(text) ?? [];
      put(JSON.parse(literal));
      at += literal.length;
    }
  }
  return whole;
}

/** A number or one of three words. */
const LITERAL = /[\w.+-]+/y;

function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  // A plain assignment of this name would set the prototype.
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
