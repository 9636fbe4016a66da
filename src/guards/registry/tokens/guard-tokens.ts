/**
 * Tokens that clients hold. They are for the guard alone: the engine trusts neither their audience nor the key that signs them.
 * What they grant is what was allowed when they were made; whoever reads one asks again what is allowed now.
 */
import { createHash, randomUUID } from "node:crypto";
import { createRecent } from "../../../core/recent.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { timeFault } from "../../../engines/jose/claims.ts";
import { parseCompact } from "../../../engines/jose/compact.ts";
import { signEs256, verifies } from "../../../engines/jose/signature.ts";
import type { RepositoryAction } from "../../../engines/oci/distribution/model.ts";
import type { Grant, Principal } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { KeyRing } from "./keys.ts";

/** Whom a token stands for, and what it ends with. */
export interface Holder {
  readonly name: string;
  readonly kind: Exclude<Principal["kind"], "internal">;
  /** Of the account's password, or of the rule that names the workload: a token ends where it is no longer there. */
  readonly mark?: string;
  /** Where what it showed of itself ends. */
  readonly endsAt?: Date;
}

export interface ClientToken {
  readonly holder: Holder;
  readonly grants: readonly Grant[];
  readonly catalog: boolean;
}

export interface Issued {
  readonly token: string;
  readonly seconds: number;
}

export interface GuardTokens {
  issue(held: ClientToken, now: Date): Issued;
  issueRefresh(holder: Holder, now: Date): string;
  /** @returns why it does not count, as a sentence's end */
  read(token: string, now: Date): ClientToken | string;
  readRefresh(token: string, now: Date): Holder | string;
}

/** Clients take a token of less than a minute for one of a minute. */
const LEAST_SECONDS = 60;

/** @param service - of tokens the issuer and the audience; refresh tokens have an audience of their own */
export function createGuardTokens(ring: () => KeyRing, service: string): GuardTokens {
  const refreshAudience = `${service} refresh`;
  const verified = createRecent<string, Untyped>(bounds.verified);

  function sign(claims: Readonly<Record<string, unknown>>, seconds: number, now: Date): string {
    const { kid, key } = ring().signer(now).guard;
    const at = Math.floor(now.getTime() / 1_000);
    const common = { iss: service, exp: at + seconds, nbf: at, iat: at, jti: randomUUID() };
    return signEs256({ kid }, { ...common, ...claims }, key);
  }

  function claimsOf(text: string, audience: string, now: Date): Untyped | string {
    const claims = signedClaims(text);
    if (typeof claims === "string") return claims;
    if (claims.iss !== service || claims.aud !== audience) return "is for something else";
    return timeFault(claims, now) ?? claims;
  }

  function signedClaims(text: string): Untyped | string {
    const token = parseCompact(text);
    if (token === undefined) return "is not a token";
    const { alg, kid, crit } = token.header;
    const key = typeof kid === "string" ? ring().verifier(kid) : undefined;
    // A key that is taken out of the file is gone, whatever it once verified.
    if (key === undefined || alg !== "ES256" || crit !== undefined) return "is not signed by a key of this registry";
    const mark = createHash("sha256").update(text).digest("base64");
    const known = verified.get(mark);
    if (known !== undefined) return known;
    if (!verifies("ES256", key, token.signed, token.signature)) return "has a signature that is wrong";
    verified.set(mark, token.claims, 1);
    return token.claims;
  }

  return {
    issue({ holder, grants, catalog }, now) {
      const left = holder.endsAt === undefined ? bounds.tokenSeconds : secondsUntil(holder.endsAt, now);
      const seconds = Math.min(bounds.tokenSeconds, Math.max(LEAST_SECONDS, left));
      const access = [
        ...grants.map(({ repository, actions }) => ({ type: "repository", name: repository, actions })),
        ...(catalog ? [{ type: "registry", name: "catalog", actions: ["*"] }] : []),
      ];
      return { token: sign({ aud: service, ...holderClaims(holder), access }, seconds, now), seconds };
    },
    issueRefresh(holder, now) {
      const left = holder.endsAt === undefined ? bounds.refreshSeconds : secondsUntil(holder.endsAt, now);
      return sign(
        { aud: refreshAudience, ...holderClaims(holder) },
        Math.max(0, Math.min(bounds.refreshSeconds, left)),
        now,
      );
    },
    read(text, now) {
      const claims = claimsOf(text, service, now);
      if (typeof claims === "string") return claims;
      const holder = holderOf(claims);
      const access = Array.isArray(claims.access) ? claims.access.filter(isObject) : undefined;
      if (holder === undefined || access === undefined) return "is not a token of this registry";
      return {
        holder,
        grants: access.flatMap(grantOf),
        catalog: access.some(({ type, name }) => type === "registry" && name === "catalog"),
      };
    },
    readRefresh(text, now) {
      const claims = claimsOf(text, refreshAudience, now);
      if (typeof claims === "string") return claims;
      return holderOf(claims) ?? "is not a token of this registry";
    },
  };
}

function secondsUntil(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / 1_000);
}

function holderClaims({ name, kind, mark, endsAt }: Holder) {
  return {
    sub: name,
    kind,
    ...(mark === undefined ? {} : { mark }),
    ...(endsAt === undefined ? {} : { end: Math.floor(endsAt.getTime() / 1_000) }),
  };
}

const kinds: readonly unknown[] = ["user", "robot", "workload", "anonymous"] satisfies readonly Holder["kind"][];

function holderOf({ sub, kind, mark, end }: Untyped): Holder | undefined {
  if (typeof sub !== "string" || !kinds.includes(kind)) return undefined;
  return {
    name: sub,
    kind: kind as Holder["kind"],
    ...(typeof mark === "string" ? { mark } : {}),
    ...(typeof end === "number" ? { endsAt: new Date(end * 1_000) } : {}),
  };
}

function grantOf({ type, name, actions }: Untyped): Grant[] {
  if (type !== "repository" || typeof name !== "string" || !Array.isArray(actions)) return [];
  return [{ repository: name, actions: actions as readonly RepositoryAction[] }];
}
