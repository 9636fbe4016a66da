/** Identity tokens (OpenID Connect Core 1.0, section 2; RFC 7519), read. Reading one verifies nothing. */
import { parseExactJson } from "../../../core/exact-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { decodeBase64Url } from "./encoding.ts";

export interface IdentityToken {
  /** Secret until it has expired: never shown. */
  readonly text: string;
  /** Where it is from, for messages. */
  readonly source: string;
  readonly header: Untyped;
  readonly claims: Untyped;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Seconds since 1970. */
  readonly expires: number;
  /** What is signed, and by which bytes. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** @throws Problem (usage) `signing.token`, which never repeats the token */
export function readToken(text: string, source: string): IdentityToken {
  const refused = (cause: string, remedy?: string) => tokenProblem(source, cause, remedy);
  const trimmed = text.trim();
  if (trimmed.length > bounds.tokenBytes) throw refused(`longer than ${bounds.tokenBytes} characters`);
  const parts = trimmed.split(".");
  const [header, claims, signature] = parts.map(decodeBase64Url);
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) {
    throw refused("not an identity token (JWT)");
  }
  const [head, body] = [objectOf(header), objectOf(claims)];
  if (head === undefined || body === undefined)
    throw refused("header or claims are not a JSON object without repeated keys");
  const { iss, sub, aud, exp } = body;
  if (typeof iss !== "string" || iss === "") throw refused("no issuer (iss)");
  if (typeof sub !== "string" || sub === "") throw refused("no subject (sub)");
  if (typeof exp !== "number" || !Number.isSafeInteger(exp)) throw refused("no expiry (exp)");
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((each): each is string => typeof each === "string");
  return {
    ...{ text: trimmed, source, header: head, claims: body, issuer: iss, subject: sub, audiences, expires: exp },
    signed: Buffer.from(trimmed.slice(0, trimmed.lastIndexOf("."))),
    signature,
  };
}

/** What holds of every use of a token. @throws Problem (usage) `signing.token` */
export function requireUsable(token: IdentityToken, audience: string, now: Date): void {
  const seconds = now.getTime() / 1_000;
  if (token.expires <= seconds) {
    throw tokenProblem(token.source, `expired at ${isoOf(token.expires)}`, "request a new one in the same job");
  }
  const { nbf } = token.claims;
  if (typeof nbf === "number" && nbf > seconds + bounds.clockSkewSeconds) {
    throw tokenProblem(token.source, `not valid before ${isoOf(nbf)}`);
  }
  if (!token.audiences.includes(audience)) {
    const cause = `its audience is ${token.audiences.join(", ") || "absent"}, not ${audience}`;
    throw tokenProblem(token.source, cause, `request it for the audience ${audience}`);
  }
}

/** What Fulcio has the key sign as proof of possession: the address of an e-mail identity, else the subject. */
export function challengeOf(token: IdentityToken): string {
  const { email, email_verified: verified } = token.claims;
  if (typeof email !== "string") return token.subject;
  // Some issuers write it as a text.
  if (verified !== true && verified !== "true")
    throw tokenProblem(token.source, `${email} is not verified by its issuer`);
  return email;
}

/** A text claim; numbers as some issuers write their ids. */
export function claimOf(token: IdentityToken, name: string): string | undefined {
  const value = Object.hasOwn(token.claims, name) ? token.claims[name] : undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function tokenProblem(source: string, cause: string, remedy?: string): Problem {
  const place = `identity token from ${source}`;
  return new Problem({
    kind: "usage",
    code: "signing.token",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function objectOf(bytes: Buffer): Untyped | undefined {
  const read = parseExactJson(bytes);
  return "value" in read && isObject(read.value) ? read.value : undefined;
}

function isoOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString();
}
