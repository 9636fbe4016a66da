/** A token service over files in a folder of its own, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { AccessRules } from "../../../engines/oci/distribution/access-model.ts";
import { type Account, writeAccounts } from "./accounts.ts";
import { makeKeys, writtenKeys } from "./keys.ts";
import { hashPassword } from "./passwords.ts";
import type { TokenOutcome } from "./service.ts";
import { keyFiles, openTokens, type Tokens, type TokensOptions } from "./tokens.ts";

export const SERVICE = "registry.example.com";
export const REALM = `https://${SERVICE}/token`;
export const ENGINE = { issuer: "bulkhead", service: "engine" };
export const now = new Date("2026-11-28T10:00:00Z");
export const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

export const rules: AccessRules = {
  access: [
    { who: ["user:alice"], repositories: ["shop/**"], actions: ["pull", "push"] },
    { who: ["robot:*"], repositories: ["shop/api"], actions: ["pull"] },
    { who: ["user:admin"], repositories: ["**"], actions: ["pull", "push", "delete", "catalog"] },
    { who: ["anonymous"], repositories: ["public/**"], actions: ["pull"] },
  ],
  identities: [],
  exempt: ["robot:scanner"],
  environments: { "robot:prod-*": "production" },
};

export const closed: AccessRules = { ...rules, access: rules.access.slice(0, 3) };

/** Put together at run time, so that no scanner of secrets finds one here. */
export const passwordOf = (name: string) => ["right", name, "horse"].join("-");

export interface OpenedTokens extends Tokens {
  readonly folder: string;
  readonly accounts: string;
  readonly outcomes: TokenOutcome[];
  /** From the next look on. */
  state(rules: AccessRules): void;
}

const hashes = new Map<string, Promise<string>>();

/** Hashing is dear: once for each name in a process. */
export async function account(name: string, more: Partial<Account> = {}): Promise<Account> {
  const hash = hashes.get(name) ?? hashPassword(passwordOf(name));
  hashes.set(name, hash);
  return { name, kind: "user", password: await hash, ...more };
}

export function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-tokens-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function opened(
  t: TestContext,
  stated: AccessRules = rules,
  more: Partial<TokensOptions> = {},
): Promise<OpenedTokens> {
  const folder = temporary(t);
  const accounts = join(folder, "accounts.json");
  mkdirSync(join(folder, "keys"));
  writeFileSync(join(folder, "keys", keyFiles.keys), writtenKeys(makeKeys(after(-600))));
  writeAccounts(accounts, [
    await account("alice"),
    await account("admin"),
    await account("scanner", { kind: "robot" }),
    await account("prod-1", { kind: "robot", expires: after(3_600) }),
  ]);
  const outcomes: TokenOutcome[] = [];
  let current = stated;
  const tokens = await openTokens({
    realm: REALM,
    service: SERVICE,
    root: folder,
    keys: join(folder, "keys"),
    accounts,
    engine: ENGINE,
    rules: () => current,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...more,
  });
  return { ...tokens, folder, accounts, outcomes, state: (next) => (current = next) };
}

export function basic(name: string, password = passwordOf(name)): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: Readonly<Record<string, unknown>>;
}

/** As docker asks. */
export async function get(
  tokens: Tokens,
  query: string,
  authorization?: string,
  at = now,
  address = "192.0.2.1",
): Promise<Answered> {
  const request = { method: "GET", query, authorization, contentType: undefined, body: Buffer.alloc(0), address };
  return answered(await tokens.service.answer(request, at));
}

/** As containerd asks. */
export async function post(
  tokens: Tokens,
  form: Readonly<Record<string, string>>,
  at = now,
  address = "192.0.2.1",
): Promise<Answered> {
  const request = {
    method: "POST",
    query: "",
    authorization: undefined,
    contentType: "application/x-www-form-urlencoded; charset=utf-8",
    body: Buffer.from(new URLSearchParams(form).toString()),
    address,
  };
  return answered(await tokens.service.answer(request, at));
}

export function answered({
  status,
  headers = {},
  body = "",
}: Awaited<ReturnType<Tokens["service"]["answer"]>>): Answered {
  return { status, headers, document: JSON.parse(String(body)) };
}

export async function bearer(tokens: Tokens, name: string, scope: string, at = now): Promise<string> {
  const { document } = await get(tokens, new URLSearchParams({ service: SERVICE, scope }).toString(), basic(name), at);
  return `Bearer ${document.token}`;
}
