import type { SecretValidity } from "../../rule.ts";
import { decodeBase64, decodeBase64Json } from "./base64.ts";

export interface DecodedJwt {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signature: Buffer;
}

/** The three parts of a signed JSON Web Token in compact form (RFC 7515, section 7.1); undefined where it is none. */
export function decodeJwt(text: string): DecodedJwt | undefined {
  const [head, payload, tail, ...more] = text.split(".", 4);
  if (head === undefined || payload === undefined || tail === undefined || more.length > 0) return undefined;
  const header = decodeBase64Json(head);
  const claims = decodeBase64Json(payload);
  const signature = decodeBase64(tail);
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  return { header, claims, signature };
}

/**
 * A token that someone signed: it names an algorithm, and that is not `none` (RFC 7518, section 3.6). One that expires
 * is "unsure": no clock is read here.
 */
export function jwtValidity(text: string): SecretValidity {
  const token = decodeJwt(text);
  if (token === undefined) return "invalid";
  const algorithm = token.header.alg;
  if (typeof algorithm !== "string" || algorithm.toLowerCase() === "none") return "invalid";
  return typeof token.claims.exp === "number" ? "unsure" : "valid";
}

/** As `jwtValidity`, where the claims must hold what the rule is about as well. */
export function jwtWith(wanted: (claims: Record<string, unknown>) => boolean): (text: string) => SecretValidity {
  return (text) => {
    const token = decodeJwt(text);
    return token !== undefined && wanted(token.claims) ? jwtValidity(text) : "invalid";
  };
}
