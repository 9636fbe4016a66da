/**
 * What a client asks the token service for: by GET with Basic credentials (distribution, "Token Authentication Specification"),
 * or by POST with a form (the same, "Docker Registry v2 OAuth2").
 */
import { parseScopes, type Scope } from "../../../engines/oci/distribution/scope.ts";
import { bounds } from "./bounds.ts";

export interface TokenRequest {
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Of the client, as the connection has it. */
  readonly address: string;
}

export interface AskedToken {
  readonly by:
    | { readonly kind: "nothing" }
    | { readonly kind: "password"; readonly name: string; readonly password: string }
    | { readonly kind: "refresh"; readonly token: string };
  readonly service: string | undefined;
  readonly scopes: readonly Scope[];
  /** Whether a refresh token is wanted, too. */
  readonly isOffline: boolean;
  /** Answers to a form are called by its own words. */
  readonly isForm: boolean;
}

export interface BadRequest {
  readonly status: 400 | 405 | 413 | 415;
  /** RFC 6749, section 5.2. */
  readonly error: "invalid_request" | "unsupported_grant_type";
  readonly reason: string;
}

export function parseTokenRequest(request: TokenRequest): AskedToken | BadRequest {
  if (request.method === "GET" || request.method === "HEAD") return fromQuery(request);
  if (request.method === "POST") return fromForm(request);
  return bad(405, "only GET and POST are served");
}

function fromQuery({ query, authorization }: TokenRequest): AskedToken | BadRequest {
  const parameters = new URLSearchParams(query);
  const scopes = parseScopes(parameters.getAll("scope"));
  if (scopes === undefined) return bad(400, "too many scopes");
  const basic = authorization === undefined ? undefined : parseBasic(authorization);
  if (basic === "malformed") return bad(400, "the Authorization header is not of the Basic scheme");
  return {
    by: basic === undefined ? { kind: "nothing" } : { kind: "password", ...basic },
    service: parameters.get("service") ?? undefined,
    scopes,
    isOffline: parameters.get("offline_token") === "true",
    isForm: false,
  };
}

function fromForm({ body, contentType, authorization }: TokenRequest): AskedToken | BadRequest {
  if (body.length > bounds.formBytes) return bad(413, `the form is larger than ${bounds.formBytes} bytes`);
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? "")) {
    return bad(415, "the body is not a form");
  }
  const form = new URLSearchParams(body.toString("utf8"));
  const scopes = parseScopes(form.getAll("scope"));
  if (scopes === undefined) return bad(400, "too many scopes");
  const by = credentialsOf(form);
  if ("status" in by) return by;
  // Two who are somebody are one too many.
  if (authorization !== undefined) return bad(400, "credentials in the form and in the Authorization header");
  return {
    by,
    service: form.get("service") ?? undefined,
    scopes,
    isOffline: form.get("access_type") === "offline" || form.get("offline_token") === "true",
    isForm: true,
  };
}

function credentialsOf(form: URLSearchParams): AskedToken["by"] | BadRequest {
  const grant = form.get("grant_type");
  if (grant === "password") {
    const [name, password] = [form.get("username"), form.get("password")];
    if (name === null || password === null) return bad(400, "username and password are missing");
    return { kind: "password", name, password };
  }
  if (grant === "refresh_token") {
    const token = form.get("refresh_token");
    return token === null ? bad(400, "refresh_token is missing") : { kind: "refresh", token };
  }
  const reason = "grant_type is neither password nor refresh_token";
  return grant === null ? bad(400, reason) : { status: 400, error: "unsupported_grant_type", reason };
}

/** RFC 7617: the name ends at the first colon. */
function parseBasic(authorization: string): { readonly name: string; readonly password: string } | "malformed" {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return "malformed";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? "malformed" : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function bad(status: BadRequest["status"], reason: string): BadRequest {
  return { status, error: "invalid_request", reason };
}
