/** The accounts of a Unix system (passwd(5), shadow(5)). */

import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";
import type { FileFacts } from "../model.ts";
import type { Account } from "./model.ts";

export const passwdPath = "etc/passwd";
export const shadowPath = "etc/shadow";

/** Longer ones are no names: useradd(8) allows 32 characters. */
const NAME_LENGTH = 256;

export const accountFiles: Analyser = {
  id: "accounts",
  version: 1,
  evidence: "installed",
  basenames: ["passwd", "shadow"],
  maxBytes: bounds.smallFileBytes,
  wants: isAccountFile,
  analyse: ({ path, bytes }) => readAccounts(path === shadowPath ? "shadow" : "passwd", bytes.toString("utf8")),
};

export function isAccountFile(path: string): boolean {
  return path === passwdPath || path === shadowPath;
}

export function readAccounts(file: "passwd" | "shadow", text: string): Extract<FileFacts, { kind: "accounts" }> {
  const accounts: Account[] = [];
  let more = 0;
  for (const line of text.split("\n")) {
    const account = file === "passwd" ? ofPasswd(line.split(":")) : ofShadow(line.split(":"));
    if (account === undefined) continue;
    if (accounts.length < bounds.accounts) accounts.push(account);
    else more += 1;
  }
  return { kind: "accounts", accounts, more };
}

/** `name:password:uid:gid:comment:home:shell`; the C library skips what is none, and NIS's `+` lines are no accounts. */
function ofPasswd(fields: readonly string[]): Account | undefined {
  const [name = "", password = "", uid = "", gid = "", , , shell = ""] = fields;
  if (!isName(name) || !/^\d{1,10}$/.test(uid) || gid === "") return undefined;
  return { name, password: password === "x" ? "elsewhere" : stateOf(password), uid: Number(uid), shell: shell.trim() };
}

/** `name:password:changed:…` */
function ofShadow(fields: readonly string[]): Account | undefined {
  const [name = "", password] = fields;
  return !isName(name) || password === undefined ? undefined : { name, password: stateOf(password) };
}

function isName(name: string): boolean {
  return name !== "" && name.length <= NAME_LENGTH && !/^[+#-]/.test(name);
}

/** crypt(5): a hash has at least 13 characters of its alphabet; `!` before one, `*` and whatever else lock. */
function stateOf(password: string): Account["password"] {
  if (password === "") return "none";
  return /^[$./0-9A-Za-z_][-$./,=0-9A-Za-z_+]{12,}$/.test(password) ? "set" : "locked";
}
