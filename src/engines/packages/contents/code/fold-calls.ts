/** Calls of constants that come to a constant: what JavaScript's and Python's own libraries decode and put together. */
import { bounds } from "../bounds.ts";
import { fromBase32, fromBase64, fromBase85, fromEbcdic, fromHex, inflated, reversed, rot13, utf8 } from "./decode.ts";
import { type Language, numberOf, type Token } from "./token.ts";

type Constant = string | number | readonly (string | number)[];

/** The values of arguments that are all constants; undefined where one is not. `...list` is its elements. */
function constants(inner: readonly Token[]): Constant[] | undefined {
  const values: Constant[] = [];
  let expectsValue = true;
  let spread = false;
  for (const token of inner) {
    if (token.kind === "punct") {
      if (token.text === "," && !expectsValue) expectsValue = true;
      else if (token.text === "..." && expectsValue) spread = true;
      else return undefined;
      continue;
    }
    if (!expectsValue) return undefined;
    expectsValue = false;
    if (token.kind === "string") values.push(token.text);
    else if (token.kind === "number") values.push(numberOf(token));
    else if (token.kind === "list") {
      if (spread) for (const each of token.values ?? []) values.push(each);
      else values.push(token.values ?? []);
    } else if (
      token.kind === "name" &&
      (token.text === "null" || token.text === "String" || token.text === "undefined")
    )
      values.push("");
    else return undefined;
    spread = false;
  }
  return values;
}

const EMPTY: Token = { kind: "string", text: "", at: 0, broken: false };

/** All of these were made, and not written. */
function string(text: string | undefined, decoded?: string, bytes = false): Token | undefined {
  if (text === undefined || text.length > bounds.layerLength) return undefined;
  return { ...EMPTY, text, built: true, ...(decoded === undefined ? {} : { decoded }), ...(bytes ? { bytes } : {}) };
}

function list(values: readonly (string | number)[]): Token | undefined {
  return values.length > bounds.listLength ? undefined : { ...EMPTY, kind: "list", values };
}

function fromCodes(codes: readonly Constant[]): string | undefined {
  let text = "";
  for (const code of codes) {
    if (typeof code !== "number" || !(code >= 0 && code <= 0x10ffff)) return undefined;
    text += String.fromCodePoint(Math.trunc(code));
  }
  return text;
}

/**
 * @param inner - the tokens between the brackets, at most 64
 * @param length - how many there are
 */
export function foldFunction(
  path: string,
  inner: readonly Token[],
  length: number,
  language: Language,
): Token | undefined {
  if (length > inner.length) return undefined;
  const decoded = inner.find((token) => token.decoded !== undefined)?.decoded;
  const mapped = mappedCharacters(inner);
  if (mapped !== undefined && (path === "bytes" || path === "bytearray" || path.endsWith("join")))
    return string(mapped, "char codes");
  const args = constants(inner);
  const [first, second] = args ?? [];
  if (args === undefined || first === undefined) return undefined;
  return language === "python"
    ? pythonFunction(path, first, second, args, decoded)
    : scriptFunction(path, first, second, args, decoded);
}

function scriptFunction(
  path: string,
  first: Constant,
  second: Constant | undefined,
  args: readonly Constant[],
  decoded: string | undefined,
): Token | undefined {
  const name = path.replace(/^(?:globalThis|window|global|self)\./, "");
  const text = typeof first === "string" ? first : undefined;
  switch (name) {
    case "atob":
      return string(text === undefined ? undefined : fromBase64(text), "base64", true);
    case "Buffer":
    case "Buffer.from":
    case "buffer.Buffer.from": {
      if (typeof first === "object") return string(fromCodes(first), "char codes", true);
      if (text === undefined) return undefined;
      if (second === "base64" || second === "base64url") return string(fromBase64(text), "base64", true);
      if (second === "hex") return string(fromHex(text), "hex", true);
      return second === undefined || typeof second === "string" ? string(text, decoded) : undefined;
    }
    case "String.fromCharCode":
    case "String.fromCodePoint":
      return string(fromCodes(args), "char codes");
    case "String.fromCharCode.apply":
    case "String.fromCodePoint.apply":
      return typeof second === "object" ? string(fromCodes(second), "char codes") : undefined;
    case "Uint8Array":
    case "Uint8Array.from":
      return typeof first === "object" ? string(fromCodes(first), "char codes", true) : undefined;
    case "unescape":
    case "decodeURIComponent":
    case "decodeURI":
      return string(text === undefined ? undefined : percent(text), text?.includes("%") ? "percent" : decoded);
    case "String":
      return text === undefined ? undefined : string(text, decoded);
    case "parseInt":
      return { ...EMPTY, kind: "number", text: String(Number.parseInt(String(first), Number(second ?? 10))) };
    case "zlib.inflateSync":
    case "zlib.inflateRawSync":
    case "zlib.gunzipSync":
    case "zlib.unzipSync":
    case "zlib.brotliDecompressSync":
      return string(text === undefined ? undefined : inflated(text, true), `compressed ${decoded ?? "bytes"}`, true);
    default:
      return undefined;
  }
}

