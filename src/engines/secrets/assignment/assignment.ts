/**
 * Random values that are given to something called a password, a secret, a token or a key: `api_key = "…"`. There is no
 * format to hold them against, so this rather misses one than calls a word, a reference or a checksum a secret. What
 * somebody may have chosen as a password is told too, and ranks low.
 */
import { isText } from "../encoded.ts";
import { entropyOf } from "../entropy.ts";
import { excerpt } from "../excerpt.ts";
import { isPlaceholder } from "../placeholder.ts";
import { isExpression, isReference } from "../reference.ts";
import type { SecretRule } from "../rule.ts";
import { wellKnown } from "../rules/well-known.ts";
import { DOT, looked } from "./bytes.ts";
import { type Chance, chanceOf, isChosen, isPunctuated, isUuid } from "./chance.ts";
import { endsSecretName, isFaintName, NAME_KEYWORDS, type NameKind, nameKindOf } from "./names.ts";
import { isGenerated, isSettings, type Place, placeOf, unquotedIn } from "./places.ts";
import { isPublicKey } from "./public-key.ts";
import {
  type GivenValue,
  LONGEST_BEHIND,
  LONGEST_BETWEEN,
  LONGEST_TURNED,
  LONGEST_VALUE,
  mayFollow,
  valueAt,
} from "./value.ts";

export const ASSIGNMENT_KEYWORDS = NAME_KEYWORDS;

const LONGEST_NAME = 64;
/** What has to be told by its own form alone has to be as long. */
const SHORTEST_FAINT = 12;
/** Of what is called no more than key. */
const SHORTEST_KEY = 16;
/** Bytes before a name that may say what it is. */
const BEFORE_NAME = LONGEST_NAME + 2;
/** Of a name from its keyword on: `passphrase_production_base64`. */
const LONGEST_ENDING = 32;
/** Bytes before and after the keyword's start that are looked at: the name, what leads to the value, and that. */
export const ASSIGNMENT_BEFORE = 112 + LONGEST_TURNED;
export const ASSIGNMENT_AFTER = LONGEST_NAME + 256 + LONGEST_VALUE;

type AssignmentRule = Pick<SecretRule, "id" | "title" | "confidence" | "severity" | "reference">;

const reference = "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html";

/** What stands in a file of configuration is what runs: a program may as well be of a test, or name what it looks up. */
const severities: Readonly<Record<Place, Readonly<Record<Chance, AssignmentRule["severity"]>>>> = {
  configuration: { likely: "high", perhaps: "medium", faint: "low", chosen: "low" },
  program: { likely: "medium", perhaps: "low", faint: "low", chosen: "low" },
  example: { likely: "low", perhaps: "low", faint: "low", chosen: "low" },
};

const random: AssignmentRule = {
  id: "assigned-secret",
  title: "Random value given to a password, secret, token or key",
  confidence: "medium",
  severity: "high",
  reference,
};
const chosen: AssignmentRule = {
  id: "assigned-password",
  title: "Password in the clear",
  confidence: "low",
  severity: "low",
  reference,
};

/** As they are at most: how grave one is, its place says. */
export const assignmentRules: readonly AssignmentRule[] = [random, chosen];

function ruleOf(chance: Chance, place: Place): AssignmentRule {
  const severity = severities[place][chance];
  if (chance === "chosen") return { ...chosen, severity };
  return { ...random, severity, confidence: chance === "likely" && place !== "example" ? "medium" : "low" };
}

export interface AssignmentMatch {
  readonly rule: AssignmentRule;
  /** Of the value, in the bytes that were given. */
  readonly start: number;
  readonly end: number;
  readonly secret: string;
  readonly validity: "unsure";
  readonly name: string;
  readonly wellKnown: boolean;
}

/**
 * Told before anything is looked at more closely.
 *
 * @param at - where one of the keywords begins
 * @param length - of the keyword
 * @returns where the name ends that it begins the end of; -1 where it is no name that a secret may be given to
 */
export function nameEndAt(bytes: Buffer, at: number, length: number): number {
  let nameEnd = at + length;
  // One byte more than a name may have tells that it is too long.
  for (const end = at + LONGEST_ENDING + 1; nameEnd < end && NAME_BYTES[bytes[nameEnd] ?? 0] === 1; ) nameEnd += 1;
  if (nameEnd - at > LONGEST_ENDING || !mayFollow(bytes[nameEnd])) return -1;
  // Most names end with the keyword, each of which is an ending.
  if (nameEnd - at === length) return nameEnd;
  return endsSecretName(excerpt(bytes, at, nameEnd)) ? nameEnd : -1;
}

/** Bytes from the keyword on that decide that. */
export const NAME_DECIDED_BY = LONGEST_NAME + 1;

/** Bytes that decided. Before them only what is on the same line did. */
export interface Decisive {
  readonly from: number;
  readonly to: number;
}

/** What the last {@link assignmentAt} came to its answer by. */
export function decidedBy(): Decisive {
  return { from: looked.begin, to: looked.end + LONGEST_BEHIND };
}

/**
 * What a name is given.
 *
 * @param at, nameEnd - as of {@link nameEndAt}
 * @param path - of the file
 */
