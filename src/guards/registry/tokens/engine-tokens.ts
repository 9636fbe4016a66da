/**
 * Tokens for the engine, by which it takes requests of the guard and of nobody else. distribution 2.8.3 takes a key that comes
 * along as a certificate (`x5c`), and an audience that is a text; 3 also knows it by its `kid` in a set of keys.
 */
import { randomUUID } from "node:crypto";
import { readClock } from "../../../core/clock.ts";
import { createRecent } from "../../../core/recent.ts";
import { signEs256 } from "../../../engines/jose/signature.ts";
import { scopeText } from "../../../engines/oci/distribution/scope.ts";
import type { EngineTokens } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { KeyRing } from "./keys.ts";

export interface EngineTrust {
  /** As the engine's `auth.token.issuer` and `auth.token.service` say. */
  readonly issuer: string;
  readonly service: string;
}

const REMEMBERED = 2_000;

export function createEngineTokens(
  ring: () => KeyRing,
  { issuer, service }: EngineTrust,
  now: () => Date = () => readClock(),
): EngineTokens {
  let made = createRecent<string, { readonly text: string; readonly until: number }>(REMEMBERED);
  let by: KeyRing | undefined;
  return {
    authorization(grants, catalog = false) {
      const keys = ring();
      if (keys !== by) {
        // What a key signed that was taken away is not used on.
        made = createRecent(REMEMBERED);
        by = keys;
      }
      const scope = scopeText(grants, catalog);
      const time = now();
      const known = made.get(scope);
      if (known !== undefined && time.getTime() < known.until) return known.text;
      const { kid, key, x5c } = keys.signer(time).engine;
      const at = Math.floor(time.getTime() / 1_000);
      const access = [
        ...grants.map(({ repository, actions }) => ({ type: "repository", name: repository, actions })),
        ...(catalog ? [{ type: "registry", name: "catalog", actions: ["*"] }] : []),
      ];
      const times = { exp: at + bounds.engineSeconds, nbf: at, iat: at };
      const claims = { iss: issuer, sub: "bulkhead", aud: service, ...times, jti: randomUUID(), access };
      const text = `Bearer ${signEs256({ kid, x5c }, claims, key)}`;
      made.set(scope, { text, until: time.getTime() + (bounds.engineSeconds * 1_000) / 2 }, 1);
      return text;
    },
  };
}