function pythonFunction(
  path: string,
  first: Constant,
  second: Constant | undefined,
  args: readonly Constant[],
  decoded: string | undefined,
): Token | undefined {
  const text = typeof first === "string" ? first : undefined;
  const name = path.replace(/^(?:builtins|__builtins__|base64|binascii|codecs|zlib|gzip)\./, "");
  switch (name) {
    case "b64decode":
    case "urlsafe_b64decode":
    case "standard_b64decode":
    case "decodebytes":
    case "a2b_base64":
      return string(text === undefined ? undefined : fromBase64(text), "base64", true);
    case "b32decode":
      return string(text === undefined ? undefined : fromBase32(text), "base32", true);
    case "b85decode":
      return string(text === undefined ? undefined : fromBase85(text), "base85", true);
    case "b16decode":
    case "unhexlify":
    case "a2b_hex":
    case "bytes.fromhex":
    case "bytearray.fromhex":
      return string(text === undefined ? undefined : fromHex(text), "hex", true);
    case "decompress":
      return string(text === undefined ? undefined : inflated(text, true), `compressed ${decoded ?? "bytes"}`, true);
    case "decode":
      return text === undefined ? undefined : codec(text, String(second ?? "utf-8"), decoded);
    case "chr":
      return string(fromCodes(args), "char codes");
    case "bytes":
    case "bytearray":
      return typeof first === "object" ? string(fromCodes(first), "char codes", true) : string(text, decoded, true);
    case "str":
      return text === undefined ? undefined : string(utf8(text), decoded);
    case "reversed":
      return text === undefined
        ? typeof first === "object"
          ? list([...first].reverse())
          : undefined
        : string(reversed(text), decoded);
    default:
      return undefined;
  }
}

function codec(text: string, encoding: string, decoded: string | undefined): Token | undefined {
  const name = encoding.toLowerCase().replaceAll(/[-_]/g, "");
  if (name === "rot13") return string(rot13(text), "rot13");
  if (name === "hex" || name === "hexcodec") return string(fromHex(text), "hex", true);
  if (name === "base64" || name === "base64codec") return string(fromBase64(text), "base64", true);
  if (/^(?:cp)?(?:037|273|500|1026|1140)$|^ebcdic/.test(name)) return string(fromEbcdic(text), name);
  if (name === "zlib" || name === "zlibcodec")
    return string(inflated(text, true), `compressed ${decoded ?? "bytes"}`, true);
  return string(utf8(text), decoded);
}

function percent(text: string): string {
  return text.replaceAll(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, wide?: string, narrow?: string) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow ?? "3f", 16)),
  );
}

/** `map(chr, [104])`, `chr(x ^ 3) for x in [104]`, within the brackets of what joins them. */
function mappedCharacters(inner: readonly Token[]): string | undefined {
  if (!inner.some((token) => token.kind === "name" && (token.text === "chr" || token.text === "ord"))) return undefined;
  const values = inner.find((token) => token.kind === "list" || token.kind === "string");
  if (values === undefined || inner.filter((token) => token.kind === "list" || token.kind === "string").length > 1)
    return undefined;
  return characters(values, inner);
}

/** The characters of a list of codes, with the one operation by a constant that stands beside them. */
function characters(values: Token, around: readonly Token[]): string | undefined {
  const codes = values.kind === "list" ? values.values : Array.from(values.text, (each) => each.charCodeAt(0));
  if (codes === undefined || codes.length > bounds.listLength) return undefined;
  const at = around.findIndex(
    (token) => token.kind === "punct" && (token.text === "^" || token.text === "-" || token.text === "+"),
  );
  const operand = at < 0 ? undefined : [around[at + 1], around[at - 1]].find((token) => token?.kind === "number");
  const amount = operand === undefined ? 0 : numberOf(operand);
  const operator = operand === undefined ? "+" : around[at]?.text;
  let text = "";
  for (const code of codes) {
    const value = Number(code);
    const moved = operator === "^" ? value ^ amount : operator === "-" ? value - amount : value + amount;
    if (!(moved >= 0 && moved <= 0x10ffff)) return undefined;
    text += String.fromCodePoint(Math.trunc(moved));
  }
  return text;
}

