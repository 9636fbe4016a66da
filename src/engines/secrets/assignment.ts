/**
 * Random values that are given to something called a password, a secret, a token or a key: `api_key = "…"`. There is no
 * format to hold them against, so this rather misses one than calls a word, a reference or a checksum a secret.
 */
import { entropyOf } from "./entropy.ts";
import { isForTests } from "./for-tests.ts";
import { isPlaceholder } from "./placeholder.ts";
import { isExpression, isReference } from "./reference.ts";
import type { SecretRule } from "./rule.ts";
import { wellKnown } from "./rules/well-known.ts";

export const ASSIGNMENT_KEYWORDS = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "api_key",
  "api-key",
  "accesskey",
  "access_key",
  "access-key",
  "authkey",
  "auth_key",
  "auth-key",
  "private_key",
  "privatekey",
  "encryption_key",
  "encryptionkey",
  "signing_key",
  "signingkey",
  "credential",
] as const;

/** Bytes before and after the keyword's start that are looked at. */
export const ASSIGNMENT_BEFORE = 48;
export const ASSIGNMENT_AFTER = 352;

const LONGEST_NAME = 64;
const LONGEST_VALUE = 200;
const SHORTEST_VALUE = 8;

type AssignmentRule = Pick<SecretRule, "id" | "title" | "confidence" | "severity" | "reference">;

const reference = "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html";
const title = "Random value given to a password, secret, token or key";

type Chance = "likely" | "perhaps";
type Place = "configuration" | "program" | "example";

/** What stands in a file of configuration is what runs: a program may as well be of a test, or name what it looks up. */
const severities: Readonly<Record<Place, Readonly<Record<Chance, AssignmentRule["severity"]>>>> = {
  configuration: { likely: "high", perhaps: "medium" },
  program: { likely: "medium", perhaps: "low" },
  example: { likely: "low", perhaps: "low" },
};

function ruleOf(chance: Chance, place: Place): AssignmentRule {
  const confidence = chance === "likely" && place !== "example" ? "medium" : "low";
  return { id: "assigned-secret", title, confidence, severity: severities[place][chance], reference };
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

/** @param at - where one of the keywords begins */
export function assignmentAt(bytes: Buffer, at: number, path: string): AssignmentMatch | undefined {
  const nameEnd = skip(bytes, at, at + LONGEST_NAME, isNameByte);
  let i = nameEnd;
  if (isQuote(bytes[i])) i += 1;
  i = skip(bytes, i, i + 16, isSpace);
  const first = bytes[i];
  const second = bytes[i + 1];
  if (first === EQUALS && second !== EQUALS) i += second === GREATER || second === TILDE ? 2 : 1;
  else if (first === COLON) i += second === EQUALS ? 2 : 1;
  else return undefined;
  i = skip(bytes, i, i + 16, isSpace);
  const quote = bytes[i];
  const quoted = isQuote(quote);
  if (!quoted && !isConfiguration(path)) return undefined;
  const start = quoted ? i + 1 : i;
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, (byte) =>
    quoted ? byte !== quote && byte !== LINE_FEED : byte > 0x20 && byte !== SEMICOLON && byte !== COMMA,
  );
  const length = end - start;
  if (length < SHORTEST_VALUE || length > LONGEST_VALUE) return undefined;
  if (quoted ? bytes[end] !== quote : !endsLine(bytes, end)) return undefined;

  const nameStart = skipBack(bytes, at, at - ASSIGNMENT_BEFORE);
  // Part of a path or of a resource's name: `arn:aws:secretsmanager:eu-west-1:1:secret:prod/db`.
  if (!quoted && (bytes[nameStart - 1] === COLON || bytes[nameStart - 1] === SLASH)) return undefined;
  const name = bytes.toString("latin1", nameStart, nameEnd);
  if (!ENDINGS.test(bytes.toString("latin1", at, nameEnd)) || OTHER_NAMES.test(name) || isGenerated(path))
    return undefined;
  const secret = bytes.toString("latin1", start, end);
  if (isKeyName(name, secret) || isReference(secret) || (!quoted && isExpression(secret))) return undefined;
  const chance = chanceOf(secret);
  if (chance === undefined) return undefined;
  const rule = ruleOf(chance, placeOf(path));
  const known = wellKnown(secret, rule.id) !== undefined || isPlaceholder(secret, secret);
  return { rule, start, end, secret, validity: "unsure", name, wellKnown: known };
}

const LINE_FEED = 0x0a;
const EQUALS = 0x3d;
const COLON = 0x3a;
const SLASH = 0x2f;
const GREATER = 0x3e;
const TILDE = 0x7e;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;

function skip(bytes: Buffer, from: number, limit: number, passes: (byte: number) => boolean): number {
  const end = Math.min(limit, bytes.length);
  let i = from;
  while (i < end && passes(bytes[i] as number)) i += 1;
  return i;
}

function skipBack(bytes: Buffer, from: number, limit: number): number {
  let i = from;
  while (i > Math.max(0, limit) && isNameByte(bytes[i - 1] as number)) i -= 1;
  return i;
}

function isNameByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2d
  );
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isQuote(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

/** Nothing but a comment follows. */
function endsLine(bytes: Buffer, at: number): boolean {
  const next = bytes[skip(bytes, at, at + 16, isSpace)];
  return next === undefined || next === LINE_FEED || next === 0x0d || next === 0x23;
}

/** What may follow the keyword in a name: in `token_url` or `secretName` it is about something else. */
const ENDINGS =
  /^(?:password|passwd|passphrase|credentials?|secret|token|api[-_]?key|access[-_]?key|auth[-_]?key|private[-_]?key|encryption[-_]?key|signing[-_]?key)(?:[-_]?(?:key|value|token|secret|base64|b64|prod|production|staging|dev|live|\d{1,3})){0,2}$/i;
/** Names of what is public. */
const OTHER_NAMES =
  /public|hash|checksum|digest|sha\d|md5|integrity|csrf|xsrf|cancel|cursor|next|page|example|placeholder|label|regex/i;

const CONFIGURATION =
  /(?:^|\/)(?:\.env(?:\.[^/]+)?|[^/]+\.(?:env|ini|cfg|cnf|conf|config|properties|ya?ml|toml|tfvars|sh|bash|zsh|envrc)|\.npmrc|\.pypirc|Dockerfile[^/]*|Containerfile[^/]*|[^/.]+)$|^config\.|^-$/i;

/** Where a value may stand without quotes. In a program that would be a name. */
function isConfiguration(path: string): boolean {
  return CONFIGURATION.test(path);
}

/** Files of settings by their names' ends. */
const SETTINGS =
  /(?:^|\/)(?:\.env(?:\.[^/]{1,80})?|[^/]{1,160}\.(?:env|ini|cfg|cnf|conf|config|properties|ya?ml|toml|tfvars|sh|bash|zsh|envrc)|\.npmrc|\.pypirc|(?:Dockerfile|Containerfile)[^/]{0,80}|env|environment|secrets?|credentials?|config)$|^config\.|^-$/i;
/** JSON of which the name says so: other JSON is data, of tests and of descriptions of interfaces as well. */
const SETTINGS_JSON =
  /(?:^|\/)[^/]{0,80}(?:settings|config|secrets?|credentials?|parameters|environment)(?:\.[\w-]{1,40}){0,2}\.json5?$/i;

function placeOf(path: string): Place {
  if (isForTests(path)) return "example";
  return SETTINGS.test(path) || SETTINGS_JSON.test(path) ? "configuration" : "program";
}

/** The id or fingerprint of a key by which something is signed: as public as the key's other half. */
function isKeyName(name: string, value: string): boolean {
  return /sign/i.test(name) && /^(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})$/i.test(value);
}

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|go\.sum|[^/]+\.(?:lock|lockb|map|svg|css|min\.js|min\.mjs|po|pot|xlf|d\.ts|snap))$|(?:^|\/)(?:i18n|locales?|translations?|lang)\//i;

/** Lock files, maps, translations: full of random values, and of words called password. */
function isGenerated(path: string): boolean {
  return GENERATED.test(path);
}

/** References and templates: what stands here is filled in elsewhere. */
const REFERENCE =
  /^[$%@&<]|[<>{}()[\]\\\s]|\$\{|\$\(|%s|%d|^(?:https?|file|arn|vault|secret|ref\+|env|op|ssm|gs|s3|data|urn|sha\d+|md5):|^(?:\.{0,2}|~)\/|\.(?:json|ya?ml|pem|key|crt|txt|env|js|ts|py|go|java|html?)$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Words with or without a number at the end: `my-secret-name-2`, `accessToken`. */
const WORDS = /^[A-Za-z]+(?:[-_.:/ +@,!?][A-Za-z]+)*[-_.:]?\d{0,4}[-_.:!?]?$/;
/** Words with numbers among them, parts of a dotted or dashed name: `v1.pods.k8s-io`. */
const PARTS =
  /^(?:[a-z]{2,}\d{0,2}|[A-Z]{2,}\d{0,2}|[A-Z][a-z]+\d{0,2}|v?\d{1,4})(?:[-_.:/](?:[a-z]{2,}\d{0,2}|[A-Z]{2,}\d{0,2}|[A-Z][a-z]+\d{0,2}|v?\d{1,4}))*$/;

/** The shortest that two kinds of characters are enough for. */
const LONG = 20;
/** The shortest that may be a key rather than a word. */
const KEY = 12;

function chanceOf(value: string): Chance | undefined {
  if (REFERENCE.test(value) || UUID.test(value) || WORDS.test(value) || PARTS.test(value)) return undefined;
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
function chanceOfHexadecimal(digits: string): Chance | undefined {
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

/** Vowels and consonants alternate as in what can be said. */
function isWord(run: string): boolean {
  const vowels = run.match(/[aeiouy]/gi)?.length ?? 0;
  return run.length >= 3 && vowels * 5 >= run.length && vowels * 3 <= run.length * 2 && !/[^aeiouy]{4}/i.test(run);
}
