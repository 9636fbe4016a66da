import { Problem } from "../../../core/problem.ts";
import type { Clock } from "../../../net/retry.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { basicAuthorization, describeRefusal } from "./credentials.ts";
import type { FoundCredentials } from "./docker-config.ts";
import type { RegistryLimits } from "./limits.ts";
import { fetchToken, isAcceptableRealm, type Token, type TokenRequest } from "./token.ts";
import type { Transport } from "./transport.ts";
import { describeUrl } from "./url.ts";

/** Knows what to put into the Authorization header of requests to one repository of one registry. */
export interface Authorizer {
  /** The header's value as far as it is known before the registry asks: from an earlier challenge. */
  current(signal: AbortSignal | undefined): Promise<string | undefined>;
  /**
   * The header's value that answers a challenge. `refused` is the value that the registry has just refused.
   *
   * @throws Problem `registry.denied` where there is nothing better to send, `registry.challenge`, and what the token
   *   service's client throws
   */
  answer(
    header: string | undefined,
    refused: string | undefined,
    said: string,
    signal: AbortSignal | undefined,
  ): Promise<string>;
  /** The problem to report where the registry denies what was authorised as well as it could be. */
  denied(place: string, said: string): Problem;
}

/** What is wanted of the repository. */
export type Access = "pull" | "pull,push";

export interface AuthorizerOptions {
  /** The registry's own URL; only its origin matters. */
  readonly registry: URL;
  /** The repository within the registry. */
  readonly repository: string;
  readonly access: Access;
  readonly found: FoundCredentials;
  readonly transport: Transport;
  readonly limits: RegistryLimits;
  readonly clock: Clock;
}

type Scheme = { readonly kind: "basic" } | { readonly kind: "bearer"; readonly request: TokenRequest };

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { registry, repository, access, found, transport, limits, clock } = options;
  const { credentials } = found;
  const place = `${describeUrl(registry)}${repository}`;
  /** By realm, service and scope. A promise, so that requests at the same time share one token. */
  const tokens = new Map<string, Promise<Token>>();
  let scheme: Scheme | undefined;

  async function tokenFor(
    request: TokenRequest,
    refused: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const key = JSON.stringify([request.realm.href, request.service, request.scope]);
    const known = await tokens.get(key)?.catch(() => undefined);
    if (known !== undefined && known.expiresAt > clock.now() && bearer(known.value) !== refused) {
      return bearer(known.value);
    }
    const fresh = fetchToken(request, credentials, transport, limits, clock, signal).catch(advised);
    tokens.set(key, fresh);
    return bearer((await fresh).value);
  }

  async function current(signal: AbortSignal | undefined): Promise<string | undefined> {
    if (credentials?.kind === "registry-token") return bearer(credentials.token);
    if (scheme?.kind === "basic" && credentials?.kind === "password") return basicAuthorization(credentials);
    if (scheme?.kind === "bearer") return await tokenFor(scheme.request, undefined, signal);
    return undefined;
  }

  async function answer(
    header: string | undefined,
    refused: string | undefined,
    said: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    if (credentials?.kind === "registry-token") throw denied(place, said);
    scheme = chooseScheme(header);
    if (scheme.kind === "bearer") return await tokenFor(scheme.request, refused, signal);
    const value = credentials?.kind === "password" ? basicAuthorization(credentials) : undefined;
    if (value === undefined || value === refused) throw denied(place, said);
    return value;
  }

  function chooseScheme(header: string | undefined): Scheme {
    const challenges = parseChallenges(header ?? "");
    if (challenges === undefined) throw unusable("its WWW-Authenticate header cannot be read");
    const bearer = challenges.find((challenge) => challenge.scheme === "bearer" && challenge.parameters.has("realm"));
    if (bearer !== undefined) return { kind: "bearer", request: tokenRequest(bearer) };
    if (challenges.some((challenge) => challenge.scheme === "basic")) return { kind: "basic" };
    throw unusable("it asks for neither a token (Bearer, with a realm) nor a password (Basic)");
  }

  function tokenRequest(challenge: Challenge): TokenRequest {
    const realm = URL.parse(challenge.parameters.get("realm") ?? "");
    if (realm === null) throw unusable("the realm of its token service is not a URL");
    if (!isAcceptableRealm(realm, registry)) {
      throw unusable(
        `its token service ${describeUrl(realm)} is not on https, so credentials and tokens could be read`,
      );
    }
    return { realm, service: challenge.parameters.get("service"), scope: scopeOf(challenge, repository, access) };
  }

  function unusable(cause: string): Problem {
    return new Problem({ kind: "input", code: "registry.challenge", place, cause });
  }

  /** A token service that says no knows nothing of how one logs in: the advice is the same as of the registry itself. */
  function advised(error: unknown): never {
    const remedy = advice();
    if (!(error instanceof Problem) || error.code !== "registry.denied" || remedy === undefined) throw error;
    const { kind, code, place: where, message: cause } = error;
    throw new Problem({ kind, code, place: where, cause, remedy }, { cause: error });
  }

  function advice(): string | undefined {
    const hints = credentials === undefined ? [`run \`docker login ${registry.host}\` and check the image name`] : [];
    if (credentials === undefined && found.note !== undefined) hints.push(found.note);
    return hints.length === 0 ? undefined : hints.join("; ");
  }

  function denied(where: string, said: string): Problem {
    const remedy = advice();
    return new Problem({
      kind: "unavailable",
      code: "registry.denied",
      place: where,
      cause: `${describeRefusal("the registry", credentials)}${said}`,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }

  return { current, answer, denied };
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

/**
 * Some registries name the repository differently in their scopes, so theirs counts; but a registry does not get to
 * make us ask for more than what is wanted.
 */
function scopeOf(challenge: Challenge, repository: string, access: Access): string {
  const asked = challenge.parameters.get("scope") ?? "";
  const [, named, actions] = /^repository:([^ ]+):(pull|push|pull,push|push,pull)$/.exec(asked) ?? [];
  if (named === undefined || (access === "pull" && actions !== "pull")) return `repository:${repository}:${access}`;
  return `repository:${named}:${access}`;
}
