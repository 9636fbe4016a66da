/**
 * Who asks, by the token that comes along, and whether that may be: by what the token grants, and by what the policy says now.
 * The challenges are those that clients know (distribution, "Token Authentication Specification"; RFC 6750, section 3).
 */
import { scopeText } from "../../../engines/oci/distribution/scope.ts";
import type { Authenticator, Grant, Identity, Refusal } from "../model.ts";
import { shownGrants } from "./access.ts";
import type { ClientToken, GuardTokens } from "./guard-tokens.ts";
import { anybody, holderFault, type Known } from "./holders.ts";

export interface Challenging {
  /** Of the token service, as clients reach it: `https://registry.example.com/token`. */
  readonly realm: string;
  /** As tokens name the guard: `registry.example.com`. */
  readonly service: string;
}

export function createAuthenticator(challenging: Challenging, tokens: GuardTokens, known: () => Known): Authenticator {
  return {
    async identify(authorization, wanted, now, catalog = false) {
      const challenge = (error?: "invalid_token" | "insufficient_scope", reason?: string) =>
        unauthorized(challenging, { wanted, catalog, ...(error === undefined ? {} : { error }) }, reason);
      const current = known();
      if (authorization === undefined) {
        // Clients learn of the token service by asking for nothing: who is answered then never asks for a token.
        if (wanted.length === 0 || catalog) return challenge();
        const identity = identityOf({ holder: anybody, grants: wanted, catalog: false }, current);
        return current.access.servesAnybody && holdsAll(identity, wanted, false) ? identity : challenge();
      }
      const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
      if (bearer === undefined) return challenge();
      const token = tokens.read(bearer, now);
      if (typeof token === "string") return challenge("invalid_token", `the token ${token}`);
      const ended = holderFault(token.holder, current, now);
      if (ended !== undefined) return challenge("invalid_token", `the token ${ended}`);
      const identity = identityOf(token, current);
      if (holdsAll(identity, wanted, catalog)) return identity;
      const isForbidden = forbidden(token.holder.name, wanted, catalog, current);
      // Who has no credentials yet may have some that help.
      if (isForbidden.length > 0 && token.holder.kind !== "anonymous") return denied(token.holder.name, isForbidden);
      return challenge("insufficient_scope");
    },
  };
}

function identityOf({ holder, grants, catalog }: ClientToken, { access }: Known): Identity {
  return {
    principal: access.principal(holder.name, holder.kind),
    grants: access.allowed(holder.name, grants),
    mayListCatalog: catalog && access.mayListCatalog(holder.name),
  };
}

function holdsAll({ grants, mayListCatalog }: Identity, wanted: readonly Grant[], catalog: boolean): boolean {
  const holds = ({ repository, actions }: Grant) =>
    actions.every((action) => grants.some((each) => each.repository === repository && each.actions.includes(action)));
  return wanted.every(holds) && (mayListCatalog || !catalog);
}

/** What of it no token would grant. */
function forbidden(name: string, wanted: readonly Grant[], catalog: boolean, { access }: Known): string {
  const refused = wanted.flatMap((grant) => {
    const allowed = access.allowed(name, [grant])[0]?.actions ?? [];
    const actions = grant.actions.filter((action) => !allowed.includes(action));
    return actions.length === 0 ? [] : [{ ...grant, actions }];
  });
  return shownGrants(refused, catalog && !access.mayListCatalog(name));
}

function denied(name: string, what: string): Refusal {
  return {
    status: 403,
    code: "DENIED",
    message: `${name} is not allowed: ${what} (no rule of registry.access grants it)`,
    detail: { principal: name, key: "registry.access" },
    headers: { "docker-distribution-api-version": "registry/2.0" },
  };
}

function unauthorized(
  { realm, service }: Challenging,
  asked: { readonly wanted: readonly Grant[]; readonly catalog: boolean; readonly error?: string },
  reason = "authentication required",
): Refusal {
  const scope = scopeText(asked.wanted, asked.catalog);
  const parameters = [
    `realm="${realm}"`,
    `service="${service}"`,
    ...(scope === "" ? [] : [`scope="${scope}"`]),
    ...(asked.error === undefined ? [] : [`error="${asked.error}"`]),
  ];
  return {
    status: 401,
    code: "UNAUTHORIZED",
    message: reason,
    headers: {
      "www-authenticate": `Bearer ${parameters.join(",")}`,
      "docker-distribution-api-version": "registry/2.0",
    },
  };
}
