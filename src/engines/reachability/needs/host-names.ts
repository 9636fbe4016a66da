/** Names of hosts, as texts of manifests hold them. */
import { parseAddress } from "../../../core/ip-address.ts";

/** A host that a text names. */
export interface HostMention {
  /** Lower case, without a dot at its end; an address as it is written. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port?: number;
  readonly scheme?: string;
  /** The word before it, where that says what it is: `DATABASE_HOST`, `--redis-host`, `host`. */
  readonly key?: string;
  /** A number stands behind it as a word of its own: `nc -z redis 6379`. */
  readonly portBehind?: number;
}

/** Ports of schemes where a URL states none (IANA's registry of services). */
const SCHEME_PORTS: ReadonlyMap<string, number> = new Map([
  ["amqp", 5672],
  ["amqps", 5671],
  ["cassandra", 9042],
  ["clickhouse", 9000],
  ["ftp", 21],
  ["http", 80],
  ["https", 443],
  ["kafka", 9092],
  ["ldap", 389],
  ["ldaps", 636],
  ["mariadb", 3306],
  ["memcached", 11211],
  ["mongodb", 27017],
  ["mqtt", 1883],
  ["mqtts", 8883],
  ["mysql", 3306],
  ["nats", 4222],
  ["oracle", 1521],
  ["postgres", 5432],
  ["postgresql", 5432],
  ["redis", 6379],
  ["rediss", 6379],
  ["smtp", 25],
  ["smtps", 465],
  ["sqlserver", 1433],
  ["ws", 80],
  ["wss", 443],
  ["zookeeper", 2181],
]);

export function schemePort(scheme: string | undefined): number | undefined {
  return scheme === undefined ? undefined : SCHEME_PORTS.get(scheme);
}

/** They name no host: what stands behind them is a path of the machine, or a text of their own. */
const NO_HOST = new Set(["unix", "file", "data", "urn", "mailto", "about", "spiffe", "unixgram", "fd", "systemd"]);

const HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT = /^[1-9][0-9]{0,4}$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/** @returns undefined for what is none, or the pod's own */
export function hostOf(text: string): { readonly host: string; readonly isAddress: boolean } | undefined {
  if (text.length === 0 || text.length > 254) return undefined;
  const address = parseAddress(text);
  if (address !== undefined) {
    const { family, value } = address;
    const isOwn = value === 0n || (family === 4 ? value >> 24n === 127n : value === 1n);
    return isOwn ? undefined : { host: text, isAddress: true };
  }
  const host = (text.endsWith(".") ? text.slice(0, -1) : text).toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || !/[a-z]/.test(host)) return undefined;
  return host.split(".").every((label) => HOST.test(label)) ? { host, isAddress: false } : undefined;
}

export function portOf(text: string): number | undefined {
  const port = PORT.test(text) ? Number(text) : undefined;
  return port !== undefined && port <= 65_535 ? port : undefined;
}

/** Whatever separates words that may be hosts. `:`, `/`, `@` and `.` are within them. */
const BREAKS = new Set(" \t\r\n\"'`,;()[]{}<>|=&!*\\");

const QUERY_ENDS = new Set(" \t\r\"'`,");

interface Word {
  readonly text: string;
  readonly key: string | undefined;
}

/**
 * Words of a text. The key of one is what stands before it and says so: `key=`, `key:`, `--key`. The words of a list have
 * one key. Lines that are comments have none.
 */
