/** Encodings undone, bounded; nothing here throws. Bytes are Latin-1 texts. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { bounds } from "../bounds.ts";

/** Both alphabets, with or without padding; undefined where it is none. */
export function fromBase64(text: string): string | undefined {
  if (text.length > bounds.layerLength * 2) return undefined;
  return Buffer.from(text.replaceAll(/\s+/g, ""), "base64").toString("latin1");
}

export function fromHex(text: string): string | undefined {
  const plain = text.replaceAll(/\s+/g, "");
  if (plain.length % 2 !== 0 || plain.length > bounds.layerLength * 2) return undefined;
  const bytes = Buffer.from(plain, "hex");
  return bytes.length * 2 === plain.length ? bytes.toString("latin1") : undefined;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function fromBase32(text: string): string | undefined {
  if (text.length > bounds.layerLength) return undefined;
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const character of text) {
    if (character === "=") break;
    const digit = BASE32.indexOf(character);
    if (digit < 0) return undefined;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes).toString("latin1");
}

const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** Python's `base64.b85decode` (RFC 1924's alphabet). */
export function fromBase85(text: string): string | undefined {
  if (text.length > bounds.layerLength) return undefined;
  const padding = (5 - (text.length % 5)) % 5;
  const padded = text + "~".repeat(padding);
  const bytes = Buffer.alloc((padded.length / 5) * 4);
  for (let at = 0; at < padded.length; at += 5) {
    let value = 0;
    for (let each = at; each < at + 5; each++) {
      const digit = BASE85.indexOf(padded[each] as string);
      if (digit < 0) return undefined;
      value = value * 85 + digit;
    }
    if (value > 0xffffffff) return undefined;
    bytes.writeUInt32BE(value, (at / 5) * 4);
  }
  return bytes.toString("latin1", 0, bytes.length - padding);
}

const EBCDIC: readonly (readonly [first: number, characters: string])[] = [
  ...([
    [0x81, "abcdefghi"],
    [0x91, "jklmnopqr"],
    [0xa2, "stuvwxyz"],
    [0xc1, "ABCDEFGHI"],
  ] as const),
  ...([
    [0xd1, "JKLMNOPQR"],
    [0xe2, "STUVWXYZ"],
    [0xf0, "0123456789"],
    [0x40, " "],
    [0x4b, ".<(+"],
  ] as const),
  ...([
    [0x5c, "*);"],
    [0x60, "-/"],
    [0x6b, ",%_>?"],
    [0x7a, ":#@'=\""],
    [0xfc, '"'],
  ] as const),
];

/** The characters that code is written in, as the code pages of IBM's mainframes have them. */
export function fromEbcdic(text: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const range = EBCDIC.find(([first, characters]) => code >= first && code < first + characters.length);
    plain += range === undefined ? "?" : range[1][code - range[0]];
  }
  return plain;
}

export function rot13(text: string): string {
  return text.replaceAll(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const base = code >= 97 ? 97 : 65;
    return String.fromCharCode(((code - base + 13) % 26) + base);
  });
}

export function reversed(text: string): string {
  return Array.from(text).reverse().join("");
}

/** zlib or gzip, told by their first bytes; `named` says so where the program does: then a bare deflate stream or Brotli, too. */
export function inflated(text: string, named = false): string | undefined {
  const [first = 0, second = 0] = [text.charCodeAt(0), text.charCodeAt(1)];
  if (text.length < 8) return undefined;
  const isGzip = first === 0x1f && second === 0x8b;
  const isZlib = (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
  if (!isGzip && !isZlib && !named) return undefined;
  const bytes = Buffer.from(text, "latin1");
  const ways = isGzip ? [gunzipSync] : isZlib ? [inflateSync] : [inflateRawSync, brotliDecompressSync];
  for (const way of ways) {
    try {
      return way(bytes, { maxOutputLength: bounds.inflatedBytes }).toString("latin1");
    } catch {
      // Not this one, or over the bound: it is no text that anyone can look at.
    }
  }
  return undefined;
}

/** The share of printable characters is that of a text. */
export function isText(text: string): boolean {
  if (text.length === 0) return false;
  const end = Math.min(text.length, 4096);
  let odd = 0;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) || code === 0x7f || code > 0x7e) odd += 1;
  }
  return odd * 20 <= end;
}

const GUESSED_LENGTH = 24;
const SAMPLE = 64;

/**
 * What a text comes to that nobody was seen decoding: base64, hex, base64 backwards, and what inflates out of them.
 * Undefined for all that does not come to a text.
 */
export function guessed(text: string): { text: string; encoding: string } | undefined {
  if (text.length < GUESSED_LENGTH || text.length > bounds.layerLength * 2) return undefined;
  const shape = shapeOf(text);
  if (shape === undefined) return undefined;
  if (shape === "hex") return settled(fromHex(text), "hex");
  // The first characters tell whether the rest is worth it.
  const start = Buffer.from(text.slice(0, SAMPLE), "base64").toString("latin1");
  if (isText(start) || isPacked(start)) return settled(fromBase64(text), "base64");
  const end = Array.from(text.slice(-SAMPLE)).reverse().join("").replace(/^=+/, "");
  const backwards = Buffer.from(end, "base64").toString("latin1");
  return isText(backwards) || isPacked(backwards)
    ? settled(fromBase64(reversed(text).replace(/^=+/, "")), "base64 backwards")
    : undefined;
}

function isPacked(text: string): boolean {
  const [first, second] = [text.charCodeAt(0), text.charCodeAt(1)];
  return (
    (first === 0x1f && second === 0x8b) ||
    (first === 0x78 && (second === 0x9c || second === 0xda || second === 0x01 || second === 0x5e))
  );
}

function settled(value: string | undefined, encoding: string): { text: string; encoding: string } | undefined {
  if (value === undefined || value.length < 8) return undefined;
  if (isText(value)) return { text: value, encoding };
  const whole = inflated(value);
  return whole !== undefined && isText(whole) ? { text: whole, encoding: `compressed ${encoding}` } : undefined;
}

/** Told by the first characters, then by all, so that ordinary texts cost nothing. */
function shapeOf(text: string): "hex" | "base64" | undefined {
  let hex = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isHex = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
    if (isHex) continue;
    const isBase64 =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      code === 0x2b ||
      code === 0x2f ||
      code === 0x2d ||
      code === 0x5f ||
      code === 0x3d ||
      code === 0x0a ||
      code === 0x0d;
    if (!isBase64) return undefined;
    hex = false;
  }
  return hex && text.length % 2 === 0 ? "hex" : "base64";
}

/** A Latin-1 text of bytes as the UTF-8 that it holds; itself where it holds none. */
export function utf8(text: string): string {
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  return decoded.includes("\ufffd") ? text : decoded;
}
