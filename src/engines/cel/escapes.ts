import { Refused } from "./refused.ts";

const SIMPLE: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 },
  ...{ "\\": 92, "?": 63, '"': 34, "'": 39, "`": 96 },
};

const LENGTHS: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

/**
 * A text's content without its escapes. Of bytes `\x` and octal are bytes, all else its UTF-8.
 *
 * @param offset - of the content, for faults @throws Refused
 */
export function escapesOf(body: string, isBytes: boolean, offset: number): string | Uint8Array {
  if (!body.includes("\\")) return isBytes ? Buffer.from(body) : body;
  const parts: (string | number)[] = [];
  let from = 0;
  for (let at = body.indexOf("\\"); at >= 0; at = body.indexOf("\\", from)) {
    parts.push(body.slice(from, at));
    const wrong = () => new Refused("invalid escape", offset + at);
    const letter = body[at + 1] ?? "";
    const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined;
    if (simple !== undefined) {
      parts.push(String.fromCharCode(simple));
      from = at + 2;
      continue;
    }
    const length = Object.hasOwn(LENGTHS, letter) ? LENGTHS[letter] : undefined;
    const digits = length === undefined ? body.slice(at + 1, at + 4) : body.slice(at + 2, at + 2 + length);
    const code = length === undefined ? octal(digits) : hexadecimal(digits, length);
    if (code === undefined || (isBytes && (letter === "u" || letter === "U"))) throw wrong();
    if (!isBytes && (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))) throw wrong();
    parts.push(isBytes ? code : String.fromCodePoint(code));
    from = at + (length === undefined ? 4 : 2 + length);
  }
  parts.push(body.slice(from));
  if (!isBytes) return parts.join("");
  return Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))));
}

function octal(digits: string): number | undefined {
  return /^[0-3][0-7]{2}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function hexadecimal(digits: string, length: number): number | undefined {
  return digits.length === length && /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
