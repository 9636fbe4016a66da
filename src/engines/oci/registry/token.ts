/**
 * The token service of a registry, as distribution's "Token Authentication Specification" and "Docker Registry v2
 * OAuth2" describe it.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import type { Clock } from "../../../net/retry.ts";
import { readBody } from "./body.ts";
import { basicAuthorization, type Credentials, describeRefusal, isBearerToken } from "./credentials.ts";
import type { RegistryLimits } from "./limits.ts";
import { follow } from "./redirect.ts";
import { errorText, refusal } from "./refusal.ts";
import { retry } from "./retry.ts";
import type { Transport } from "./transport.ts";
import { describeUrl, isLoopback } from "./url.ts";

export interface TokenRequest {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scope: string;
}

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a token service that does not say otherwise grants (`expires_in`). */
const DEFAULT_SECONDS = 60;
/** A token is left unused this long before its end: it has to last until the registry reads it. */
const MARGIN_SECONDS = 5;

/**
 * Asks for a token: with an identity token by POST, otherwise by GET, with Basic credentials where there are some.
 *
 * @throws Problem `registry.denied`, `registry.token` (no token in the answer), and what transport and redirects throw
 */
export async function fetchToken(
  request: TokenRequest,
  credentials: Credentials | undefined,
  transport: Transport,
  limits: RegistryLimits,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Token> {
  const { realm } = request;
  async function once(): Promise<Token> {
    const answer =
      credentials?.kind === "identity-token"
        ? await post(request, credentials.token, transport, signal)
        : await get(request, credentials, transport, limits, signal);
    if (answer.status === 401 || answer.status === 403 || (answer.status === 400 && credentials !== undefined)) {
      const said = await errorText(answer, limits, signal);
      throw new Problem({
        kind: "unavailable",
        code: "registry.denied",
        place: describeUrl(realm),
        cause: `${describeRefusal("the token service", credentials)}${said}`,
      });
    }
    if (answer.status !== 200) throw await refusal(answer, limits, clock, signal);
    const { stallMilliseconds, manifestBytes: limit } = limits;
    const received = clock.now();
    return readToken(await readBody(answer, { limit, stallMilliseconds, signal }), realm, received);
  }
  return await retry(once, limits, clock, signal);
}

/**
 * Whether a token service may be used for a registry. The registry is entitled to its own credentials (Basic
 * authentication would hand them over), so a realm on another host that it names gains nothing it could not have;
 * what must not happen is that the network reads them, or puts a token of its own in. Hence https always; plain http
 * only on loopback, or on the registry's very origin where that is plain http already, because the user said so.
 */
export function isAcceptableRealm(realm: URL, registry: URL): boolean {
  if (realm.protocol === "https:") return true;
  if (realm.protocol !== "http:") return false;
  return isLoopback(realm.hostname) || realm.origin === registry.origin;
}

function get(
  { realm, service, scope }: TokenRequest,
  credentials: Credentials | undefined,
  transport: Transport,
  limits: RegistryLimits,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", scope);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials?.kind === "password") {
    url.searchParams.set("account", credentials.username);
    headers.authorization = basicAuthorization(credentials);
  }
  return follow(transport, { url, method: "GET", headers }, limits, signal);
}

/** The secret is in the body, so a redirect is not followed: it ends as an unexpected status. */
function post(
  { realm, service, scope }: TokenRequest,
  identityToken: string,
  transport: Transport,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "bulkhead",
    scope,
    refresh_token: identityToken,
  });
  if (service !== undefined) form.set("service", service);
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  return transport.send({ url: realm, method: "POST", headers, body: form.toString() }, signal);
}

function readToken(bytes: Buffer, realm: URL, received: number): Token {
  let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = parseJson(bytes.toString()) as typeof answer;
  } catch {
    throw unusable(realm, "its answer is not JSON");
  }
  if (typeof answer !== "object" || answer === null) throw unusable(realm, "its answer is not a JSON object");
  // Both names are allowed, and equal where both are there.
  const value = answer.token ?? answer.access_token;
  if (!isBearerToken(value)) throw unusable(realm, "its answer has no token that could be sent");
  const given = answer.expires_in;
  const seconds = typeof given === "number" && given > 0 ? given : DEFAULT_SECONDS;
  return { value, expiresAt: received + Math.max(0, seconds - MARGIN_SECONDS) * 1_000 };
}

function unusable(realm: URL, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.token", place: describeUrl(realm), cause });
}
