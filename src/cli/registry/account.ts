import { dirname } from "node:path";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { isThere } from "../../engines/files/write.ts";
import { looksCompact } from "../../engines/jose/compact.ts";
import { type Account, accountName, readAccounts, writeAccounts } from "../../guards/registry/tokens/accounts.ts";
import { hashPassword, makeSecret } from "../../guards/registry/tokens/passwords.ts";

interface AccountsOptions {
  readonly accounts: string;
}

export interface AddOptions extends AccountsOptions {
  readonly robot: boolean;
  readonly expires?: string;
  readonly passwordStdin: boolean;
  readonly replace: boolean;
}

const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 1_000;

/** `bulkhead registry account add NAME`: a password that is generated is printed, once and nowhere else. */
export async function accountAdd(name: string, options: AddOptions): Promise<number> {
  const { accounts: path, robot, replace } = options;
  if (!accountName.test(name)) {
    throw usageProblem(name, "not a name of an account", "use lower-case letters, digits and . _ @ + -");
  }
  const expires = options.expires === undefined ? undefined : endOf(options.expires);
  const given = options.passwordStdin ? await passwordOnStandardInput() : undefined;
  const secret = given ?? makeSecret();
  const password = await hashPassword(secret);
  const kind = robot ? "robot" : "user";
  change(path, (accounts) => {
    if (accounts.has(name) && !replace) {
      throw usageProblem(name, "account already exists", "use --replace to give it a new password");
    }
    accounts.set(name, { name, kind, password, ...(expires === undefined ? {} : { expires }) });
  });
  const until = expires === undefined ? "" : `, until ${expires.toISOString()}`;
  process.stdout.write(`${kind}:${name} ${replace ? "replaced" : "added"} in ${printable(path)}${until}\n`);
  if (given === undefined) process.stdout.write(`password (shown once): ${secret}\n`);
  return 0;
}

/** `bulkhead registry account remove NAME`. */
export function accountRemove(name: string, { accounts: path }: AccountsOptions): number {
  change(path, (accounts) => {
    if (!accounts.delete(name)) throw usageProblem(printable(name), `no such account in ${printable(path)}`);
  });
  process.stdout.write(`${name} removed from ${printable(path)}\n`);
  return 0;
}

/** `bulkhead registry account list`: everything but the passwords. */
export function accountList({ accounts: path, json }: AccountsOptions & { readonly json: boolean }): number {
  const listed = [...readAccounts(path).values()].map(({ name, kind, expires }) => ({
    principal: `${kind}:${name}`,
    name,
    kind,
    expires: expires?.toISOString(),
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`);
    return 0;
  }
  const now = readClock().toISOString();
  const lines = listed.map(({ principal, expires }) => {
    if (expires === undefined) return principal;
    return `${principal}  ${expires <= now ? "expired" : "until"} ${expires}`;
  });
  process.stdout.write(lines.length === 0 ? "no accounts\n" : `${lines.join("\n")}\n`);
  return 0;
}

/** Read, changed and written in one step, which takes no longer than the file is large: passwords are hashed before. */
function change(path: string, act: (accounts: Map<string, Account>) => void): void {
  const folder = dirname(path);
  if (!isThere(folder)) throw usageProblem(printable(folder), "no such directory");
  const accounts = new Map<string, Account>(isThere(path) ? readAccounts(path) : []);
  act(accounts);
  writeAccounts(path, accounts.values());
}

function endOf(written: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(written);
  const end = new Date(isDay ? `${written}T23:59:59Z` : written);
  if (Number.isNaN(end.getTime())) throw usageProblem("--expires", "not a date or time", "2027-01-31");
  if (end <= readClock()) throw usageProblem("--expires", "in the past");
  return end;
}

async function passwordOnStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > 4 * MOST_CHARACTERS) break;
    chunks.push(chunk);
  }
  // The line end that editors add is not part of it.
  const password = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  const place = "password on standard input";
  const characters = [...password].length;
  if (/[\r\n]/.test(password)) throw usageProblem(place, "more than one line");
  if (characters < LEAST_CHARACTERS || characters > MOST_CHARACTERS) {
    throw usageProblem(place, `not of ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters`);
  }
  if (looksCompact(password)) throw usageProblem(place, "has the form of a token, which log-ins take for one");
  return password;
}
