/** How likely it is that a program made a value, or that somebody chose it as a password. */
import { entropyOf } from "../entropy.ts";
import { isPlaceholder } from "../rules/validate/password.ts";

/** `faint`: it may be, and may as well identify something. */
export type Chance = "likely" | "perhaps" | "faint" | "chosen";

/** References and templates: what stands here is filled in elsewhere. */
const REFERENCE =
  /^[$%@&<]|[<>{}()[\]\\\s]|\$\{|\$\(|%s|%d|^(?:https?|file|arn|vault|secret|ref\+|env|op|ssm|gs|s3|data|urn|sha\d+|md5):|^[a-z][a-z0-9+.-]{1,20}:\/\/|^(?:\.{0,2}|~)\/|\.(?:json|ya?ml|pem|key|crt|txt|env|js|ts|py|go|java|html?)$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Words with or without a number at the end: `my-secret-name-2`, `accessToken`. */
const WORDS = /^[A-Za-z]+(?:[-_.:/ +@,!?][A-Za-z]+)*[-_.:]?\d{0,4}[-_.:!?]?$/;
/** Words with numbers among them, parts of a dotted or dashed name: `v1.pods.k8s-io`. */
const PARTS =
  /^(?:[a-z]{2,}\d{0,2}|[A-Z]{2,}\d{0,2}|[A-Z][a-z]+\d{0,2}|v?\d{1,4})(?:[-_.:/](?:[a-z]{2,}\d{0,2}|[A-Z]{2,}\d{0,2}|[A-Z][a-z]+\d{0,2}|v?\d{1,4}))*$/;

/** The name of something in a namespace: `ingress/tls.example-2`. */
const NAMESPACED = /^(?=.{3,31}$)[a-z][a-z-]{1,30}\/[a-z][a-z0-9.-]{1,30}$/;

/** The shortest that two kinds of characters are enough for. */
const LONG = 20;
/** The shortest that may be a key rather than a word. */
const KEY = 12;
/** What is longer is told by its characters alone: no name and no reference is as long, but for addresses of pages. */
const LONGEST_NAME = 200;
const SHORTEST = 8;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function chanceOf(value: string): "likely" | "perhaps" | undefined {
  if (value.length < SHORTEST) return undefined;
  if (value.length > LONGEST_NAME) {
    const isOfKey = /^[\w+/=.~%:-]+$/.test(value) && /[0-9]/.test(value) && !/^https?:/i.test(value);
    return isOfKey && entropyOf(value) >= 3.5 ? "likely" : undefined;
  }
  if (isScrambled(value)) return "perhaps";
  if (REFERENCE.test(value) || UUID.test(value) || WORDS.test(value) || PARTS.test(value)) return undefined;
  if (NAMESPACED.test(value) || /\.{4}|\w\|\w/.test(value)) return undefined;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return undefined;
  if (HEXADECIMAL.test(value)) return chanceOfHexadecimal(value.replace(/^0x/i, ""));
  const entropy = entropyOf(value);
  const kinds = kindsOf(value);
  if (entropy < (kinds >= 3 ? 2.75 : 3)) return undefined;
  if (isWordy(value)) return "perhaps";
  if (value.length >= LONG) return entropy >= 3.5 ? "likely" : "perhaps";
  return value.length >= KEY && kinds >= 3 && entropy >= 3 ? "likely" : "perhaps";
}

const HEXADECIMAL = /^(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)$/;

/** Of sixteen characters a random text has less entropy than of sixty-four: what its own length lets one expect counts. */
function chanceOfHexadecimal(digits: string): "likely" | "perhaps" | undefined {
  const expected = 4 - 15 / (2 * Math.LN2 * digits.length);
  const entropy = entropyOf(digits);
  if (digits.length >= LONG && entropy >= expected - 0.6) return "likely";
  return entropy >= Math.min(3, expected - 0.6) ? "perhaps" : undefined;
}

/** How many of small letters, capitals, digits and other characters it has. */
function kindsOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
}

/**
 * Words with something else among them: `default-token-x2v9k`, `oauth2ClientSecret`. Of random texts of base 62 one in
 * thirty is taken for it, and then ranks lower.
 */
function isWordy(value: string): boolean {
  const parts = value.split(/[-_./:]/);
  if (parts.length >= 3 && parts.filter((part) => /^[A-Za-z]{3,}$/.test(part) && isWord(part)).length >= 2) return true;
  const words = value.match(/[A-Z]?[a-z]{2,}|[A-Z]{3,}/g) ?? [];
  const inWords = words.filter(isWord).reduce((sum, { length }) => sum + length, 0);
  return inWords >= 0.65 * value.replace(/[^A-Za-z0-9]/g, "").length;
}

/**
 * Signs all over, as generators of passwords and of Django's keys put them: brackets and blanks are what references and
 * expressions have too, so it takes many of all kinds and none of the turns of a pattern.
 */
export function isPunctuated(value: string): boolean {
  if (value.length < LONG || value.length > LONGEST_NAME || /\s|[<{]{2}|\$\{|%[sd(]|:\/\/|\\/.test(value)) return false;
  if (/[AaZz0]-[Zz9]|\(\?|\]\+|\]\*|\.\*|\.\+|\)\?|\{\d|\w\(\w*\)|\w\[\w+\]|['"]/.test(value)) return false;
  const words = value.match(/[A-Za-z]{3,}/g)?.filter(isWord) ?? [];
  const signs = value.match(/[^A-Za-z0-9_.\-/]/g)?.length ?? 0;
  return (
    kindsOf(value) >= 3 &&
    /[0-9]/.test(value) &&
    signs >= 4 &&
    signs * 5 >= value.length &&
    entropyOf(value) >= 3.75 &&
    words.reduce((sum, { length }) => sum + length, 0) < 0.4 * value.length
  );
}

/** Letters of both kinds that no words begin with: `KgtIAGCnANIEupUr`. */
function isScrambled(value: string): boolean {
  if (value.length < 16 || !/^[A-Za-z]{12,}\d{0,4}$/.test(value)) return false;
  const changes = value.match(/(?<=[a-z])[A-Z]|(?<=[A-Z])[a-z]/g)?.length ?? 0;
  const words = value.match(/[A-Z]?[a-z]{2,}|[A-Z]{3,}/g)?.filter(isWord) ?? [];
  return changes * 4 >= value.length && words.reduce((sum, { length }) => sum + length, 0) < 0.4 * value.length;
}

/** Pairs of letters that no word of a European language has. */
const NO_PAIR =
  /q(?!u)|j[^aeiou]|v[^aeiouyr]|[bfgjkmpqvwxz]x|x[bdfgjkmnqrvwxz]|z[bcdfgjkmnpqrstvwx]|[cfgjkqvwxz]j|[bfghjkpqvwxyz]q|w[fgjkpqvwxz]/g;

/** Vowels and consonants alternate as in what can be said. */
function isWord(run: string): boolean {
  const vowels = run.match(/[aeiouy]/gi)?.length ?? 0;
  if (run.length >= 8 && (run.toLowerCase().match(NO_PAIR)?.length ?? 0) > 1) return false;
  return run.length >= 3 && vowels * 5 >= run.length && vowels * 3 <= run.length * 2 && !/[^aeiouy]{4}/i.test(run);
}

const SHORTEST_PASSWORD = 5;
const LONGEST_PASSWORD = 64;
/** What stands in the place of a password and is none: types, switches, labels, references. */
const NO_PASSWORD =
  /^[$%@&<]|\.{4}|\w\|\w|[<>{}()[\]\\\s]|^(?:https?|file|arn|vault|env|op|ssm|projects?|ref\+|secretref|sha\d+|md5):|^(?:\.{0,2}|~)\/|^(?:true|false|null|none|nil|undefined|string|text|required|optional|disabled|enabled|plain|varchar|binary|number|object|bytes?|default|empty|always|never|prompt|current|input|basic|login|invalid|wrong|incorrect|missing|forgot|reset|confirm)$|^(?:new|old|current|confirm|user|your|my|the|db|database|admin|root|account|one[-_]?time)?[-_. ]?(?:passw(?:or)?ds?|passphrase|passcode|passwort|pwd|pass|contraseña|mot[-_]de[-_]passe|wachtwoord|secrets?|tokens?|keys?|credentials?|hash|field|input|name|type|label|policy|rules?)$/i;

/**
 * Whether it may be a password that somebody chose. In files of settings a word is enough; in programs, where a password's
 * name stands for messages, fields and columns, it takes letters with a digit or a sign.
 */
export function isChosen(value: string, settings: boolean): boolean {
  if (value.length < SHORTEST_PASSWORD || value.length > LONGEST_PASSWORD || NO_PASSWORD.test(value)) return false;
  if (isPlaceholder(value)) return false;
  if (!/[A-Za-z]/.test(value)) return settings && /^\d{6,}$/.test(value);
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) || /^[\w-]+(?:\.[\w-]+)+$/.test(value)) return false;
  return settings ? /^[!-~]+$/.test(value) : /\d/.test(value) && !/^[a-z]+(?:[-_][a-z0-9]+)+$/i.test(value);
}
