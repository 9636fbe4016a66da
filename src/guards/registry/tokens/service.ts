/** The token service: credentials and scopes come in, a token goes out that grants of them what the policy allows. */
import { printable } from "../../../core/printable.ts";
import type { RepositoryAction } from "../../../engines/oci/distribution/model.ts";
import type { ServerAnswer } from "../../../net/server-model.ts";
import type { Grant } from "../model.ts";
import { type Attempts, createAttempts } from "./attempts.ts";
import type { Challenging } from "./authenticator.ts";
import type { GuardTokens, Holder } from "./guard-tokens.ts";
import { anybody, holderBy, holderFault, type Known, type Refused } from "./holders.ts";
import { createPasswordChecker, type PasswordChecker } from "./passwords.ts";
import { type AskedToken, type BadRequest, parseTokenRequest, type TokenRequest } from "./request.ts";

/** What came of a request, for metrics and the audit log. */
export interface TokenOutcome {
  readonly outcome: "issued" | "malformed" | Refused["outcome"];
  readonly address: string;
  /** Who it was, or said to be. */
  readonly principal?: string;
  readonly grants: readonly Grant[];
  readonly reason?: string;
}

export interface TokenService {
  /** Never throws for what a client sends. */
  answer(request: TokenRequest, now: Date): Promise<ServerAnswer>;
}

export interface TokenServiceOptions extends Challenging {
  readonly tokens: GuardTokens;
  known(): Known;
  onOutcome?(outcome: TokenOutcome): void;
}

export function createTokenService({ service, tokens, known, onOutcome }: TokenServiceOptions): TokenService {
  const checks: { attempts: Attempts; passwords: PasswordChecker } = {
    attempts: createAttempts(),
    passwords: createPasswordChecker(),
  };
  const tell = onOutcome ?? (() => undefined);
  return {
    async answer(request, now) {
      const { address } = request;
      const asked = parseTokenRequest(request);
      if ("status" in asked) {
        tell({ outcome: "malformed", address, grants: [], reason: asked.reason });
        return badAnswer(asked);
      }
      if (asked.service !== undefined && asked.service !== service) {
        tell({ outcome: "malformed", address, grants: [], reason: "another service" });
        return badAnswer({ status: 400, error: "invalid_request", reason: `this is the token service of ${service}` });
      }
      const current = known();
      const holder = await holderOf(asked, address, current, now);
      if ("outcome" in holder) {
        const said = asked.by.kind === "password" ? { principal: printable(asked.by.name.slice(0, 128)) } : {};
        tell({ outcome: holder.outcome, address, grants: [], ...said, reason: reasonOf(holder) });
        return refusedAnswer(holder, service);
      }
      const grants = current.access.allowed(holder.name, wantedOf(asked));
      const catalog = asked.scopes.some(({ kind }) => kind === "catalog") && current.access.mayListCatalog(holder.name);
      const { token, seconds } = tokens.issue({ holder, grants, catalog }, now);
      tell({ outcome: "issued", address, principal: holder.name, grants });
      return answerOf(200, {
        ...(asked.isForm ? {} : { token }),
        access_token: token,
        expires_in: seconds,
        issued_at: new Date(Math.floor(now.getTime() / 1_000) * 1_000).toISOString().replace(".000Z", "Z"),
        ...(asked.isForm ? { token_type: "Bearer", scope: shownScopes(grants, catalog) } : {}),
        ...refreshOf(asked, holder, now),
      });
    },
  };

  async function holderOf({ by }: AskedToken, address: string, current: Known, now: Date): Promise<Holder | Refused> {
    if (by.kind === "password") return await holderBy({ ...by, address }, current, checks, now);
    if (by.kind === "nothing") {
      return current.access.servesAnybody ? anybody : { outcome: "wrong", reason: "authentication required" };
    }
    // Such a token is 256 bits that nobody guesses: no attempts are counted, and a flood costs a look at a signature each.
    const holder = tokens.readRefresh(by.token, now);
    if (typeof holder === "string") return { outcome: "wrong", reason: `the refresh token ${holder}` };
    const ended = holderFault(holder, current, now);
    return ended === undefined ? holder : { outcome: "wrong", reason: `the refresh token ${ended}` };
  }

  /** A workload's own platform gives it a new token each time; who came by a refresh token keeps that. */
  function refreshOf({ by, isOffline, isForm }: AskedToken, holder: Holder, now: Date): object {
    if (by.kind === "refresh" && isForm) return { refresh_token: by.token };
    if (!isOffline || by.kind !== "password" || holder.kind === "workload") return {};
    return { refresh_token: tokens.issueRefresh(holder, now) };
  }
}

/** Scopes of one repository are one. */
function wantedOf({ scopes }: AskedToken): readonly Grant[] {
  const wanted = new Map<string, Set<RepositoryAction>>();
  for (const scope of scopes) {
    if (scope.kind !== "repository") continue;
    const actions = wanted.get(scope.repository) ?? new Set();
    for (const action of scope.actions) actions.add(action);
    wanted.set(scope.repository, actions);
  }
  return [...wanted].map(([repository, actions]) => ({ repository, actions: [...actions] }));
}

function shownScopes(grants: readonly Grant[], catalog: boolean): string {
  return [
    ...grants.map(({ repository, actions }) => `repository:${repository}:${actions.join(",")}`),
    ...(catalog ? ["registry:catalog:*"] : []),
  ].join(" ");
}

function badAnswer({ status, error, reason }: BadRequest): ServerAnswer {
  const answer = answerOf(status, errorOf(error, "UNSUPPORTED", reason));
  return status === 405 ? { ...answer, headers: { ...answer.headers, allow: "GET, HEAD, POST" } } : answer;
}

function reasonOf(refused: Refused): string {
  switch (refused.outcome) {
    case "wrong":
      return refused.reason;
    case "limited":
      return "too many wrong attempts";
    case "busy":
      return "too many log-ins at once";
    case "unavailable":
      return refused.problem.line();
  }
}

function refusedAnswer(refused: Refused, service: string): ServerAnswer {
  const reason = reasonOf(refused);
  const again = (status: number, code: string, seconds: number, text: string): ServerAnswer => {
    const answer = answerOf(status, errorOf("temporarily_unavailable", code, text));
    return { ...answer, headers: { ...answer.headers, "retry-after": String(seconds) } };
  };
  switch (refused.outcome) {
    case "wrong": {
      const answer = answerOf(401, errorOf("invalid_grant", "UNAUTHORIZED", reason));
      return { ...answer, headers: { ...answer.headers, "www-authenticate": `Basic realm="${service}"` } };
    }
    case "limited":
      return again(429, "TOOMANYREQUESTS", refused.seconds, `${reason}: try again in ${refused.seconds} s`);
    case "busy":
      return again(429, "TOOMANYREQUESTS", 1, reason);
    case "unavailable":
      // Where keys are and why they do not come is nothing to strangers.
      return again(503, "UNAVAILABLE", 15, "the issuer of the token could not be asked for its keys");
  }
}

/** Clients of either form find their words in it. */
function errorOf(error: string, code: string, message: string): object {
  return { error, error_description: message, errors: [{ code, message }] };
}

function answerOf(status: number, document: object): ServerAnswer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" },
    body: JSON.stringify(document),
  };
}
