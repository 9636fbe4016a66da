/**
 * Whether an identity token is its issuer's: its signature by the keys that the issuer publishes (OpenID Connect Discovery
 * 1.0, section 4; RFC 7517, RFC 7518). The issuer is one of those that the caller trusts, not whom the token names.
 */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { below, jsonOf, type Services, serviceUrl, wrongAnswer } from "./service.ts";
import { type IdentityToken, requireUsable, tokenProblem } from "./token.ts";

/** Issuers of build platforms that are known by themselves; others are named by the user. */
export const KNOWN_ISSUERS: readonly string[] = ["https://token.actions.githubusercontent.com", "https://gitlab.com"];

declare const verifiedBrand: unique symbol;

/** A token whose signature, issuer, audience and time were checked: its claims may be relied on. Made here alone. */
export type VerifiedToken = IdentityToken & { readonly [verifiedBrand]: true };

/** What a signature algorithm asks of its key; asymmetric ones alone, each with one kind of key. */
const ALGORITHMS: Readonly<Record<string, { readonly kty: string; readonly crv?: string; readonly hash: string }>> = {
  RS256: { kty: "RSA", hash: "sha256" },
  RS384: { kty: "RSA", hash: "sha384" },
  RS512: { kty: "RSA", hash: "sha512" },
  ES256: { kty: "EC", crv: "P-256", hash: "sha256" },
  ES384: { kty: "EC", crv: "P-384", hash: "sha384" },
};

export interface IssuerCheck {
  /** Exact URLs. */
  readonly issuers: readonly string[];
  readonly audience: string;
  readonly services: Services;
  readonly now: Date;
}

/** @throws Problem `signing.token` where it is not to be relied on; what asking the issuer throws */
export async function verifyToken(token: IdentityToken, check: IssuerCheck): Promise<VerifiedToken> {
  const { issuers, audience, services, now } = check;
  requireUsable(token, audience, now);
  if (!issuers.includes(token.issuer)) {
    const remedy = "name it with --oidc-issuer if it is your build platform's";
    throw tokenProblem(token.source, `issuer ${token.issuer} is not trusted`, remedy);
  }
  const { alg, kid, crit } = token.header;
  const algorithm = typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined) throw tokenProblem(token.source, "not signed by an algorithm that is accepted");
  if (crit !== undefined) throw tokenProblem(token.source, "critical extensions are not supported");
  const keys = (await publishedKeys(token.issuer, services)).filter(
    (key) =>
      key.kty === algorithm.kty &&
      key.crv === algorithm.crv &&
      (key.use ?? "sig") === "sig" &&
      (key.alg ?? alg) === alg &&
      (kid === undefined || key.kid === kid),
  );
  const { hash, kty } = algorithm;
  const holds = keys.map(publicKeyOf).some((key) => {
    if (key === undefined) return false;
    return verify(hash, token.signed, kty === "EC" ? { key, dsaEncoding: "ieee-p1363" } : key, token.signature);
  });
  if (!holds) throw tokenProblem(token.source, `not signed by a key that ${token.issuer} publishes`);
  return token as VerifiedToken;
}

async function publishedKeys(issuer: string, services: Services): Promise<Untyped[]> {
  const discovery = below(serviceUrl(issuer, "issuer"), "/.well-known/openid-configuration");
  const what = "issuer's configuration";
  const configuration = jsonOf(await fetched(what, discovery, services), what, discovery);
  if (valueAt(configuration, ["issuer"]) !== issuer) {
    throw wrongAnswer(what, discovery, "it is another issuer's");
  }
  const place = valueAt(configuration, ["jwks_uri"]);
  if (typeof place !== "string") throw wrongAnswer(what, discovery, "it names no keys (jwks_uri)");
  const url = serviceUrl(place, "jwks_uri");
  const keys = valueAt(jsonOf(await fetched("issuer's keys", url, services), "issuer's keys", url), ["keys"]);
  return Array.isArray(keys) ? (keys as unknown[]).filter(isObject) : [];
}

async function fetched(what: string, url: URL, services: Services): Promise<Buffer> {
  const headers = { accept: "application/json" };
  return (await services.ask({ what, url, method: "GET", headers, accepts: [200], limit: bounds.keySetBytes })).bytes;
}

function publicKeyOf(key: Untyped): KeyObject | undefined {
  try {
    const made = createPublicKey({ key: key as JsonWebKey, format: "jwk" });
    const bits = made.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < bounds.rsaBits.least ? undefined : made;
  } catch {
    return undefined;
  }
}