/** Methods of constant texts and lists, of both languages. */
export function foldMethod(object: Token, method: string, inner: readonly Token[], length: number): Token | undefined {
  if (length > inner.length) return undefined;
  const { decoded, text } = object;
  if (method === "join" && object.kind === "string") {
    const mapped = mappedCharacters(inner);
    if (mapped !== undefined) return string(mapped, "char codes");
  }
  if (method === "map" && inner.some((token) => /^(?:fromCharCode|fromCodePoint)$/.test(token.text))) {
    const mapped = object.kind === "list" || object.kind === "string" ? characters(object, inner) : undefined;
    const token = mapped === undefined ? undefined : list(Array.from(mapped));
    return token === undefined ? undefined : { ...token, decoded: "char codes" };
  }
  if (method === "replace" && inner[0]?.kind === "regex" && inner[2]?.kind === "string") {
    return object.kind === "string"
      ? string(withoutCharacters(text, inner[0].text, inner[2].text), decoded)
      : undefined;
  }
  const args = constants(inner);
  if (args === undefined) return undefined;
  const [first, second] = args;
  if (object.kind === "list") {
    const values = object.values ?? [];
    if (method === "join") return string(values.join(String(first ?? ",")), decoded);
    if (method === "reverse") return withMark(list([...values].reverse()), decoded);
    if (method === "concat" && typeof first === "object") return withMark(list([...values, ...first]), decoded);
    if (method === "toString") return string(values.join(","), decoded);
    return undefined;
  }
  switch (method) {
    case "toString":
      if (first === "base64" || first === "hex") return undefined;
      return string(object.bytes ? utf8(text) : text, decoded);
    case "decode":
      return codec(text, String(first ?? "utf-8"), decoded);
    case "encode":
      return typeof first === "string" && /rot/i.test(first)
        ? codec(text, first, decoded)
        : string(text, decoded, true);
    case "join":
      if (typeof first === "object") return string(first.join(text), decoded);
      return typeof first === "string" ? string(Array.from(first).join(text), decoded) : undefined;
    case "split": {
      const parts = typeof first === "string" ? (first === "" ? Array.from(text) : text.split(first)) : undefined;
      return parts === undefined ? undefined : withMark(list(parts), decoded);
    }
    case "replace":
    case "replaceAll":
      if (typeof first !== "string" || first === "" || typeof second !== "string") return undefined;
      return string(replaced(text, first, second), decoded);
    case "concat":
      return typeof first === "string" ? string(text + args.join(""), decoded) : undefined;
    case "slice":
    case "substring":
    case "substr": {
      if (typeof first !== "number") return undefined;
      const end = typeof second === "number" ? (method === "substr" ? first + second : second) : undefined;
      return string(method === "substring" ? text.substring(first, end) : text.slice(first, end), decoded);
    }
    case "charAt":
      return typeof first === "number" ? string(text.charAt(first), decoded) : undefined;
    case "repeat":
      return typeof first === "number" && first >= 0 && text.length * first <= 10_000
        ? string(text.repeat(Math.trunc(first)), decoded)
        : undefined;
    case "trim":
    case "strip":
      return string(text.trim(), decoded);
    case "toLowerCase":
    case "lower":
      return string(text.toLowerCase(), decoded);
    case "toUpperCase":
    case "upper":
      return string(text.toUpperCase(), decoded);
    case "valueOf":
    case "normalize":
      return string(text, decoded);
    default:
      return undefined;
  }
}

function withMark(token: Token | undefined, decoded: string | undefined): Token | undefined {
  return token === undefined || decoded === undefined ? token : { ...token, decoded };
}

/** A replacement that makes a text longer is bounded by what it makes. */
function replaced(text: string, from: string, to: string): string | undefined {
  const growth = Math.max(0, to.length - from.length) * (text.length / from.length);
  return text.length + growth > bounds.layerLength ? undefined : text.replaceAll(from, to);
}

/** `/X/g` and `/[XY]/g`, read by their characters: the expression itself is not run. */
function withoutCharacters(text: string, expression: string, to: string): string | undefined {
  const end = expression.lastIndexOf("/");
  const source = expression.slice(1, end);
  if (!expression.slice(end).includes("g") || to.length > 4) return undefined;
  if (/^[\w @#!~-]{1,8}$/.test(source)) return replaced(text, source, to);
  const characters = /^\[([^\]\\^-]{1,32})\]\+?$/.exec(source)?.[1];
  if (characters === undefined) return undefined;
  let result = "";
  for (const character of text) result += characters.includes(character) ? to : character;
  return result;
}
