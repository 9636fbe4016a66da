/** Queries of the distribution specification, read so that no other reader finds something else in them. */

export interface Parameters {
  /** Decoded as a form: a plus is a blank. */
  value(name: string): string | undefined;
  /** `?NAME=VALUE&…` as it was written, of these alone; without names all. Empty where there are none. */
  write(names?: readonly string[]): string;
}

const QUERY_LENGTH = 8_192;
const PARAMETERS = 32;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
/** What stands in a query (RFC 3986, section 3.4), without `;`, which some readers take for `&`. */
const VALUE = /^(?:[A-Za-z0-9._~!$'()*+,:@/?=-]|%[0-9A-Fa-f]{2})*$/;
/** What means something to a registry: in another case it would to one reader and not to the next. */
const KNOWN: ReadonlySet<string> = new Set([
  "digest",
  "digest-algorithm",
  "mount",
  "from",
  "n",
  "last",
  "artifacttype",
]);
const EXACT: ReadonlySet<string> = new Set([
  "digest",
  "digest-algorithm",
  "mount",
  "from",
  "n",
  "last",
  "artifactType",
]);

/** @returns a sentence without a full stop about what is wrong with it */
export function readQuery(query: string): Parameters | string {
  if (query.length > QUERY_LENGTH) return `the query is over ${QUERY_LENGTH} characters`;
  const written = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? "" : pair.slice(equals + 1);
    if (!NAME.test(name) || !VALUE.test(value)) return "the query has characters or escapes that do not belong there";
    if (KNOWN.has(name.toLowerCase()) && !EXACT.has(name)) return `the query has "${name}" in another case`;
    if (written.has(name)) return `the query has "${name}" twice`;
    if (decoded(value) === undefined) return `the query's "${name}" is not UTF-8`;
    if (written.size >= PARAMETERS) return `the query has more than ${PARAMETERS} parameters`;
    written.set(name, value);
  }
  return {
    value(name) {
      const value = written.get(name);
      return value === undefined ? undefined : decoded(value);
    },
    write(names = [...written.keys()]) {
      const pairs = names.flatMap((name) => (written.has(name) ? [`${name}=${written.get(name)}`] : []));
      return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
    },
  };
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
