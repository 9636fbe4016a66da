/** Who is who, as of one reading of accounts and policy: what credentials come to, and whether who holds a token still counts. */
import { Problem } from "../../../core/problem.ts";
import { looksCompact } from "../../../engines/jose/compact.ts";
import { ANYBODY } from "../../../engines/oci/distribution/access-model.ts";
import type { Access } from "./access.ts";
import type { Accounts } from "./accounts.ts";
import { type Attempts, networkOf } from "./attempts.ts";
import type { Holder } from "./guard-tokens.ts";
import type { Identities } from "./identities.ts";
import type { PasswordChecker } from "./passwords.ts";

/** All that is read of files, put in place together. */
export interface Known {
  readonly accounts: Accounts;
  readonly access: Access;
  readonly identities: Identities;
}

export interface PasswordCredentials {
  readonly name: string;
  readonly password: string;
  /** Of the client, as the connection has it. */
  readonly address: string;
}

export type Refused =
  | { readonly outcome: "wrong"; readonly reason: string }
  | { readonly outcome: "limited"; readonly seconds: number }
  | { readonly outcome: "busy" }
  | { readonly outcome: "unavailable"; readonly problem: Problem };

export const anybody: Holder = { name: ANYBODY, kind: "anonymous" };

/** Whom a user name and a password, or a token in the password's place, stand for. */
export async function holderBy(
  { name, password, address }: PasswordCredentials,
  { accounts, identities }: Known,
  { attempts, passwords }: { readonly attempts: Attempts; readonly passwords: PasswordChecker },
  now: Date,
): Promise<Holder | Refused> {
  if (looksCompact(password)) {
    // Of a token the user name says nothing; and nobody guesses one, so that wrong ones count against nobody.
    const found = await identities.identify(password, now);
    if (found instanceof Problem) return { outcome: "unavailable", problem: found };
    return typeof found === "string" ? { outcome: "wrong", reason: `the token ${found}` } : found;
  }
  const seconds = attempts.wait(name, address, now);
  if (seconds > 0) return { outcome: "limited", seconds };
  const found = await byPassword({ name, password, address }, accounts, passwords, now);
  if (found === "busy") return { outcome: "busy" };
  if (typeof found === "string") {
    attempts.wrong(name, address, now);
    return { outcome: "wrong", reason: found };
  }
  attempts.right(name, address);
  return found;
}

/** One reason for all: which names there are is not told, nor by how long it takes. */
const WRONG = "wrong user name or password";

async function byPassword(
  { name, password, address }: PasswordCredentials,
  accounts: Accounts,
  passwords: PasswordChecker,
  now: Date,
): Promise<Holder | string> {
  const account = accounts.get(name);
  const isRight = await passwords.check(name, password, account?.hash, now, networkOf(address));
  if (isRight === "busy") return isRight;
  if (!isRight || account === undefined) return WRONG;
  if (account.expires !== undefined && account.expires <= now) {
    return `the account ${name} expired on ${account.expires.toISOString()}`;
  }
  return {
    name: `${account.kind}:${account.name}`,
    kind: account.kind,
    mark: account.mark,
    ...(account.expires === undefined ? {} : { endsAt: account.expires }),
  };
}

/** Why who holds a token does not count any more, as a sentence's end; undefined where it does. */
export function holderFault(holder: Holder, { accounts, access, identities }: Known, now: Date): string | undefined {
  const { name, kind, mark = "" } = holder;
  if (kind === "anonymous") return access.servesAnybody ? undefined : "is of nobody, and credentials are needed";
  if (kind === "workload") return identities.knows(mark) ? undefined : "is by a rule that is no longer in the policy";
  const account = accounts.get(name.slice(kind.length + 1));
  if (account === undefined || `${account.kind}:${account.name}` !== name)
    return "is of an account that is no longer there";
  if (account.mark !== mark) return "is of before the password was changed";
  return account.expires !== undefined && account.expires <= now ? "is of an account that expired" : undefined;
}
