/** Where the value stands that a name is given, in the languages and files in which people write it. */

/** `quoted`: in quotes alone; `either`: also up to the line's end where the file is of a kind that has no quotes. */
type ValueForm = "quoted" | "either" | "element" | "bracketed" | "braced" | "word" | "parameter" | "encoded";

export interface Form {
  /** The first byte behind the name is one of these. */
  readonly first: string;
  /** Where that is a blank, what may stand behind it and others: whatever else does, `between` matches nothing. Absent: anything. */
  readonly behind?: string;
  readonly between: RegExp;
  readonly before?: RegExp;
  /** What may stand before the name and blanks before it: behind all else `before` matches nothing. Absent: anything. */
  readonly last?: string;
  readonly value: ValueForm;
  readonly loose?: true;
}

/** What the end of a name in quotes, brackets or a call begins with, or a sign behind it. */
const QUOTE_OR_SIGN = "\"'`\\]) \t=:?.+|-<";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const LETTERS = LOWER + LOWER.toUpperCase();
/** Of a name, and what a name in quotes or brackets has before its last part. */
const WORD = `${LETTERS}0123456789_`;
const OF_NAME = `${WORD}.:-`;
/** White space but for blanks. */
const BREAKS = "\r\n\v\f\xa0";

/** A line's begin, with what stands before the last dot of a property's name. */
const LINE = /(?:^|[\r\n])[ \t]{0,16}(?:[\w-]{1,24}\.){0,5}$/;
/** What puts a value under a name in a store. */
const COMMAND =
  /\b(?:config|configure|secrets?|env|vars?|variables?)(?:[ \t:](?:set|add|put|create))?(?: --?[a-z]{1,12})?[ \t]{1,4}["']?(?:[\w-]{1,24}[.:/]){0,4}$/;

/** In order: the first that fits and has a value counts. */
export const FORMS: readonly Form[] = [
  // `?token=…&`
  { first: "=", before: /[?&;]$/, last: "?&;", between: /^=/, value: "parameter", loose: true },
  // The same within another URL: `%3Ftoken%3D…%26`
  { first: "%", between: /^%3D/i, value: "encoded", loose: true },
  // `${API_TOKEN:-…}`, Spring's `${API_TOKEN:…}`
  { first: ":=", before: /\$\{[\w.-]{0,40}$/, last: `${OF_NAME}{`, between: /^(?::[-=]?|=)/, value: "braced" },
  // `token: string = "…"`, `token: &'static str = "…"`
  {
    first: ":? \t",
    behind: ":",
    between: /^\??[ \t]{0,4}:[ \t]{0,4}[A-Za-z_&*'([][\w.<>&'*?|[\](), ]{0,48}=(?![=>])\s{0,16}/,
    value: "quoted",
  },
  // `token = "…"`, `"token": "…"`, `token ||= "…"`, `TOKEN := …`, R's `token <- "…"`, `token = (` and the text below it
  {
    first: QUOTE_OR_SIGN,
    behind: ":|?.+=-<",
    between:
      /^(?:\\{0,2}["'`])?[\])]{0,3}[ \t]{0,16}(?::{1,3}=|\|\|=|\?\?=|[?.+]=|=>|->|<{1,2}-|={1,3}(?![=>~])|:(?!:))(?:[ \t]{0,8}\(\s{0,32}(?=["'`])|\s{0,32}(?=["'`])|[ \t]{0,16})/,
    value: "either",
  },
  // `process.env.X || "…"`, `os.environ.get("TOKEN") or "…"`
  {
    first: "\"'`]) \t|?",
    behind: "|?o",
    between: /^(?:\\{0,2}["'`])?[\])]{0,3}[ \t]{0,4}(?:\|\||\?\?|\?:|or\b)\s{0,16}/,
    value: "quoted",
  },
  // `ENV.fetch("TOKEN") { "…" }`, `env::var("TOKEN").unwrap_or("…")`, `Optional.of(getenv("TOKEN")).orElse("…")`
  {
    first: "\"'`",
    between:
      /^["'`]\){1,3}(?:[ \t]{0,4}\{[ \t]{0,4}|\.(?:unwrap_or(?:_else)?|or_else|orElse|getOrElse)\((?:\|\w{0,8}\|[ \t]{0,4})?)/,
    value: "quoted",
    loose: true,
  },
  // `<token><![CDATA[…]]></token>`
  {
    first: ">",
    before: /<[\w.:-]{0,40}$/,
    last: `${OF_NAME}<`,
    between: /^>\s{0,64}<!\[CDATA\[\s{0,16}/,
    value: "bracketed",
  },
  // `<token>…</token>`
  { first: ">", before: /<[\w.:-]{0,40}$/, last: `${OF_NAME}<`, between: /^>\s{0,64}/, value: "element" },
  // `<add key="token" value="…"/>`, `<meta name="token" content="…">`, `<name="token" /> <value="…" />`
  {
    first: "\"'",
    before: /(?:name|key|id)\s{0,2}=\s{0,2}["'][\w.:-]{0,40}$/i,
    last: `${OF_NAME}"'`,
    between:
      /^["'](?:\s{1,16}(?:\w{1,16}="[^"<>]{0,60}"\s{1,8}){0,2}(?:value|content)|\s{0,4}\/?>\s{0,32}<value)\s{0,2}=\s{0,2}/i,
    value: "quoted",
  },
  // `<string name="token">…</string>`
  {
    first: "\"'",
    before: /(?:name|key|id)\s{0,2}=\s{0,2}["'][\w.: -]{0,40}$/i,
    last: `${OF_NAME}"'`,
    between: /^["'](?:\s{1,8}\w{1,16}="[^"<>]{0,60}"){0,2}\s{0,8}>\s{0,64}(?:<value>\s{0,32})?/,
    value: "element",
  },
  // `<key>token</key><string>…</string>`
  { first: "<", between: /^<\/(?:key|name)>\s{0,32}<(?:string|value)>\s{0,8}/, value: "element" },
  // `"name": "TOKEN", "value": "…"`, `- name: TOKEN` and `value: …` below it
  {
    first: "\"'\\,\r\n ",
    behind: `${WORD}${BREAKS},\\"'`,
    before: /(?:name|key|variable|id|parameter)\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?[\w.:-]{0,40}$/i,
    last: `${OF_NAME}${BREAKS}=\\"'`,
    between: /^\\?["']?[ \t]{0,4},?\s{1,32}\\?["']?\w{0,16}(?:value|val|default)\\?["']?\s{0,4}[:=][ \t]{0,4}/i,
    value: "either",
  },
  // `variable "token" { default = "…" }`
  {
    first: '"',
    before: /variable\s{1,4}"[\w.-]{0,40}$/,
    last: `${OF_NAME}"`,
    between:
      /^"\s{0,4}\{\s{0,32}(?:(?:type|description|sensitive)[ ]{0,12}=[^\n]{0,80}\n[ \t]{0,16}){0,2}default[ ]{0,12}=[ ]{0,4}/,
    value: "quoted",
  },
  // PHP's `define('TOKEN', '…')`
  {
    first: "\"'",
    before: /\bdefine\s{0,4}\(\s{0,4}["']$/i,
    last: "\"'",
    between: /^["']\s{0,4},\s{0,16}/,
    value: "quoted",
  },
  // `getenv("TOKEN", "…")`, `setProperty("token", "…")`, `["--token", "…"]`
  {
    first: "\"'`\\",
    between:
      /^\\?["'`]\]?[ \t]{0,8},\s{0,32}(?:(?:default|default_value|defaultValue|fallback)[ \t]{0,2}[=:][ \t]{0,2})?/,
    value: "quoted",
    loose: true,
  },
  // Go's `token string = "…"`, Basic's `token As String = "…"`
  {
    first: " \t",
    behind: `${WORD}.*[]`,
    before: /(?:^|[^<])$/,
    between: /^[ \t]{1,8}(?:As[ \t]{1,4}(?:New[ \t]{1,4})?)?[\w.*[\]]{1,32}[ \t]{0,8}=(?![=>])[ \t]{0,8}/,
    value: "quoted",
  },
  // C's `token[] = "…"`, C#'s `Token { get; set; } = "…"`
  { first: "[", between: /^\[[\w ]{0,16}\][ \t]{0,8}=(?!=)[ \t]{0,8}/, value: "quoted" },
  {
    first: " {",
    behind: "{",
    between: /^[ \t]{0,4}\{[ \t]{0,4}get;[^}\n]{0,40}\}[ \t]{0,4}=[ \t]{0,4}/,
    value: "quoted",
  },
  // `.token("…")`, `token{"…"}`
  { first: "({", between: /^[({][ \t]{0,4}/, value: "quoted", loose: true },
  // `#define TOKEN "…"`
  { first: " \t", before: /#[ \t]{0,4}define[ \t]{1,8}$/, last: "e", between: /^[ \t]{1,32}/, value: "quoted" },
  // `ENV TOKEN …`, `setx TOKEN …`, `set -gx TOKEN …`, `proxy_set_header X-Token …;`
  {
    first: " \t",
    before:
      /(?:^|[\r\n])[ \t]{0,16}(?:ENV|ARG|setx|setenv|set[ \t]{1,4}-[a-zA-Z]{1,4}|SetEnv|proxy_set_header|fastcgi_param)[ \t]{1,8}$/i,
    last: LETTERS,
    between: /^[ \t]{1,16}/,
    value: "word",
  },
  // Erlang's `{token, "…"}`, a row of a table
  { first: ",", before: /\{[ \t]{0,4}$/, last: "{", between: /^,[ \t]{0,4}(?:<<)?/, value: "quoted" },
  { first: ",", before: /(?:^|[\r\n])$/, last: "\r\n", between: /^,/, value: "parameter", loose: true },
  {
    first: " |",
    behind: "|",
    before: /\|[ \t`*]{0,8}$/,
    last: "|`*",
    between: /^[ \t]{0,24}\|[ \t`*]{1,16}/,
    value: "word",
    loose: true,
  },
  // Clojure's `:token "…"`
  { first: " ", behind: '"', before: /(?:^|[\s({,[]):$/, last: ":", between: /^[ \t]{1,16}(?=")/, value: "quoted" },
  // `gh secret set TOKEN --body …`, `npm config set token …`
  {
    first: " \t\"'",
    before: COMMAND,
    last: `${LOWER}"'.:/`,
    between: /^["']?[ \t]{1,8}(?:(?:-b|--body|--value|--data)[ =]{1,2})?/,
    value: "word",
    loose: true,
  },
  // The token is …
  { first: " ", behind: "i", between: /^ is:? {1,2}/, value: "word", loose: true },
  // A line of its own: `requirepass …`, `password "…"`, Gradle's `apiToken '…'`, a property's `api.token …`
  { first: " \t", behind: "\"'`", before: LINE, last: "\r\n.", between: /^[ \t]{1,16}(?=["'`])/, value: "quoted" },
  { first: " \t", before: LINE, last: "\r\n.", between: /^[ \t]{1,16}/, value: "either" },
];

/** `--token …`, `--token=…` */
export const FLAG: Form = { first: " \t=", between: /^(?:[ \t]{1,4}|=)/, value: "word", loose: true };
