/** Where a value begins behind its name, and where it ends. */
import { excerpt } from "../excerpt.ts";
import { byteAfter, byteBefore, FORMS_OF, isOperated, mayQuote, PREPARED_FLAG, type PreparedForm } from "./around.ts";
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  DASH,
  DOT,
  EQUALS,
  isBlank,
  isDottedByte,
  isParameterByte,
  isQuote,
  isUnquotedByte,
  isWordByte,
  LESS,
  LINE_FEED,
  looked,
  SEMICOLON,
  skip,
} from "./bytes.ts";
import type { Form } from "./forms.ts";
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
export const LONGEST_BETWEEN = 224;
/** Bytes before a name that say what it is: the tag, the command, the key of a pair. */
const LONGEST_BEFORE = 48;
/** Bytes behind a value that say whether it ends there. */
export const LONGEST_BEHIND = 16;

/** Whether a value may follow a name that ends before this byte: told before anything is looked at more closely. */
export function mayFollow(next: number | undefined): boolean {
  return next !== undefined && (FORMS_OF[next] as readonly PreparedForm[]).length > 0;
}

/** Calls that make of a text what the language wants, and letters before a quote. */
const WRAPPER =
  /^(?:<\w{1,20}>|\(\w{1,20}\) ?)?(?:(?:new )?(?:String|std::string|string|\[\]byte|bytes|str|Some|SecretStr|SecretString|Secret|Optional\.of|Buffer\.from|String::from|SecureString)\([ \t]{0,4})?(?:[rbufL@$]{1,2}(?=["'`]))?/i;
const OPENING = /^\\{0,3}["'`]/;
/** YAML's anchors and plain types. */
const YAML_MARK = /^(?:(?:&[\w-]{1,40}|!!(?:str|binary))[ \t]{1,4}){1,2}/;
/** A comment in a program. */
const COMMENT = /(?:^|[\r\n])[ \t]{0,16}(?:#|\/\/|--|;;?|\*)[ \t]{0,4}(?:export[ \t]{1,4})?$/;
/** YAML's block scalars. */
const BLOCK = /^[|>][-+]?[ \t]{0,4}\r?\n[ \t]{1,32}/;

/** @param nameStart - with the dashes of a flag; @param path - of the file */
export function valueAt(bytes: Buffer, nameStart: number, nameEnd: number, path: string): GivenValue | undefined {
  const next = bytes[nameEnd];
  if (next === undefined || !mayFollow(next) || isProse(bytes, nameStart, nameEnd)) return undefined;
  const isFlag = bytes[nameStart] === DASH && PREPARED_FLAG.first.includes(String.fromCharCode(next));
  const forms = FORMS_OF[next] as readonly PreparedForm[];
  const [behind, ahead] = [byteBefore(bytes, nameStart), byteAfter(bytes, nameEnd)];
  const hasOperator = isOperated(bytes, nameEnd);
  // Most of what is met needs neither.
  let known: string | undefined;
  const before = (): string => {
    known ??= excerpt(bytes, Math.max(0, nameStart - LONGEST_BEFORE), nameStart);
    return known;
  };
  let follows: string | undefined;
  const head = (): string => {
    follows ??= excerpt(bytes, nameEnd, nameEnd + LONGEST_BETWEEN);
    return follows;
  };
  if (isFlag) {
    const value = givenBy(PREPARED_FLAG, bytes, nameEnd, head(), before, path);
    if (value !== undefined) return value;
  }
  for (let nth = 0; nth < forms.length; nth++) {
    const form = forms[nth] as PreparedForm;
    if (form.behinds[behind] === 0 || form.aheads[ahead] === 0 || (form.isOperated && !hasOperator)) continue;
    // Where there is no value can be told sooner than where there is no name.
    if (form.before !== undefined && !(form.between.test(head()) && form.before.test(before()))) continue;
    const value = givenBy(form, bytes, nameEnd, head(), before, path);
    if (value !== undefined) return value;
  }
  return isQuote(next) && /(?:name|key|id)\s{0,2}=\s{0,2}["'][\w.:-]{0,40}$/i.test(before())
    ? turned(bytes, nameStart)
    : undefined;
}

/** Bytes before a name in which its value may stand. */
export const LONGEST_TURNED = 320;
/** `<param value="…" name="token"/>` */
const TURNED =
  /(\bvalue\s{0,2}=\s{0,2}")([^"<>\s]{8,240})"\s{1,16}(?:name|key|id)\s{0,2}=\s{0,2}"(?:[\w-]{1,24}[.:]){0,4}$/;

function turned(bytes: Buffer, nameStart: number): GivenValue | undefined {
  const from = Math.max(0, nameStart - LONGEST_TURNED);
  looked.begin = nameStart - LONGEST_TURNED;
  const match = TURNED.exec(excerpt(bytes, from, nameStart));
  if (match === null) return undefined;
  const start = from + match.index + (match[1] as string).length;
  return value(start, start + (match[2] as string).length, true, false);
}

/** `&`, percent-encoded. */
function isEncodedSeparator(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x25 && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x36;
}

/** Words before a name that a value follows after a blank. */
const COMMANDS = new Set(
  (
    "env arg setx setenv set setenv proxy_set_header fastcgi_param define -x -gx -ux -lx -u -xg " +
    "add put create secret config"
  ).split(" "),
);

/** A word follows after blanks, and nothing says that it is a value: most of what is met, and told without expressions. */
function isProse(bytes: Buffer, nameStart: number, nameEnd: number): boolean {
  let at = nameEnd;
  while (at < nameEnd + 16 && isBlank(bytes[at] ?? 0)) at += 1;
  if (at === nameEnd || !isWordByte(bytes[at] ?? 0)) return false;
  if (bytes[nameStart] === DASH) return false;
  for (let i = at; i <= at + 48 && bytes[i] !== LINE_FEED; i++) if (bytes[i] === EQUALS) return false;
  if (bytes[at] === 0x69 && bytes[at + 1] === 0x73 && isBlank(bytes[at + 2] ?? 0)) return false;
  let from = nameStart;
  if (bytes[from - 1] === DOT) while (from > 0 && isDottedByte(bytes[from - 1] as number)) from -= 1;
  const first = from;
  while (from > 0 && isBlank(bytes[from - 1] as number)) from -= 1;
  if (from === 0 || bytes[from - 1] === LINE_FEED) return false;
  if (from === first) return true;
  let start = from;
  while (start > Math.max(0, from - 18) && (bytes[start - 1] as number) > 0x20) start -= 1;
  const word = excerpt(bytes, start, from).toLowerCase();
  return !COMMANDS.has(word) && !word.startsWith("--");
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
  switch (value) {
    case "element":
      return ended(bytes, at, isLoose, (byte) => byte !== LESS && byte !== LINE_FEED && byte !== CARRIAGE_RETURN);
    case "bracketed":
      return ended(bytes, at, isLoose, (byte) => byte !== CLOSING_BRACKET && byte !== LINE_FEED);
    case "braced":
      return ended(bytes, at, isLoose, (byte) => byte > 0x20 && byte !== CLOSING_BRACE);
    case "parameter":
      return ended(bytes, at, true, isParameterByte);
    case "encoded":
      return ended(bytes, at, true, (byte, i) => isParameterByte(byte) && !isEncodedSeparator(bytes, i));
    case "word":
      return (
        quoted(bytes, at, rest, isLoose) ??
        ended(bytes, at, isLoose, (byte) => byte > 0x20 && !isQuote(byte) && byte !== SEMICOLON && byte !== BACKSLASH)
      );
    case "quoted":
      return quoted(bytes, at, rest, isLoose);
    case "either":
      if (/={2,3}\s{0,32}$/.test(head.slice(Math.max(0, length - 40), length)))
        return compared(quoted(bytes, at, rest, true));
      return quoted(bytes, at, rest, isLoose) ?? unquoted(bytes, at, rest, { before: before(), path, loose: isLoose });
  }
}

function quoted(bytes: Buffer, at: number, rest: string, loose: boolean): GivenValue | undefined {
  if (!mayQuote(bytes, at)) return undefined;
  const wrapper = (BLOCK.exec(rest) ?? WRAPPER.exec(rest))?.[0].length ?? 0;
  const opening = OPENING.exec(rest.slice(wrapper))?.[0];
  if (opening === undefined) return inPerl(bytes, at + wrapper, rest.slice(wrapper), loose);
  const first = at + wrapper + opening.length;
  let { start, isEscaped } = insideOf(bytes, first, opening.length > 1);
  const quote = bytes[start - 1] as number;
  if (bytes[start] === quote && bytes[start + 1] === quote) start += 2;
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, (byte) =>
    isEscaped ? byte !== BACKSLASH && byte !== quote && byte !== LINE_FEED : byte !== quote && byte !== LINE_FEED,
  );
  if (bytes[end] !== quote && !(isEscaped && bytes[end] === BACKSLASH)) return undefined;
  return trimmed(bytes, start, end, true, loose);
}

/** Perl's `q{…}`, Ruby's `%q(…)`. */
function inPerl(bytes: Buffer, at: number, rest: string, loose: boolean): GivenValue | undefined {
  const opening = /^%?q[qQ]?[{([|/]/.exec(rest)?.[0];
  if (opening === undefined) return undefined;
  const closing = { "{": "}", "(": ")", "[": "]" }[opening.at(-1) as string] ?? (opening.at(-1) as string);
  const start = at + opening.length;
  const end = skip(
    bytes,
    start,
    start + LONGEST_VALUE + 1,
    (byte) => byte !== closing.charCodeAt(0) && byte !== LINE_FEED,
  );
  return String.fromCharCode(bytes[end] ?? 0) === closing ? trimmed(bytes, start, end, true, loose) : undefined;
}

/** Past the quote of a text in a text: `"\"…\""`, `'"…"'`. */
function insideOf(bytes: Buffer, start: number, isEscaped: boolean): { start: number; isEscaped: boolean } {
  const quote = bytes[start - 1];
  const slashes = skip(bytes, start, start + 3, (byte) => byte === BACKSLASH);
  const next = bytes[slashes];
  if (isEscaped || next === undefined || !isQuote(next)) return { start, isEscaped };
  if (slashes > start) return { start: slashes + 1, isEscaped: true };
  return { start: next === quote ? start : start + 1, isEscaped };
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
  const given = unquotedIn(path);
  const where = given === "nowhere" && COMMENT.test(before) ? "text" : given;
  if (where === "nowhere" && !inString) return undefined;
  // Part of a path or of a resource's name: `arn:aws:secretsmanager:eu-west-1:1:secret:prod/db`; not Ruby's `:token: …`.
  if (/[:/]$/.test(before) && !/(?:^|[\r\n])[ \t]{0,8}:$/.test(before)) return undefined;
  const mark = YAML_MARK.exec(rest)?.[0].length ?? 0;
  const start = from + mark + (BLOCK.exec(rest.slice(mark))?.[0].length ?? 0);
  const end = skip(bytes, start, start + LONGEST_VALUE + 1, isUnquotedByte);
  const follows = excerpt(bytes, end, end + LONGEST_BEHIND);
  const tight = from > 0 && bytes[from - 1] === EQUALS;
  if (/^(?:["'`]|\\[nr"])/.test(follows)) {
    return end > start && (inString || /^["'`]/.test(follows)) ? value(start, end, inString, true) : undefined;
  }
  if (where === "nowhere" || end === start) return undefined;
  if (/^[ \t]{0,15}(?:[\r\n#]|$)|^[ \t]{0,8};[ \t]{0,4}(?:[\r\n]|$)|^[ \t]{1,14};/.test(follows)) {
    return value(start, end, false, loose || where === "text");
  }
  // `TOKEN=… run`, `then TOKEN=…; fi`, YAML's `{token: …, retries: 3}`
  const isPart = tight ? /^[ ,;}]/.test(follows) : where === "settings" && /[{,][ \t]{0,4}$/.test(before);
  return isPart && /^[ ,;}]/.test(follows) ? value(start, end, false, true) : undefined;
}

function value(start: number, end: number, isQuoted: boolean, loose: boolean): GivenValue {
  return { start, end, quoted: isQuoted, loose };
}

function ended(
  bytes: Buffer,
  start: number,
  loose: boolean,
  passes: (byte: number, at: number) => boolean,
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
