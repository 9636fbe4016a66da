/**
 * Random values that are given to something called a password, a secret, a token or a key: `api_key = "…"`. There is no
 * format to hold them against, so this rather misses one than calls a word, a reference or a checksum a secret.
 */
import { entropyOf } from "./entropy.ts";
import { isForTests } from "./for-tests.ts";
import { isPlaceholder } from "./placeholder.ts";
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

const likely: AssignmentRule = {
  id: "assigned-secret",
  title: "Random value given to a password, secret, token or key",
  confidence: "medium",
  severity: "medium",
  reference: "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
};
const perhaps: AssignmentRule = { ...likely, confidence: "low", severity: "low" };

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
  const name = bytes.toString("latin1", nameStart, nameEnd);
  if (!ENDINGS.test(bytes.toString("latin1", at, nameEnd)) || OTHER_NAMES.test(name) || isGenerated(path))
    return undefined;
  const secret = bytes.toString("latin1", start, end);
  const chance = chanceOf(secret);
  if (chance === undefined) return undefined;
  const rule = chance === "likely" && !isForTests(path) ? likely : perhaps;
  const known = wellKnown(secret, rule.id) !== undefined || isPlaceholder(secret, secret);
  return { rule, start, end, secret, validity: "unsure", name, wellKnown: known };
}

const LINE_FEED = 0x0a;
const EQUALS = 0x3d;
const COLON = 0x3a;
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

function chanceOf(value: string): "likely" | "perhaps" | undefined {
  if (REFERENCE.test(value) || UUID.test(value) || WORDS.test(value) || PARTS.test(value)) return undefined;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return undefined;
  const entropy = entropyOf(value);
  if (value.length >= 20) return entropy >= 3.5 ? "likely" : entropy >= 3 ? "perhaps" : undefined;
  return entropy >= 3 ? "perhaps" : undefined;
}
