/** The text form of protocol buffers, as far as test data uses it: every field as a list of what it is given. */
export type Message = { readonly [field: string]: readonly (Message | string | Uint8Array)[] };

const TOKEN =
  /\s+|#[^\n]*|(\[[\w./]+\])|([A-Za-z_][\w.]*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([-+]?(?:0x[0-9a-fA-F]+|\.?\d[\w.+-]*|inf\b|nan\b))|([{}<>:,;[\]-])/gy;

interface Token {
  readonly kind: "name" | "text" | "word" | "sign";
  readonly text: string;
}

/** @throws Error where it is none */
export function parseTextproto(text: string): Message {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not text of a protocol buffer at ${start}: ${text.slice(start, start + 40)}`);
    const [, extension, name, string, number, sign] = match;
    if (extension !== undefined || name !== undefined) tokens.push({ kind: "name", text: extension ?? name ?? "" });
    else if (string !== undefined) tokens.push({ kind: "text", text: string });
    else if (number !== undefined) tokens.push({ kind: "word", text: number });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
  }
  let at = 0;
  const peek = (): string => (tokens[at]?.kind === "sign" ? (tokens[at]?.text ?? "") : "");
  const take = (sign: string): boolean => peek() === sign && ++at > 0;

  function message(end: string | undefined): Message {
    const fields: Record<string, (Message | string | Uint8Array)[]> = {};
    while (end === undefined ? at < tokens.length : !take(end)) {
      const token = tokens[at++];
      if (token?.kind !== "name") throw new Error(`a field's name is missing before token ${at}`);
      take(":");
      fields[token.text] ??= [];
      const values = fields[token.text] as (Message | string | Uint8Array)[];
      if (take("[")) {
        while (!take("]")) {
          values.push(value());
          take(",");
        }
      } else values.push(value());
      if (!take(",")) take(";");
    }
    return fields;
  }

  function value(): Message | string | Uint8Array {
    if (take("{")) return message("}");
    if (take("<")) return message(">");
    const negative = take("-") ? "-" : "";
    const token = tokens[at++];
    if (token === undefined) throw new Error("a value is missing at the end");
    if (token.kind !== "text") return negative + token.text;
    const parts = [bytesOf(token.text)];
    for (let next = tokens[at]; next?.kind === "text"; next = tokens[at]) {
      parts.push(bytesOf(next.text));
      at += 1;
    }
    return Buffer.concat(parts);
  }

  return message(undefined);
}

const SIMPLE: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** The bytes of a text with its quotes: escapes are of bytes, but for those of characters. */
function bytesOf(quoted: string): Buffer {
  const parts: Buffer[] = [];
  for (const [part] of quoted
    .slice(1, -1)
    .matchAll(/\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[^\\]+/gs)) {
    const letter = part[1] ?? "";
    if (!part.startsWith("\\")) parts.push(Buffer.from(part));
    else if (/[0-7]/.test(letter)) parts.push(Buffer.from([Number.parseInt(part.slice(1), 8)]));
    else if (letter === "x") parts.push(Buffer.from([Number.parseInt(part.slice(2), 16)]));
    else if (letter === "u" || letter === "U")
      parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(part.slice(2), 16))));
    else parts.push(Buffer.from(SIMPLE[letter] ?? letter));
  }
  return Buffer.concat(parts);
}
