/** The token service put together: keys, accounts and policy as files and reloads have them, and what rests on them. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import type { AccessRules } from "../../../engines/oci/distribution/access-model.ts";
import type { ServerAnswer } from "../../../net/server-model.ts";
import type { Authenticator, EngineTokens } from "../model.ts";
import type { Page } from "../proxy/options.ts";
import { openAccess } from "./access.ts";
import { type Accounts, readAccounts } from "./accounts.ts";
import { type Challenging, createAuthenticator } from "./authenticator.ts";
import { bounds } from "./bounds.ts";
import { createEngineTokens, type EngineTrust } from "./engine-tokens.ts";
import { createGuardTokens } from "./guard-tokens.ts";
import type { Known } from "./holders.ts";
import { createIdentities, type IdentityOptions } from "./identities.ts";
import { type KeyRing, openKeyRing, readKeys } from "./keys.ts";
import { createTokenService, type TokenOutcome, type TokenService } from "./service.ts";

export interface TokensOptions extends Challenging, IdentityOptions {
  /** A directory that `bulkhead registry keys` made, or a Secret of its files. */
  readonly keys: string;
  /** A file that `bulkhead registry account` keeps. Absent: there are no users and robots. */
  readonly accounts?: string;
  readonly engine: EngineTrust;
  /** Of the policy that is in force, outside of environments: the principal says which of them counts. */
  rules(): AccessRules;
  onOutcome?(outcome: TokenOutcome): void;
  /** For tests. */
  now?(): Date;
}

export interface Tokens {
  readonly authenticator: Authenticator;
  readonly service: TokenService;
  readonly engine: EngineTokens;
  /** What the guard itself answers: tokens at {@link TOKEN_PATH}, the keys that an engine knows them by at {@link KEYS_PATH}. */
  readonly pages: ReadonlyMap<string, Page>;
  /**
   * Looks whether files or the policy changed, and puts in force what did. What cannot be read leaves in force what was.
   *
   * @returns what is wrong, none where all is as it should be
   */
  look(now: Date): Promise<readonly Problem[]>;
}

/** Where clients get tokens, below the guard's own URL, and where its public keys for the engine are. */
export const TOKEN_PATH = "/token";
export const KEYS_PATH = "/token/keys";

/** In the directory of keys. */
export const keyFiles = { keys: "keys.json", root: "engine.crt", keySet: "engine-jwks.json" } as const;

const SOON_MILLISECONDS = 30 * 86_400_000;

/** @throws Problem (usage) where keys or accounts cannot be read: nothing can be served without them */
export async function openTokens(options: TokensOptions): Promise<Tokens> {
  const { service, realm, engine, onOutcome, rules } = options;
  const keysPath = join(options.keys, keyFiles.keys);
  const ring = followed(keysPath, () => openKeyRing(readKeys(keysPath), keysPath));
  const accounts = options.accounts === undefined ? undefined : followed(options.accounts, readAccounts);
  const openIdentities = createIdentities(options);
  let stated = rules();
  let known: Known = await knownBy(stated);

  async function knownBy(current: AccessRules): Promise<Known> {
    const none: Accounts = new Map();
    return {
      accounts: accounts?.current() ?? none,
      access: openAccess(current),
      identities: await openIdentities(current.identities),
    };
  }

  const tokens = createGuardTokens(ring.current, service);
  const current = () => known;
  const telling = onOutcome === undefined ? {} : { onOutcome };
  const answering = createTokenService({ realm, service, tokens, known: current, ...telling });
  return {
    authenticator: createAuthenticator({ realm, service }, tokens, current),
    service: answering,
    engine: createEngineTokens(ring.current, engine, options.now),
    pages: new Map([
      [TOKEN_PATH, tokenPage(answering, options.now ?? (() => readClock()))],
      [KEYS_PATH, { bodyBytes: 0, answer: ({ method }) => keysAnswer(method, ring.current()) }],
    ]),
    async look(now) {
      const problems = [ring.look(), accounts?.look()].filter((problem) => problem !== undefined);
      const wanted = rules();
      try {
        if (wanted !== stated) {
          const next = await knownBy(wanted);
          stated = wanted;
          known = next;
        } else known = { ...known, accounts: accounts?.current() ?? known.accounts };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        problems.push(error);
      }
      const ends = endingSoon(ring.current(), keysPath, now);
      return ends === undefined ? problems : [...problems, ends];
    },
  };
}

function tokenPage(service: TokenService, now: () => Date): Page {
  return {
    bodyBytes: bounds.formBytes,
    answer: ({ method, query, header, body, from }) =>
      service.answer(
        {
          method,
          query,
          authorization: header("authorization"),
          contentType: header("content-type"),
          body,
          address: from,
        },
        now(),
      ),
  };
}

function keysAnswer(method: string, { engineKeySet }: KeyRing): ServerAnswer {
  if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { allow: "GET, HEAD" } };
  const headers = { "content-type": "application/jwk-set+json", "cache-control": "max-age=60" };
  return { status: 200, headers, body: engineKeySet };
}

interface Followed<Value> {
  current(): Value;
  /** Reads it where it changed. @returns why what stands there is not in force */
  look(): Problem | undefined;
}

/** @throws Problem where it cannot be read at first */
function followed<Value>(path: string, read: (path: string) => Value): Followed<Value> {
  let mark = markOf(path);
  let value = read(path);
  let fault: Problem | undefined;
  return {
    current: () => value,
    look() {
      const now = markOf(path);
      if (now === mark) return fault;
      mark = now;
      try {
        value = read(path);
        fault = undefined;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        fault = error;
      }
      return fault;
    },
  };
}

/** A volume of a Secret is exchanged whole, which makes it another file. */
function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "none" : [found.dev, found.ino, found.size, found.mtimeMs].join(" ");
}

function endingSoon(ring: KeyRing, place: string, now: Date): Problem | undefined {
  if (ring.endsAt.getTime() - now.getTime() > SOON_MILLISECONDS) return undefined;
  return new Problem({
    kind: "usage",
    code: "registry.keys",
    place,
    cause: `the engine takes no more tokens from ${ring.endsAt.toISOString()} on`,
    remedy: "bulkhead registry keys DIRECTORY --rotate",
  });
}
