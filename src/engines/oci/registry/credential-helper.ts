/**
 * Credential helpers (docker-credential-helpers, "Development"): a program `docker-credential-NAME` that is run with
 * `get`, reads the server's name on stdin and writes JSON to stdout.
 */
import { execFile } from "node:child_process";
import { parseJson } from "../../../core/parse-json.ts";
import { printable } from "../../../core/printable.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { bounds } from "./bounds.ts";
import type { Credentials, Environment } from "./credentials.ts";

export type HelperAnswer =
  | { readonly kind: "found"; readonly credentials: Credentials }
  /** The helper has none for this server. */
  | { readonly kind: "none" }
  /** It could not be asked, or what it says is no answer; never with anything that may be a secret. */
  | { readonly kind: "failed"; readonly why: string };

/** A name is part of a program's name and nothing else: no folder, no flag. */
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** What helpers print, with exit code 1, where they know nothing of the server. */
const NOT_FOUND = /credentials not found/i;

/** Asks a helper for a server's credentials. Runs what the user's own configuration names, without a shell. */
export async function askHelper(name: string, server: string, environment: Environment): Promise<HelperAnswer> {
  if (!HELPER_NAME.test(name)) return { kind: "failed", why: "its name is none of a program" };
  const program = `docker-credential-${name}`;
  const options = {
    env: { ...environment },
    timeout: bounds.helperMilliseconds,
    maxBuffer: netBounds.errorBytes,
    windowsHide: true,
  };
  const { error, stdout } = await new Promise<{ error: Error | null; stdout: string }>((resolve) => {
    const child = execFile(program, ["get"], options, (failure, output) => resolve({ error: failure, stdout: output }));
    // A helper that does not read its input is judged by what it prints.
    child.stdin?.on("error", () => {});
    child.stdin?.end(`${server}\n`);
  });
  if (error !== null) {
    if (NOT_FOUND.test(stdout)) return { kind: "none" };
    const code = "code" in error ? String(error.code) : "unknown";
    return { kind: "failed", why: printable(`${program} failed (${code})`) };
  }
  return read(stdout, program);
}

function read(stdout: string, program: string): HelperAnswer {
  let answer: { Username?: unknown; Secret?: unknown };
  try {
    answer = parseJson(stdout) as typeof answer;
  } catch {
    return { kind: "failed", why: `${program} answered no JSON` };
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") {
    return { kind: "failed", why: `${program} answered without Username and Secret` };
  }
  const credentials: Credentials =
    username === "<token>"
      ? { kind: "identity-token", token: secret, source: program }
      : { kind: "password", username, password: secret, source: program };
  return { kind: "found", credentials };
}
