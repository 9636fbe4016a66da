/**
 * Texts in base64 whose beginning says that a secret may be in them, one level deep: the values of a Kubernetes Secret, a
 * key in PEM, a JSON document in an environment variable. The encoding of what tokens begin with is looked for as they are.
 */
import { excerpt } from "./excerpt.ts";
import type { SecretRule } from "./rule.ts";

/** Bytes of base64 that are looked at. */
export const LONGEST_ENCODED = 24 * 1024;
const SHORTEST = 20;
/** Characters of base64 that tell a beginning from chance. */
const SHORTEST_BEGINNING = 5;

/** What texts with secrets begin with, beside tokens: PEM, JSON in its usual forms, JSON Web Tokens. */
const BEGINNINGS = ["LS0tLS1CRUdJTi", "eyJ", "ewog", "ew0K", "ewoJ", "ZXlK"];

/** Of each keyword that is a token's beginning, all base64 characters that do not depend on what follows. */
export function encodedKeywords(rules: readonly SecretRule[]): readonly string[] {
  const keywords = new Set(BEGINNINGS);
  for (const { keywords: own, confidence, paths } of rules) {
    if (confidence === "low" || paths !== undefined) continue;
    for (const keyword of own) {
      if (!/^[\w.+$-]{2,40}(?:[-_.]|:\/\/)$|^(?:AKIA|ASIA|AIza)$/.test(keyword)) continue;
      const whole = Math.floor((keyword.length * 8) / 6);
      const text = Buffer.from(keyword).toString("base64").slice(0, whole);
      if (text.length >= SHORTEST_BEGINNING) keywords.add(text);
    }
  }
  return [...keywords];
}

export interface EncodedText {
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
}

/** @param beginning - one of the keywords; matched without case so far */
export function encodedAt(bytes: Buffer, at: number, beginning: string): EncodedText | undefined {
  if (at > 0 && isBase64(bytes[at - 1] as number)) return undefined;
  if (excerpt(bytes, at, at + beginning.length) !== beginning) return undefined;
  const limit = Math.min(bytes.length, at + LONGEST_ENCODED);
  let end = at;
  while (end < limit && isBase64(bytes[end] as number)) end += 1;
  if (end - at < SHORTEST || (end === limit && limit < bytes.length)) return undefined;
  const padded = end;
  while (end < bytes.length && end - padded < 2 && bytes[end] === 0x3d) end += 1;
  const next = bytes[end];
  // A JSON Web Token, base64url: they are no text.
  if (next === 0x2e || next === 0x2d || next === 0x5f) return undefined;
  const text = Buffer.from(bytes.toString("latin1", at, end), "base64");
  return isText(text) ? { start: at, end, text } : undefined;
}

function isBase64(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2f
  );
}

export function isText(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  return !bytes.includes(0x7f) && !bytes.toString("utf8").includes("\ufffd");
}
