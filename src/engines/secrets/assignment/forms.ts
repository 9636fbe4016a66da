/** Where the value stands that a name is given, in the languages and files in which people write it. */

/** `quoted`: in quotes alone; `either`: also up to the line's end where the file is of a kind that has no quotes. */
type ValueForm = "quoted" | "either" | "element" | "braced" | "word" | "parameter";

export interface Form {
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
export const FORMS: readonly Form[] = [
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
export const FLAG: Form = { first: " \t=", between: /^(?:[ \t]{1,4}|=)/, value: "word", loose: true };
