/** Secrets that are none: examples of documentation, placeholders, passwords of a machine's own test database. */

/** Words that stand in an example or a placeholder and not in a random text of its length. */
const PLACEHOLDER =
  /example|sample|dummy|placeholder|changeme|change[-_]me|replace[-_]?me|your[-_]|redacted|xxxx|\*\*\*\*|0{8}|1234567890|abcdef(?:gh|0123)|deadbeef|notreal|not[-_]a[-_]real|foobar|fake/i;

/** The machine itself, and the names that RFC 2606 and RFC 6761 keep for examples. */
const LOCAL_HOST =
  /@(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|host\.docker\.internal|(?:[\w-]{1,63}\.){0,4}example(?:\.(?:com|org|net))?|[\w.-]{1,100}\.(?:test|invalid|localhost))(?=[:/?#\s"'`]|$)/i;

/** The same in `key=value` strings of databases: ADO.NET, libpq; and in URLs without a user. */
const LOCAL_VALUE =
  /(?:\b(?:server|data source|host|hostaddr|addr|address|network address)\s{0,2}=\s{0,2}(?:tcp:)?|^jdbc:[a-z0-9]{2,20}:\/\/)(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|\((?:local|localdb)\)|host\.docker\.internal)(?=[\\,:;/?\s])/i;

/** Users of whom no password is asked (RFC 1635). */
const NOBODY = /:\/\/(?:anonymous|ftp):/i;

/** Users of examples, before the hash of a password. */
const ANYBODY = /^["'\s]?(?:foo|bar|baz|test|user|username|example|someone\w{0,16}):[$\\]/i;

/** @param match - what the rule matched, of which the secret may be a part */
export function isPlaceholder(secret: string, match: string): boolean {
  // The text of a long one holds any short word by chance.
  if (secret.length < 256 && PLACEHOLDER.test(secret)) return true;
  const start = match.slice(0, 2_048);
  return LOCAL_HOST.test(start) || LOCAL_VALUE.test(start) || NOBODY.test(start) || ANYBODY.test(start);
}