export function assignmentAt(bytes: Buffer, at: number, nameEnd: number, path: string): AssignmentMatch | undefined {
  const nameStart = skipBack(bytes, at, at - LONGEST_NAME);
  looked.begin = nameStart - BEFORE_NAME;
  looked.end = nameEnd + LONGEST_BETWEEN;
  const value = valueAt(bytes, nameStart, nameEnd, path);
  if (value === undefined || value.end - value.start > LONGEST_VALUE) return undefined;
  if (isGenerated(path)) return undefined;
  const { name, kind } = namedAs(bytes, nameStart, nameEnd, path);
  if (kind === undefined) return undefined;
  const secret = excerpt(bytes, value.start, value.end);
  if (isImportedKey(bytes, name, secret, value.end)) return undefined;
  if (isKeyId(name, secret) || isPublicKey(secret) || isReference(secret) || (!value.quoted && isExpression(secret)))
    return undefined;
  const chance = chanceAs(secret, kind, { ...value, path, name });
  if (chance === undefined) return undefined;
  const rule = ruleOf(chance, placeOf(path));
  // Of a token that was cut off the rest is nowhere.
  const isFilledIn = !isPlaceholder(secret, secret) && !secret.endsWith("...");
  if (chance === "chosen" && !isFilledIn) return undefined;
  const known = wellKnown(secret, rule.id) !== undefined || !isFilledIn;
  return { rule, start: value.start, end: value.end, secret, validity: "unsure", name, wellKnown: known };
}

/** What is no more than perhaps random counts where the name is clear, and stands beside its value. */
function chanceAs(
  secret: string,
  kind: NameKind,
  given: GivenValue & { readonly path: string; readonly name: string },
): Chance | undefined {
  const { loose, path, name } = given;
  const chance = chanceOf(secret);
  const decoded = decodedOf(secret);
  // Of an interface's description: a sentence in base64.
  if (/^[A-Za-z]+[,.]? [A-Za-z ,.'!-]+$/.test(decoded)) return undefined;
  if (isFaintName(name)) return chance === "likely" && secret.length >= SHORTEST_KEY && !loose ? "faint" : undefined;
  if (isFingerprint(name, secret)) return "faint";
  if (chance === "likely") return chance;
  if (given.compared === true) return undefined;
  if (chance === "perhaps" && kind !== "key" && (!loose || kind === "password")) return chance;
  if (kind !== "key" && !loose && chanceOf(decoded) !== undefined) return "perhaps";
  if (isUuid(secret) && entropyOf(secret) >= 3) return kind === "secret" && !loose ? "perhaps" : "faint";
  if (isFaint(secret, chance) || (!loose && isPunctuated(secret) && given.quoted)) return "faint";
  if (kind === "secret" && name.toLowerCase() === "secret") return isChosen(secret, false) ? "chosen" : undefined;
  return kind === "password" && isChosen(secret, !loose && isSettings(path)) ? "chosen" : undefined;
}

/** What a text in base64 says, as in the data of a Kubernetes Secret; empty where it is none. */
function decodedOf(value: string): string {
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]{12,400}={0,2}$/.test(value)) return "";
  const bytes = Buffer.from(value, "base64");
  return isText(bytes) ? bytes.toString("utf8") : "";
}

function skipBack(bytes: Buffer, from: number, limit: number): number {
  const least = Math.max(limit, 0);
  let i = from;
  while (i > least && NAME_BYTES[bytes[i - 1] as number] === 1) i -= 1;
  return i;
}

/** By their values: 1 for those of a name. */
const NAME_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => (/[\w-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** Without words and separators but for what digits stand among; or digits alone, longer than any time. */
function isFaint(secret: string, chance: Chance | undefined): boolean {
  if (/^\d{16,64}$/.test(secret)) return entropyOf(secret) >= 2.5;
  if (chance !== "perhaps" || secret.length < SHORTEST_FAINT || !/^[\w-]+$/.test(secret)) return false;
  return /^[A-Za-z0-9]+$/.test(secret) || secret.replace(/\D/g, "").length >= 5;
}

/** With the part before its last dot where a `key` says too little by itself: `secret.key` of `acme.secret.key`. */
function namedAs(
  bytes: Buffer,
  start: number,
  end: number,
  path: string,
): { name: string; kind: NameKind | undefined } {
  const name = excerpt(bytes, start, end).replace(/^-+/, "");
  const kind = nameKindOf(name);
  if (bytes[start - 1] !== DOT || !isFaintName(name)) return { name, kind };
  const whole = `${excerpt(bytes, skipBack(bytes, start - 1, start - LONGEST_NAME), start - 1)}.${name}`;
  const kindOfWhole = nameKindOf(whole);
  // A field of something in a program says no more than the field.
  return kindOfWhole === "secret" || (kindOfWhole !== undefined && unquotedIn(path) !== "nowhere")
    ? { name: whole, kind: kindOfWhole }
    : { name, kind };
}

/** The id or fingerprint of a key by which something is signed: as public as the key's other half. */
function isKeyId(name: string, value: string): boolean {
  return /sign/i.test(name) && (/^(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16})$/i.test(value) || /^[0-9A-F]{40}$/.test(value));
}

/** Bytes behind a fingerprint in which it is fetched. */
const BEFORE_IMPORT = 256;

/** The fingerprint of an OpenPGP key (RFC 9580, 5.5.4) that a script gets from a server of public keys. */
function isImportedKey(bytes: Buffer, name: string, value: string, end: number): boolean {
  if (!isFaintName(name) || !/^[0-9A-F]{40}$/.test(value)) return false;
  looked.end = Math.max(looked.end, end + BEFORE_IMPORT);
  return /\b(?:gpg|recv-keys|keyserver|apt-key)\b/.test(excerpt(bytes, end, end + BEFORE_IMPORT));
}

/** The same, as programs write it: a key of as many digits looks alike. */
function isFingerprint(name: string, value: string): boolean {
  return /sign/i.test(name) && /^[0-9a-f]{40}$/.test(value);
}