function* wordsOf(text: string, isFile: boolean, firstKey: string | undefined): Generator<Word> {
  for (const line of text.split("\n")) {
    const begun = line.trimStart();
    if (isFile && (begun.startsWith("#") || begun.startsWith("//") || begun.startsWith(";"))) continue;
    let key = firstKey;
    let start = -1;
    // What follows a URL's `?name=` up to a space is its query's.
    let inQuery = false;
    for (let index = 0; index <= line.length; index++) {
      const character = line[index];
      const isEnd = character === undefined || BREAKS.has(character);
      if (character !== undefined && QUERY_ENDS.has(character) && start < 0) inQuery = false;
      if (!isEnd && start < 0) start = index;
      if (!isEnd || start < 0) continue;
      const word = line.slice(start, index);
      start = -1;
      const wasInQuery = inQuery;
      inQuery = character !== undefined && !QUERY_ENDS.has(character) && (inQuery || word.includes("?"));
      if (wasInQuery) continue;
      const isAssigned = nextIs(line, index, "=") || (isFile && nextIs(line, index, ":"));
      if (word.length > 1 && word.endsWith(":")) key = word.slice(0, -1);
      // A URL before `=` is the value that a query ends.
      else if ((isAssigned && !/[?@]|:\/\//.test(word)) || (word.startsWith("-") && word.length > 1)) key = word;
      else yield { text: word, key };
    }
  }
}

/** The first that is no space or quote from there on. */
function nextIs(line: string, from: number, wanted: string): boolean {
  let index = from;
  while (index < line.length && (line[index] === " " || line[index] === '"' || line[index] === "'")) index++;
  return line[index] === wanted;
}

/**
 * The hosts that a text names: `api`, `api.shop:3000`, `http://api/v1`, `jdbc:postgresql://db:5432/x`, `user:word@db:1`.
 *
 * @param key - what it is the value of
 */
export function hostsIn(text: string, { key, isFile = false }: { key?: string; isFile?: boolean } = {}): HostMention[] {
  const found: HostMention[] = [];
  let before: HostMention | undefined;
  for (const word of wordsOf(text, isFile, key)) {
    const number = portOf(word.text);
    if (number !== undefined && before !== undefined && before.port === undefined && before.scheme === undefined) {
      found[found.length - 1] = { ...before, portBehind: number };
    }
    before = mentionOf(word.text);
    if (before === undefined) continue;
    if (word.key !== undefined) before = { ...before, key: word.key };
    found.push(before);
  }
  return found;
}

function mentionOf(word: string): HostMention | undefined {
  const slashes = word.indexOf("://");
  if (slashes < 0) return withoutScheme(word);
  const before = word.slice(0, slashes).toLowerCase();
  const scheme = before.slice(before.lastIndexOf(":") + 1);
  if (!SCHEME.test(scheme) || NO_HOST.has(scheme)) return undefined;
  let rest = word.slice(slashes + 3);
  // gRPC's `dns:///api:3000` has no authority: the name is the path.
  if (rest.startsWith("/")) rest = rest.slice(1);
  const mention = authorityOf(rest);
  return mention === undefined ? undefined : { ...mention, scheme };
}

/** `api:3000`, `api`, `api:3000/path`; a name with a path and no port is a file or an image. */
function withoutScheme(word: string): HostMention | undefined {
  if (word.startsWith("/") || word.startsWith(".") || word.startsWith("-")) return undefined;
  // Oracle's jdbc:oracle:thin:@//db:1521/service, and user:word@db:5432.
  const at = word.lastIndexOf("@");
  const rest = at < 0 ? word : word.slice(at + 1).replace(/^\/\//, "");
  const mention = authorityOf(rest);
  if (mention === undefined || (mention.port === undefined && rest.includes("/"))) return undefined;
  return mention;
}

function authorityOf(text: string): HostMention | undefined {
  const end = text.search(/[/?#]/);
  const whole = end < 0 ? text : text.slice(0, end);
  const authority = whole.slice(whole.lastIndexOf("@") + 1);
  const colon = authority.indexOf(":");
  // More colons are an address of IPv6, or what is no host (`oracle:thin:db`).
  if (colon >= 0 && authority.indexOf(":", colon + 1) >= 0) {
    const bare = hostOf(authority);
    return bare?.isAddress === true ? bare : undefined;
  }
  const named = hostOf(colon < 0 ? authority : authority.slice(0, colon));
  if (named === undefined) return undefined;
  if (colon < 0) return named;
  const port = portOf(authority.slice(colon + 1));
  return port === undefined ? undefined : { ...named, port };
}

/** Words of a variable's, a flag's or a field's name that say that its value is a host. */
const HOST_WORDS = new Set(
  `addr address addresses addrs backend backends bootstrap broker brokers db dsn endpoint endpoints h host hostname hosts
   master nodes origin peer peers primary replica seed seeds server servers service services svc target targets upstream
   upstreams uri uris url urls`.split(/\s+/),
);

/** `DATABASE_HOST`, `--redis-host`, `brokers`, `redisUrl`. */
export function namesHost(key: string | undefined): boolean {
  if (key === undefined || key.length > 200) return false;
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.slice(-2).some((word) => HOST_WORDS.has(word));
}
