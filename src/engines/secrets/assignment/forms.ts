/** Where the value stands that a name is given, in the languages and files in which people write it. */
import { unquotedIn } from "./places.ts";

export interface GivenValue {
  /** In the bytes that were given. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** The two may be mere neighbours: only what is random is taken for a secret. */
  readonly loose: boolean;
  /** It is compared and not given: only what is random is meant to be kept. */
  readonly compared?: true;
}

/** Bytes of a value at most; more is data. */
export const LONGEST_VALUE = 4_096;
/** Bytes between a name and its value at most. */
const LONGEST_BETWEEN = 224;
/** Bytes before a name that say what it is: the tag, the command, the key of a pair. */
const LONGEST_BEFORE = 48;

/** `quoted`: in quotes alone; `either`: also up to the line's end where the file is of a kind that has no quotes. */
type ValueForm = "quoted" | "either" | "element" | "braced" | "word" | "parameter";

interface Form {
  /** The first byte behind the name is one of these. */
  readonly first: string;
  readonly between: RegExp;
  readonly before?: RegExp;
  readonly value: ValueForm;
  readonly loose?: true;
}

/** What the end of a name in quotes, brackets or a call begins with, or a sign behind it. */
const QUOTE_OR_SIGN = "\"'`\\]) \t=:?.+|-";

