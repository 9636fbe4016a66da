/** The file of accounts: users and robots, and what their passwords are checked against. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { isObject } from "../../../core/untyped.ts";
import { writeWhole } from "../../../engines/files/write.ts";
import { bounds } from "./bounds.ts";
import { type PasswordHash, parsePasswordHash } from "./passwords.ts";

export interface Account {
  /** What is given as user name: `alice`. No two accounts share one. */
  readonly name: string;
  readonly kind: "user" | "robot";
  /** As it is written. */
  readonly password: string;
  /** Until when it counts. */
  readonly expires?: Date;
}

/** An account that may be asked for. */
export interface KnownAccount extends Account {
  readonly hash: PasswordHash;
  /** Of its password: tokens name it, and end with it. */
  readonly mark: string;
}

export type Accounts = ReadonlyMap<string, KnownAccount>;

export const accountName: RegExp = /^[a-z0-9][a-z0-9._@+-]{0,126}$/;
const VERSION = "bulkhead/v1";

/** @throws Problem (usage) `registry.accounts` that names what is wrong, and where */
export function readAccounts(path: string): Accounts {
  return parseAccounts(readText(path), path);
}

/** @param path - for the Problem */
export function parseAccounts(text: string, path: string): Accounts {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw refused(path, `not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (!isObject(document) || document.apiVersion !== VERSION || !Array.isArray(document.accounts)) {
    throw refused(path, `not a file of accounts: apiVersion ${VERSION} with a list of accounts expected`);
  }
  if (document.accounts.length > bounds.accounts) throw refused(path, `more than ${bounds.accounts} accounts`);
  const known = new Map<string, KnownAccount>();
  for (const [index, one] of document.accounts.entries()) {
    const account = accountOf(one, `${path}: accounts[${index}]`);
    if (known.has(account.name)) throw refused(`${path}: accounts[${index}]`, `a second account named ${account.name}`);
    known.set(account.name, account);
  }
  return known;
}

function accountOf(value: unknown, place: string): KnownAccount {
  if (!isObject(value)) throw refused(place, "not a mapping");
  const { name, kind, password, expires, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw refused(place, `unknown key ${unknown.slice(0, 100)}`);
  if (typeof name !== "string" || !accountName.test(name)) throw refused(place, "its name is not one of an account");
  if (kind !== "user" && kind !== "robot") throw refused(place, "its kind is neither user nor robot");
  const hash = typeof password === "string" ? parsePasswordHash(password) : undefined;
  if (hash === undefined) {
    throw refused(place, "its password is not a scrypt hash in PHC form", "use `bulkhead registry account add`");
  }
  const end = expires === undefined ? undefined : new Date(String(expires));
  if (end !== undefined && (typeof expires !== "string" || Number.isNaN(end.getTime()))) {
    throw refused(place, "its expiry date is not a time", "write it as 2027-01-31T00:00:00Z");
  }
  return {
    name,
    kind,
    password: String(password),
    hash,
    mark: createHash("sha256").update(String(password)).digest("base64url").slice(0, 16),
    ...(end === undefined ? {} : { expires: end }),
  };
}

/** Whole, or not at all; for its owner alone. */
export function writeAccounts(path: string, accounts: Iterable<Account>): void {
  const listed = [...accounts]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind, password, expires }) => ({
      name,
      kind,
      password,
      ...(expires === undefined ? {} : { expires: expires.toISOString() }),
    }));
  writeWhole(path, `${JSON.stringify({ apiVersion: VERSION, accounts: listed }, undefined, 2)}\n`, { mode: 0o600 });
}

function readText(path: string): string {
  try {
    if (statSync(path).size > bounds.accountsBytes) throw refused(path, `larger than ${bounds.accountsBytes} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    throw error instanceof Problem ? error : refused(path, systemCause(error));
  }
}

function refused(place: string, cause: string, remedy?: string): Problem {
  const code = "registry.accounts";
  return new Problem({ kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
