/** Where a PostgreSQL is, as its URL says (libpq, "Connection URIs"). The environment says nothing: `PG*` variables are not read. */
import { readFileSync } from "node:fs";
import { usageProblem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";

export interface DatabaseAddress {
  /** `postgresql://db:5432/bulkhead`: without user and password, for messages. */
  readonly place: string;
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** False: not encrypted. Else certificates are verified, against these authorities where there are some. */
  readonly tls: false | { readonly ca?: string; readonly isVerified: boolean };
}

const parameters = new Set(["host", "port", "user", "password", "sslmode", "sslrootcert"]);

/**
 * @param url - `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=&sslrootcert=&host=`; over the network TLS with a verified
 *   certificate is wanted unless `sslmode` says otherwise, which is stricter than libpq
 * @throws {Problem} `cli.usage`; the URL is not in it, since it may hold a password
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  // Scanners of the published package would take an example with a password for one.
  const form = "postgresql://HOST:PORT/DATABASE, with USER:PASSWORD@ before HOST";
  const refuse = (cause: string, remedy = `write ${form}`) => usageProblem("the database's URL", cause, remedy);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) throw refuse("it is not a URL");
  if (parsed.protocol !== "postgresql:" && parsed.protocol !== "postgres:") throw refuse("it is not a PostgreSQL's");
  const given = parsed.searchParams;
  for (const name of given.keys()) {
    if (!parameters.has(name))
      throw refuse(`it has the parameter ${name}`, `these are known: ${[...parameters].join(", ")}`);
  }
  const host = given.get("host") ?? parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(given.get("port") ?? (parsed.port === "" ? "5432" : parsed.port));
  const database = decoded(parsed.pathname.slice(1));
  const user = given.get("user") ?? decoded(parsed.username);
  if (host === "") throw refuse("it names no host");
  if (host.includes(",")) throw refuse("it names several hosts", "name one that leads to the primary");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw refuse("its port is none");
  if (database === "" || database.includes("/")) throw refuse("it names no database");
  if (user === "") throw refuse("it names no user");
  const mode = given.get("sslmode");
  const rootCertificate = given.get("sslrootcert");
  return {
    place: host.startsWith("/") ? `postgresql:${host}/${database}` : `postgresql://${host}:${port}/${database}`,
    host,
    port,
    database,
    user,
    password: given.get("password") ?? decoded(parsed.password),
    tls: tlsOf(mode, rootCertificate, host, refuse),
  };
}

function tlsOf(
  mode: string | null,
  rootCertificate: string | null,
  host: string,
  refuse: (cause: string, remedy: string) => Error,
): DatabaseAddress["tls"] {
  const isLocal = host.startsWith("/") || host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
  switch (mode ?? (isLocal && rootCertificate === null ? "disable" : "verify-full")) {
    case "disable":
      return false;
    case "require":
      return { isVerified: false };
    case "verify-full":
      return { isVerified: true, ...(rootCertificate === null ? {} : { ca: certificatesOf(rootCertificate) }) };
    default:
      throw refuse(`its sslmode is ${mode}`, "write disable, require (not verified) or verify-full");
  }
}

function certificatesOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw usageProblem(path, systemCause(error), "sslrootcert names a file of PEM certificates");
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
