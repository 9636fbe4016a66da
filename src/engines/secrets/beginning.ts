/** What every match of a token begins with, told from its bytes before an expression is tried. */
import type { SecretRule } from "./rule.ts";
import { longestMatch, parseExpression } from "./rules/expression.ts";

/** For each of the first characters its byte → 1 where a match may have it there. */
export type Beginning = readonly Uint8Array[];

/** What stands around the expression of a token that is a word of its own. */
const WORD = ["(?<![A-Za-z0-9_])(?<secret>", ")(?![A-Za-z0-9_])"] as const;
/** Characters that are told; more would tell hardly more. */
const MOST = 24;
/** Texts that the keywords are held against. */
const MOST_TEXTS = 64;

/**
 * Undefined where a match may begin otherwise, without one of the rule's keywords, or be longer than a window.
 *
 * @param after - bytes of the window behind a keyword's start
 */
export function beginningOf({ pattern, expression, keywords }: SecretRule, after: number): Beginning | undefined {
  const { source, flags } = pattern;
  if (expression !== undefined || flags.includes("i") || !source.startsWith(WORD[0]) || !source.endsWith(WORD[1])) {
    return undefined;
  }
  const body = source.slice(WORD[0].length, -WORD[1].length);
  const parsed = parseExpression(body);
  if (parsed.kind !== "sequence" || longestMatch(parsed) >= after) return undefined;
  const beginning = firstCharacters(body);
  return hasKeyword(beginning, keywords) ? beginning : undefined;
}

/** A character that stands for itself, or a class; whatever it says beside that one of them is there ends what is told. */
const ATOM = /(?:\[(?!\^)((?:[\w +/=.*$#@!~-]|\\[-./wd])+)\]|([\w-])|\\([.+*$/-]))(?:\{(\d+)(,\d*)?\})?(?![?*+{])/y;

function firstCharacters(body: string): Beginning {
  const all: Uint8Array[] = [];
  ATOM.lastIndex = 0;
  for (let atom = ATOM.exec(body); atom !== null && all.length < MOST; atom = ATOM.exec(body)) {
    const [, inClass, literal, escaped, count = "1", range] = atom;
    // There a sign is itself, and no range.
    if (inClass !== undefined && /\\[wd]-./.test(inClass)) break;
    const mask = maskOf(inClass ?? `\\${literal ?? escaped}`, inClass === undefined);
    for (let i = 0; i < Number(count) && all.length < MOST; i++) all.push(mask);
    if (range !== undefined) break;
  }
  return all;
}

const WORD_CLASS = "A-Za-z0-9_";

/** @param isOne - it is one character behind a backslash, that stands for itself */
function maskOf(inClass: string, isOne: boolean): Uint8Array {
  const mask = new Uint8Array(256);
  if (isOne) {
    mask[inClass.charCodeAt(1)] = 1;
    return mask;
  }
  const plain = inClass.replaceAll("\\w", WORD_CLASS).replaceAll("\\d", "0-9");
  for (const [, from = "", to = from] of plain.matchAll(/(\\?.)(?:-(\\?.))?/g)) {
    const [first, last] = [from.charCodeAt(from.length - 1), to.charCodeAt(to.length - 1)];
    mask.fill(1, first, last + 1);
  }
  return mask;
}

/** Whether each text that begins so begins with one of the keywords: without it nobody would look. */
function hasKeyword(beginning: Beginning, keywords: readonly string[]): boolean {
  const lower = keywords.map((keyword) => keyword.toLowerCase());
  const longest = Math.max(...lower.map(({ length }) => length));
  let texts = [""];
  for (let length = 0; texts.length > 0; length++) {
    texts = texts.filter((text) => !lower.some((keyword) => text.startsWith(keyword)));
    const mask = beginning[length];
    if (texts.length === 0) return true;
    if (mask === undefined || length >= longest) return false;
    const letters = new Set(
      [...mask.keys()].filter((byte) => mask[byte] === 1).map((byte) => String.fromCharCode(byte)),
    );
    const next = new Set(texts.flatMap((text) => [...letters].map((letter) => text + letter.toLowerCase())));
    if (next.size > MOST_TEXTS) return false;
    texts = [...next];
  }
  return false;
}
