/** What a name says of the value that it is given: whether that is a secret, and of what kind. */

/** How much a name says: a `key` may be one of a map, a `password` may be a word. */
export type NameKind = "password" | "secret" | "key";

/** In every name of a secret one of these occurs. */
export const NAME_KEYWORDS = ["pass", "pwd", "secret", "token", "key", "cred", "auth", "salt"] as const;

/** What may follow the word for a secret in its name: `token_value`, `secret_base64_prod`. */
const QUALIFIER =
  /[-_.]?(?:value|val|base64|b64|hex|str|string|raw|plain|default|primary|secondary|current|old|new|main|prod|production|staging|stage|dev|live|salt|\d{1,3})$/i;

/** From the keyword on, the rest of a name of a secret: not `keyboard`, `author` or `token_url`. */
const ENDING =
  /^(?:pass(?:w(?:or)?d?|phrase|code|wort)?|pwd|secret|token|key|cred(?:ential)?|auth(?:tok)?|salt)s?(?:[-_.]?(?:key|value|val|token|secret|base64|b64|hex|str|string|raw|plain|default|primary|secondary|current|old|new|main|prod|production|staging|stage|dev|live|salt|\d{1,3})){0,2}$/i;

export function endsSecretName(rest: string): boolean {
  return ENDING.test(rest);
}

/** Names of what is public, or about a secret and none. */
const OTHER_NAMES =
  /public|pub_?key|publishable|hash(?![-_]?salt)|checksum|digest|sha\d|md5|integrity|csrf|xsrf|cancel|cursor|(?<!a)next(?!auth)|page|example|placeholder|label|regex|fingerprint|thumbprint|hint|prompt|error|invalid|forgot|reset_?pass|site_?key|recv|askpass|(?:proxy|grpc|[fsu]\w{0,5}cgi|wsgi|memcached)_pass$/i;

const PASSWORD =
  /(?:password|passwd|passphrase|passcode|passwort|(?<!by)(?<!com)(?<!kee)(?<!last)(?<!sur)(?<!tres)pass|pwd|passw|authtok)$/i;
const SECRET = /(?:secret|token|credentials?|creds?|api[-_.]?auth)$/i;
/** Words that make a key one that opens something, also where nothing parts them: `apikey`. */
const OPENING =
  /(?:api|app|access|auth|secret|private|priv|encryption|encrypt|decryption|decrypt|signing|master|account|license|licence|hmac|aes|jwt)[-_. ]?keys?$/i;
/** Keys of maps, tables, keyboards and stores, or of what is public: the word before says so. */
const OTHER_KEYS: ReadonlySet<string> = new Set(
  [
    "primary foreign partition sort range cache index unique composite lookup group map dict order row column object",
    "local storage query event field config setting settings i18n translation message title name path file keyring",
    "arrow hot shortcut menu tab meta modifier keyboard idempotency react item list data json yaml xml attr attribute",
    "property prop param header bucket s3 topic routing job task queue lock state store tenant entity record trace",
    "metric tag feature flag node tree registry context enum type icon color style theme nav route url namespace merge",
    "dedup dedupe duplicate join natural surrogate business issue project ticket board error status code host known",
    "trusted gpg pgp ssh model layer block expected actual other last first prev previous max min start end this that",
    "my the a sub parent child root",
  ]
    .join(" ")
    .split(" "),
);

/** `db_password_prod` without `_prod`: at most two of them. */
function withoutQualifiers(name: string): string {
  const once = name.replace(QUALIFIER, "");
  return once === name ? name : once.replace(QUALIFIER, "");
}

/**
 * @param name - with its separators, as `spring.datasource.password`, `X-Api-Key`
 * @returns undefined where it is no name of a secret
 */
export function nameKindOf(name: string): NameKind | undefined {
  if (OTHER_NAMES.test(name)) return undefined;
  const plain = withoutQualifiers(name);
  if (PASSWORD.test(plain)) return "password";
  if (SECRET.test(plain) || OPENING.test(plain) || /(?:secret|token)[-_.]?keys?$/i.test(plain)) return "secret";
  if (isCompoundKey(plain) || isFaintName(name)) return "key";
  return /(?:^|[-_.a-z])(?<!o)auth$/i.test(plain) ? "key" : undefined;
}

/** A mere `key` may be one of anything, and what is called salt need not be kept secret: either counts for little. */
export function isFaintName(name: string): boolean {
  return /^key$|(?:^|[-_.a-z])salt$/i.test(name);
}

/** `SESSION_KEY`, `sessionKey` and `SESSIONKEY`; not `monkey`, `key` and `cacheKey`. */
function isCompoundKey(name: string): boolean {
  const before = /^(.{1,64}?)(?:[-_.](?:key|Key|KEY)[sS]?|(?<=[a-z0-9])Keys?|(?<=[A-Z])KEYS?)$/.exec(name)?.[1];
  if (before === undefined) return false;
  const word = /(?:[A-Z]?[a-z0-9]{1,24}|[A-Z0-9]{1,24})$/.exec(before)?.[0].toLowerCase() ?? "";
  return !OTHER_KEYS.has(word);
}