/** In order: the first that fits and has a value counts. */
const FORMS: readonly Form[] = [
  // `?token=…&`
  { first: "=", before: /[?&;]$/, between: /^=/, value: "parameter", loose: true },
  // `${API_TOKEN:-…}`, Spring's `${API_TOKEN:…}`
  { first: ":=", before: /\$\{[\w.-]{0,40}$/, between: /^(?::[-=]?|=)/, value: "braced" },
  // `token: string = "…"`, `token: &'static str = "…"`
  {
    first: ":? \t",
    between: /^\??[ \t]{0,4}:[ \t]{0,4}[A-Za-z_&*'([][\w.<>&'*?|[\](), ]{0,48}=(?![=>])\s{0,16}/,
    value: "quoted",
  },
  // `token = "…"`, `"token": "…"`, `token ||= "…"`, `TOKEN := …`
  {
    first: QUOTE_OR_SIGN,
    between:
      /^(?:\\{0,2}["'`])?[\])]{0,3}[ \t]{0,16}(?::{1,3}=|\|\|=|\?\?=|[?.+]=|=>|->|={1,3}(?![=>~])|:(?!:))(?:[ \t]{0,16}|\s{0,32}(?=["'`]))/,
    value: "either",
  },
  // `process.env.X || "…"`, `os.environ.get("TOKEN") or "…"`
  {
    first: "\"'`]) \t|?",
    between: /^(?:\\{0,2}["'`])?[\])]{0,3}[ \t]{0,4}(?:\|\||\?\?|\?:|or\b)\s{0,16}/,
    value: "quoted",
  },
  // `<token>…</token>`
  { first: ">", before: /<[\w.:-]{0,40}$/, between: /^>\s{0,64}/, value: "element" },
  // `<add key="token" value="…"/>`
  {
    first: "\"'",
    before: /(?:name|key|id)\s{0,2}=\s{0,2}["'][\w.:-]{0,40}$/i,
    between: /^["']\s{1,16}(?:\w{1,16}="[^"<>]{0,60}"\s{1,8}){0,2}value\s{0,2}=\s{0,2}/i,
    value: "quoted",
  },
  // `<string name="token">…</string>`
  {
    first: "\"'",
    before: /(?:name|key|id)\s{0,2}=\s{0,2}["'][\w.:-]{0,40}$/i,
    between: /^["'](?:\s{1,8}\w{1,16}="[^"<>]{0,60}"){0,2}\s{0,8}>\s{0,64}(?:<value>\s{0,32})?/,
    value: "element",
  },
  // `<key>token</key><string>…</string>`
  { first: "<", between: /^<\/(?:key|name)>\s{0,32}<(?:string|value)>\s{0,8}/, value: "element" },
  // `"name": "TOKEN", "value": "…"`, `- name: TOKEN` and `value: …` below it
  {
    first: "\"'\\,\r\n ",
    before: /(?:name|key|variable|id|parameter)\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?[\w.:-]{0,40}$/i,
    between: /^\\?["']?[ \t]{0,4},?\s{1,32}\\?["']?(?:value|val|default)\\?["']?\s{0,4}[:=][ \t]{0,4}/i,
    value: "either",
  },
  // `variable "token" { default = "…" }`
  {
    first: '"',
    before: /variable\s{1,4}"[\w.-]{0,40}$/,
    between:
      /^"\s{0,4}\{\s{0,32}(?:(?:type|description|sensitive)[ ]{0,12}=[^\n]{0,80}\n[ \t]{0,16}){0,2}default[ ]{0,12}=[ ]{0,4}/,
    value: "quoted",
  },
  // PHP's `define('TOKEN', '…')`
  { first: "\"'", before: /\bdefine\s{0,4}\(\s{0,4}["']$/i, between: /^["']\s{0,4},\s{0,16}/, value: "quoted" },
  // `getenv("TOKEN", "…")`, `setProperty("token", "…")`, `["--token", "…"]`
  {
    first: "\"'`\\",
    between:
      /^\\?["'`]\]?[ \t]{0,8},\s{0,32}(?:(?:default|default_value|defaultValue|fallback)[ \t]{0,2}[=:][ \t]{0,2})?/,
    value: "quoted",
    loose: true,
  },
  // Go's `token string = "…"`
  {
    first: " \t",
    before: /(?:^|[^<])$/,
    between: /^[ \t]{1,8}[\w.*[\]]{1,32}[ \t]{0,8}=(?![=>])[ \t]{0,8}/,
    value: "quoted",
  },
  // C's `token[] = "…"`, C#'s `Token { get; set; } = "…"`
  { first: "[", between: /^\[[\w ]{0,16}\][ \t]{0,8}=(?!=)[ \t]{0,8}/, value: "quoted" },
  { first: " {", between: /^[ \t]{0,4}\{[ \t]{0,4}get;[^}\n]{0,40}\}[ \t]{0,4}=[ \t]{0,4}/, value: "quoted" },
  // `.token("…")`, `token{"…"}`
  { first: "({", between: /^[({][ \t]{0,4}/, value: "quoted", loose: true },
  // `#define TOKEN "…"`
  { first: " \t", before: /#[ \t]{0,4}define[ \t]{1,8}$/, between: /^[ \t]{1,32}/, value: "quoted" },
  // `ENV TOKEN …`, `setx TOKEN …`, `set -gx TOKEN …`, `proxy_set_header X-Token …;`
  {
    first: " \t",
    before:
      /(?:^|[\r\n])[ \t]{0,16}(?:ENV|ARG|setx|setenv|set[ \t]{1,4}-[a-zA-Z]{1,4}|SetEnv|proxy_set_header|fastcgi_param)[ \t]{1,8}$/i,
    between: /^[ \t]{1,16}/,
    value: "word",
  },
  // A line of its own: `requirepass …`, `password "…"`, Gradle's `apiToken '…'`
  { first: " \t", before: /(?:^|[\r\n])[ \t]{0,16}$/, between: /^[ \t]{1,16}(?=["'`])/, value: "quoted" },
  { first: " \t", before: /(?:^|[\r\n])[ \t]{0,16}$/, between: /^[ \t]{1,16}/, value: "either" },
];

/** `--token …`, `--token=…` */
const FLAG: Form = { first: " \t=", between: /^(?:[ \t]{1,4}|=)/, value: "word", loose: true };

const FOLLOWERS = new Uint8Array(256);
for (const { first } of FORMS) for (const byte of Buffer.from(first, "latin1")) FOLLOWERS[byte] = 1;

/** Calls that make of a text what the language wants, and letters before a quote. */
const WRAPPER =
  /^(?:(?:new )?(?:String|std::string|string|\[\]byte|bytes|str|Some|SecretStr|SecretString|Secret|Optional\.of|Buffer\.from|String::from|SecureString)\([ \t]{0,4})?(?:[rbufL@$]{1,2}(?=["'`]))?/i;
const OPENING = /^\\{0,3}["'`]/;
/** YAML's block scalars. */
const BLOCK = /^[|>][-+]?[ \t]{0,4}\r?\n[ \t]{1,32}/;

/** @param nameStart - with the dashes of a flag; @param path - of the file */
export function valueAt(bytes: Buffer, nameStart: number, nameEnd: number, path: string): GivenValue | undefined {
  const next = bytes[nameEnd];
  if (next === undefined || FOLLOWERS[next] === 0 || isProse(bytes, nameStart, nameEnd)) return undefined;
  const head = bytes.toString("latin1", nameEnd, Math.min(bytes.length, nameEnd + LONGEST_BETWEEN));
  const sign = head[0] as string;
  let known: string | undefined;
  // Most of what is met needs none.
  const before = (): string => {
    known ??= bytes.toString("latin1", Math.max(0, nameStart - LONGEST_BEFORE), nameStart);
    return known;
  };
  if (bytes[nameStart] === DASH && FLAG.first.includes(sign)) {
    const value = givenBy(FLAG, bytes, nameEnd, head, before, path);
    if (value !== undefined) return value;
  }
  for (const form of FORMS) {
    if (!form.first.includes(sign) || (form.before !== undefined && !form.before.test(before()))) continue;
    const value = givenBy(form, bytes, nameEnd, head, before, path);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Words before a name that a value follows after a blank. */
const COMMANDS = new Set(
  "env arg setx setenv set setenv proxy_set_header fastcgi_param define -x -gx -ux -lx -u -xg".split(" "),
);

/** A word follows after blanks, and nothing says that it is a value: most of what is met, and told without expressions. */
function isProse(bytes: Buffer, nameStart: number, nameEnd: number): boolean {
  const at = skip(bytes, nameEnd, nameEnd + 16, isBlank);
  if (at === nameEnd || !isWordByte(bytes[at] as number)) return false;
  if (bytes[nameStart] === DASH) return false;
  const assignment = skip(bytes, at, at + 48, (byte) => byte !== EQUALS && byte !== LINE_FEED);
  if (bytes[assignment] === EQUALS) return false;
  let from = nameStart;
  while (from > 0 && isBlank(bytes[from - 1] as number)) from -= 1;
  if (from === 0 || bytes[from - 1] === LINE_FEED) return false;
  if (from === nameStart) return true;
  let start = from;
  while (start > Math.max(0, from - 18) && (bytes[start - 1] as number) > 0x20) start -= 1;
  return !COMMANDS.has(bytes.toString("latin1", start, from).toLowerCase());
}

function givenBy(
  { between, value, loose }: Form,
  bytes: Buffer,
  nameEnd: number,
  head: string,
  before: () => string,
  path: string,
): GivenValue | undefined {
  const length = between.exec(head)?.[0].length;
  if (length === undefined) return undefined;
  const rest = head.slice(length);
  const at = nameEnd + length;
  const isLoose = loose === true;
  const isCompared = /={2,3}\s{0,32}$/.test(head.slice(Math.max(0, length - 40), length));
  switch (value) {
    case "element":
      return ended(bytes, at, isLoose, (byte) => byte !== LESS && byte !== LINE_FEED && byte !== CARRIAGE_RETURN);
    case "braced":
      return ended(bytes, at, isLoose, (byte) => byte > 0x20 && byte !== CLOSING_BRACE);
    case "parameter":
      return ended(bytes, at, true, isParameterByte);
    case "word":
      return (
        quoted(bytes, at, rest, isLoose) ??
        ended(bytes, at, isLoose, (byte) => byte > 0x20 && !isQuote(byte) && byte !== SEMICOLON && byte !== BACKSLASH)
      );
    case "quoted":
      return quoted(bytes, at, rest, isLoose);
    case "either":
      if (isCompared) return compared(quoted(bytes, at, rest, true));
      return quoted(bytes, at, rest, isLoose) ?? unquoted(bytes, at, rest, { before: before(), path, loose: isLoose });
  }
}

function quoted(bytes: Buffer, at: number, rest: string, loose: boolean): GivenValue | undefined {
  const wrapper = WRAPPER.exec(rest)?.[0].length ?? 0;
  const opening = OPENING.exec(rest.slice(wrapper))?.[0];
  if (opening === undefined) return undefined;
  let start = at + wrapper + opening.length;
  const quote = bytes[start - 1] as number;
  if (bytes[start] === quote && bytes[start + 1] === quote) start += 2;
  const escaped = opening.length > 1;
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, (byte) =>
    escaped ? byte !== BACKSLASH && byte !== quote && byte !== LINE_FEED : byte !== quote && byte !== LINE_FEED,
  );
  if (bytes[end] !== quote && !(escaped && bytes[end] === BACKSLASH)) return undefined;
  return trimmed(bytes, start, end, true, loose);
}

function compared(given: GivenValue | undefined): GivenValue | undefined {
  return given === undefined ? undefined : { ...given, compared: true };
}

interface Around {
  readonly before: string;
  readonly path: string;
  readonly loose: boolean;
}

function unquoted(bytes: Buffer, from: number, rest: string, { before, path, loose }: Around): GivenValue | undefined {
  // In a string that begins with the name, its end is the value's: `"TOKEN=…"`, `-H "X-Token: …"`.
  const inString = /["'`]$|\\[nrt]$/.test(before);
  const where = unquotedIn(path);
  if (where === "nowhere" && !inString) return undefined;
  // Part of a path or of a resource's name: `arn:aws:secretsmanager:eu-west-1:1:secret:prod/db`.
  if (/[:/]$/.test(before)) return undefined;
  const start = from + (BLOCK.exec(rest)?.[0].length ?? 0);
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, isUnquotedByte);
  const follows = bytes.toString("latin1", end, Math.min(bytes.length, end + 16));
  const tight = from > 0 && bytes[from - 1] === EQUALS;
  if (/^(?:["'`]|\\[nr"])/.test(follows)) {
    return end > start && (inString || /^["'`]/.test(follows)) ? value(start, end, inString, true) : undefined;
  }
  if (where === "nowhere") return undefined;
  if (/^[ \t]{0,15}(?:[\r\n#]|$)/.test(follows) || /^[ \t]{0,8};[ \t]{0,4}(?:[\r\n]|$)/.test(follows)) {
    return end > start ? value(start, end, false, loose || where === "text") : undefined;
  }
  return tight && end > start && /^[ ,}]/.test(follows) ? value(start, end, false, true) : undefined;
}

function value(start: number, end: number, isQuoted: boolean, loose: boolean): GivenValue {
  return { start, end, quoted: isQuoted, loose };
}

function ended(
  bytes: Buffer,
  start: number,
  loose: boolean,
  passes: (byte: number) => boolean,
): GivenValue | undefined {
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, passes);
  return end - start > LONGEST_VALUE ? undefined : trimmed(bytes, start, end, false, loose);
}

/** Without the blanks on both sides. */
function trimmed(bytes: Buffer, start: number, end: number, isQuoted: boolean, loose: boolean): GivenValue | undefined {
  let from = start;
  let to = end;
  while (from < to && (bytes[from] as number) <= 0x20) from += 1;
  while (to > from && (bytes[to - 1] as number) <= 0x20) to -= 1;
  return from < to ? value(from, to, isQuoted, loose) : undefined;
}

export function skip(bytes: Buffer, from: number, limit: number, passes: (byte: number) => boolean): number {
  const end = Math.min(limit, bytes.length);
  let i = from;
  while (i < end && passes(bytes[i] as number)) i += 1;
  return i;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DASH = 0x2d;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2a ||
    byte === 0x5f
  );
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

function isUnquotedByte(byte: number): boolean {
  return byte > 0x20 && !isQuote(byte) && byte !== SEMICOLON && byte !== 0x2c && byte !== BACKSLASH;
}

/** What a parameter of a URL holds, percent-encoded or not. */
function isParameterByte(byte: number): boolean {
  return (
    (isWordByte(byte) && byte !== 0x2a) ||
    byte === 0x25 ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2f ||
    byte === 0x2b ||
    byte === EQUALS ||
    byte === 0x7e
  );
}
