/** Tries one rule on one stretch of a file. */

import type { Re2 } from "../../formats/re2/re2.ts";
import { type Beginning, beginningOf } from "./beginning.ts";
import { entropyOf } from "./entropy.ts";
import { isPlaceholder } from "./placeholder.ts";
import { isExpression, isReference } from "./reference.ts";
import type { SecretRule } from "./rule.ts";
import { wellKnown } from "./rules/well-known.ts";

/** A rule with its expressions made ready. */
export interface PreparedRule {
  readonly rule: SecretRule;
  readonly search: RegExp;
  /** The same with the places of its groups, for what `search` found. */
  readonly locate: RegExp;
  readonly before: number;
  readonly after: number;
  /** Windows are joined up to this length. */
  readonly joined: number;
  /** What every match begins with, as a word of its own, where one of the rule's keywords is its beginning. */
  readonly beginning: Beginning | undefined;
  /** The rule is for some paths alone. Rules have many forms, and V8 looks longer at those. */
  readonly isForPaths: boolean;
  /** The rule has an expression that is not V8's. */
  readonly isForeign: boolean;
}

/** A secret in the stretch: offsets from its start. The text has one character a byte. */
export interface WindowMatch {
  readonly start: number;
  readonly end: number;
  readonly secret: string;
  readonly validity: "valid" | "unsure";
  /** The last word before it on its line, or what there is of it in the stretch. */
  readonly name: string;
  readonly wellKnown: boolean;
}

const BEFORE = 96;
const AFTER = 256;
const MOST = 16 * 1024;
/** Windows longer than this are joined to no more than two: a pattern may be dearer than its text is long. */
const LONG = 1_024;

export function prepareRule(rule: SecretRule): PreparedRule {
  const flags = rule.pattern.flags.replace(/[dgy]/g, "");
  const before = Math.min(rule.before ?? BEFORE, MOST);
  const after = Math.min(rule.after ?? AFTER, MOST);
  const own = before + after;
  return {
    rule,
    search: new RegExp(rule.pattern.source, `${flags}g`),
    locate: new RegExp(rule.pattern.source, `${flags}dy`),
    before,
    after,
    joined: own * (own > LONG ? 2 : 4),
    beginning: beginningOf(rule, after),
    isForPaths: rule.paths !== undefined,
    isForeign: rule.expression !== undefined,
  };
}

/** Whether a match may begin at a keyword, or lie around it. */
export function mayBegin({ beginning, rule }: PreparedRule, bytes: Buffer, at: number, isText: boolean): boolean {
  if (beginning === undefined) return rule.leads === undefined || rule.leads(bytes, at, isText);
  if (at > 0 && isWordByte(bytes[at - 1] as number)) return false;
  for (let i = 0; i < beginning.length; i++) {
    if ((beginning[i] as Uint8Array)[bytes[at + i] as number] !== 1) return false;
  }
  return true;
}

export function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f
  );
}

/** Whether the bytes on both sides of an offset belong to one word. */
export function isInWord(bytes: Buffer, at: number): boolean {
  return isWordByte(bytes[at - 1] as number) && isWordByte(bytes[at] as number);
}

/** Whether {@link matchesIn} has anything to try: mostly it has not, and to ask it costs as much as the search. */
export function hasMatch({ search, isForeign }: PreparedRule, text: string): boolean {
  if (isForeign) return true;
  search.lastIndex = 0;
  return search.test(text);
}

/**
 * @param text - of the stretch, one character a byte
 * @param cutsWord - whether the stretch begins, or ends, inside a word of the file: a match at that edge is none, for
 *   what looks like the border of a word there is not one
 */
export function* matchesIn(
  { rule, search, locate }: PreparedRule,
  text: string,
  cutsWord: { readonly start: boolean; readonly end: boolean },
): Generator<WindowMatch> {
  if (rule.expression !== undefined) return yield* foundBy(rule, rule.expression, text, cutsWord);
  search.lastIndex = 0;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0].length === 0) search.lastIndex += 1;
    if ((cutsWord.start && match.index === 0) || (cutsWord.end && end === text.length)) continue;
    const secret = match.groups?.secret ?? match[0];
    if (secret.length === 0) continue;
    if (rule.minEntropy !== undefined && entropyOf(secret) < rule.minEntropy) continue;
    const validity = rule.validate?.(secret, match) ?? "unsure";
    if (validity === "invalid") continue;
    const start = startOf(match, locate, text);
    if (rule.confidence !== "high" && leadsToSecret(secret, text, start)) continue;
    const known = wellKnown(secret, rule.id) !== undefined || isPlaceholder(secret, match[0] + wordAt(text, end));
    yield { start, end: start + secret.length, secret, validity, name: nameBefore(text, start), wellKnown: known };
  }
}

/** As above, by an expression that is not V8's. */
function* foundBy(
  rule: SecretRule,
  expression: Re2,
  text: string,
  cutsWord: { readonly start: boolean; readonly end: boolean },
): Generator<WindowMatch> {
  let from = 0;
  for (let found = expression.find(text, from); found !== undefined; found = expression.find(text, from)) {
    const [whole = ""] = found.groups;
    const end = found.index + whole.length;
    from = Math.max(end, found.index + 1);
    if ((cutsWord.start && found.index === 0) || (cutsWord.end && end === text.length)) continue;
    const group =
      rule.group ??
      Math.max(
        0,
        found.groups.findIndex((each, i) => i > 0 && each),
      );
    const secret = found.groups[group];
    const start = found.starts[group] ?? -1;
    if (!secret || start < 0) continue;
    if (rule.minEntropy !== undefined && entropyOf(secret) < rule.minEntropy) continue;
    const match = Object.assign([...found.groups] as unknown as RegExpExecArray, { index: found.index, input: text });
    const validity = rule.validate?.(secret, match) ?? "unsure";
    if (validity === "invalid") continue;
    const known = isPlaceholder(secret, whole + wordAt(text, end));
    yield {
      start,
      end: start + secret.length,
      secret,
      validity,
      name: nameBefore(text, start),
      wellKnown: known,
    };
  }
}

/** Code, or a secret's name in a store: a rule without a form of its own takes whatever stands there. */
function leadsToSecret(secret: string, text: string, start: number): boolean {
  if (isReference(secret)) return true;
  const before = text[start - 1];
  if (before === '"' || before === "'" || before === "`") return false;
  // The rule may have stopped at the bracket of a call.
  const next = text[start + secret.length];
  return isExpression(next === "(" || next === "[" ? `${secret}${next}` : secret);
}

function startOf(match: RegExpExecArray, locate: RegExp, text: string): number {
  if (match.groups?.secret === undefined) return match.index;
  locate.lastIndex = match.index;
  return locate.exec(text)?.indices?.groups?.secret?.[0] ?? match.index;
}

/** What follows up to a space: the host of an URL whose password was matched. */
function wordAt(text: string, from: number): string {
  return /^\S*/.exec(text.slice(from, from + 96))?.[0] ?? "";
}

/** `db_password` of `  db_password: "`. */
export function nameBefore(text: string, at: number): string {
  const line = text.slice(Math.max(0, at - 64), at);
  const words = line.slice(line.lastIndexOf("\n") + 1).match(/[\w.-]+/g);
  return words?.at(-1) ?? "";
}
