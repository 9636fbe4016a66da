/**
 * Where identity tokens come from: GitHub Actions hands them out at a URL, GitLab puts them into a variable, Kubernetes
 * projects them into a file. A token is never taken from the command line, where every user of the machine can read it.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { systemCause } from "../../../core/system-cause.ts";
import { valueAt } from "../../../core/untyped.ts";
import type { Environment } from "../../../net/proxy.ts";
import { bounds } from "./bounds.ts";
import { jsonOf, type Services, serviceUrl, wrongAnswer } from "./service.ts";
import { type IdentityToken, readToken, tokenProblem } from "./token.ts";

/** The variable that Sigstore's clients agree on; GitLab's `id_tokens:` names it in the job. */
export const TOKEN_VARIABLE = "SIGSTORE_ID_TOKEN";
/** Where Sigstore's clients look for Kubernetes' projected token. */
export const PROJECTED_TOKEN = "/var/run/sigstore/cosign/oidc-token";
export const DEFAULT_AUDIENCE = "sigstore";

export interface TokenSearch {
  /** `github`, `kubernetes`, `env://NAME` or a file; absent: whatever this environment has. */
  readonly named?: string;
  readonly audience: string;
  readonly environment: Environment;
  readonly services: Services;
  /** {@link PROJECTED_TOKEN} but in tests. */
  readonly projectedFile?: string;
}

/**
 * @returns undefined where none is named and this environment has none
 * @throws Problem (usage) `signing.token`; what asking GitHub's service throws
 */
export async function findToken(search: TokenSearch): Promise<IdentityToken | undefined> {
  const { named, environment, projectedFile = PROJECTED_TOKEN } = search;
  if (named === "github") return await gitHubToken(search);
  if (named === "kubernetes") return readToken(fileText(projectedFile, "Kubernetes"), projectedFile);
  if (named?.startsWith("env://")) return variableToken(named.slice("env://".length), environment);
  if (named !== undefined) {
    if (/^ey[\w-]+\.ey[\w-]+\.[\w-]*$/.test(named)) {
      const remedy = "use env://NAME, a file, github or kubernetes";
      throw tokenProblem("the command line", "other users of this machine can read arguments", remedy);
    }
    return readToken(fileText(named, named), named);
  }
  if (environment[TOKEN_VARIABLE] !== undefined) return variableToken(TOKEN_VARIABLE, environment);
  if (environment.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined) return await gitHubToken(search);
  const projected = fileTextIfThere(projectedFile);
  return projected === undefined ? undefined : readToken(projected, projectedFile);
}

function variableToken(name: string, environment: Environment): IdentityToken {
  const text = environment[name];
  if (text === undefined || text === "") throw tokenProblem(`env://${name}`, "the variable is not set");
  return readToken(text, `env://${name}`);
}

/** GitHub Actions: "About security hardening with OpenID Connect", the request that actions/toolkit's getIDToken makes. */
async function gitHubToken({ environment, audience, services }: TokenSearch): Promise<IdentityToken> {
  const source = "GitHub Actions";
  const { ACTIONS_ID_TOKEN_REQUEST_URL: asked, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
  if (asked === undefined || bearer === undefined) {
    throw tokenProblem(source, "the job may not request tokens", "set `permissions: id-token: write` in the workflow");
  }
  if (!/^[\x21-\x7e]+$/.test(bearer)) throw tokenProblem(source, "ACTIONS_ID_TOKEN_REQUEST_TOKEN is invalid");
  const url = serviceUrl(asked, "ACTIONS_ID_TOKEN_REQUEST_URL");
  url.searchParams.set("audience", audience);
  const what = "identity token";
  const { bytes } = await services.ask({
    what,
    url,
    method: "GET",
    headers: { authorization: `Bearer ${bearer}`, accept: "application/json" },
    accepts: [200],
    limit: bounds.tokenBytes,
  });
  const value = valueAt(jsonOf(bytes, what, url), ["value"]);
  if (typeof value !== "string") throw wrongAnswer(what, url, "the answer has no token");
  return readToken(value, source);
}

function fileText(path: string, name: string): string {
  try {
    return readSmall(path);
  } catch (error) {
    throw tokenProblem(name, systemCause(error));
  }
}

function fileTextIfThere(path: string): string | undefined {
  try {
    return readSmall(path);
  } catch {
    return undefined;
  }
}

/** One byte more than may be, so that what is too long is seen as such. */
function readSmall(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(bounds.tokenBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}
