/** What databases say becomes a Problem that callers make *unknown* of. */
import { Problem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";

/** SQLSTATE classes and codes (PostgreSQL, Appendix A) whose cause says what to do. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^28/, "check the user and the password in the database's URL"],
  [/^3D/, "create the database that the URL names"],
  [/^42501/, "the user must own the database, or be granted CREATE on its schema"],
  [/^53100/, "free space on the database's disk"],
  [/^53300/, "raise max_connections, or lower the connections of each replica"],
];

/** Of the driver's and PGlite's errors; a bug of ours stays what it is. */
export function storeProblem(error: unknown, place: string): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") {
    return isClosed(error) ? problemOf("store.unavailable", place, error.message, undefined, error) : error;
  }
  // Of node:fs, node:net and node:tls, and of the driver.
  if (!/^[0-9A-Z]{5}$/.test(code) || "syscall" in error) {
    return isOurs(code) ? error : problemOf("store.unavailable", place, causeOf(error, code), undefined, error);
  }
  if (code === "57014" || code === "55P03") {
    return problemOf("store.timeout", place, "the database did not answer in time", undefined, error);
  }
  // The server goes down, is not up yet, or ended the connection.
  if (/^(?:57P0|08)/.test(code)) return problemOf("store.unavailable", place, error.message, undefined, error);
  const remedy = remedies.find(([states]) => states.test(code))?.[1];
  return problemOf("store.failed", place, `${error.message} (SQLSTATE ${code})`, remedy, error);
}

export function timedOut(place: string, milliseconds: number): Problem {
  return problemOf("store.timeout", place, `the database did not answer within ${milliseconds / 1_000} s`);
}

export function busy(place: string, asking: number): Problem {
  return problemOf("store.busy", place, `${asking} questions wait for the database's answer`);
}

function problemOf(code: string, place: string, cause: string, remedy?: string, error?: unknown): Problem {
  return new Problem(
    { kind: "unavailable", code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    { cause: error },
  );
}

/** Node's own complaints about arguments: bugs. */
function isOurs(code: string): boolean {
  return code.startsWith("ERR_") && !code.startsWith("ERR_TLS_") && !code.startsWith("ERR_SSL_");
}

function isClosed({ message }: Error): boolean {
  return /PGlite is clos|already been destroyed|driver has already/.test(message);
}

const driverCauses: Readonly<Record<string, string>> = {
  CONNECT_TIMEOUT: "the connection was not made in time",
  CONNECTION_CLOSED: "the connection was closed",
  CONNECTION_ENDED: "the connection was ended",
  CONNECTION_DESTROYED: "the connection was ended",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "no such host",
};

function causeOf(error: Error, code: string): string {
  return driverCauses[code] ?? systemCause(error);
}
