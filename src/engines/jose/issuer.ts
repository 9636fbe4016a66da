/**
 * The keys of an issuer (OpenID Connect Discovery 1.0), asked for when a token names one that is not known, and remembered. An
 * issuer that does not answer is asked again after a while; until then the keys that it had count on, for so long.
 */
import { setTimeout as delay } from "node:timers/promises";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import { bytesOf, discard } from "../../net/body.ts";
import type { HttpClient } from "../../net/client.ts";
import { HttpFailure } from "../../net/failure.ts";
import { bounds } from "./bounds.ts";
import { type PublicKey, readKeySet } from "./key-set.ts";

export interface Issuer {
  /**
   * All of its keys; asked for anew where they are old, or none has this name. One look-up at a time.
   *
   * @throws Problem `jose.issuer` (unavailable), `jose.keys` (input)
   */
  keys(kid: string | undefined, now: Date): Promise<readonly PublicKey[]>;
}

export interface IssuerOptions {
  readonly issuer: string;
  /** Where its keys are; absent: where its discovery document says. */
  readonly keys?: { readonly url: string } | { readonly place: string; read(): Promise<string> };
  readonly client: HttpClient;
  /** Said to the issuer's own origin alone. */
  authorization?(): string | undefined;
}

const FRESH_MILLISECONDS = 10 * 60_000;
/** How long keys count whose issuer does not answer. */
const OUTAGE_MILLISECONDS = 60 * 60_000;
/** How long a token waits whose key is known, though not of late. */
const PATIENCE_MILLISECONDS = 1_000;
/** Between two look-ups, whatever tokens name: strangers make them up. */
const PAUSE_MILLISECONDS = 15_000;

export function openIssuer(options: IssuerOptions): Issuer {
  const { issuer } = options;
  let known: { readonly keys: readonly PublicKey[]; readonly at: number } | undefined;
  let last: { readonly at: number; readonly problem?: Problem } | undefined;
  let flight: Promise<void> | undefined;

  async function look(now: number): Promise<void> {
    try {
      known = { keys: await fetchKeys(options), at: now };
      last = { at: now };
    } catch (error) {
      last = { at: now, problem: asProblem(error, issuer) };
    } finally {
      flight = undefined;
    }
  }

  return {
    async keys(kid, now) {
      const time = now.getTime();
      const isKnown = known?.keys.some((key) => kid === undefined || key.kid === kid || key.kid === undefined) === true;
      const isFresh = known !== undefined && time - known.at < FRESH_MILLISECONDS;
      const isPaused = last !== undefined && time - last.at < PAUSE_MILLISECONDS;
      if (!(isKnown && isFresh) && !isPaused) {
        flight ??= look(time);
        await (isKnown ? Promise.race([flight, delay(PATIENCE_MILLISECONDS, undefined, { ref: false })]) : flight);
      }
      if (known !== undefined && time - known.at < OUTAGE_MILLISECONDS) return known.keys;
      throw last?.problem ?? unavailable(issuer, "keys not available");
    },
  };
}

async function fetchKeys(options: IssuerOptions): Promise<readonly PublicKey[]> {
  const { issuer, keys } = options;
  if (keys !== undefined && "read" in keys) return readKeySet(await keys.read(), keys.place);
  const place = keys?.url ?? (await discover(options));
  return readKeySet(await get(place, options), place);
  async function discover(asked: IssuerOptions): Promise<string> {
    const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    let document: unknown;
    try {
      document = parseJson(await get(url, asked));
    } catch (error) {
      if (error instanceof SyntaxError) throw unavailable(url, "not JSON");
      throw error;
    }
    const { issuer: named, jwks_uri: uri } = isObject(document) ? document : {};
    // Section 4.3: one issuer must not be able to speak for another.
    if (named !== issuer) throw unavailable(url, "names another issuer than the one that was asked");
    const where = typeof uri === "string" ? URL.parse(uri) : null;
    if (where === null || (where.protocol !== "https:" && where.protocol !== new URL(issuer).protocol)) {
      throw unavailable(url, "names no place of keys that could be asked");
    }
    return where.href;
  }
}

async function get(place: string, { issuer, client, keys, authorization }: IssuerOptions): Promise<string> {
  const url = new URL(place);
  const own = new Set([
    new URL(issuer).origin,
    ...(keys !== undefined && "url" in keys ? [new URL(keys.url).origin] : []),
  ]);
  const bearer = own.has(url.origin) ? authorization?.() : undefined;
  const signal = AbortSignal.timeout(bounds.issuerMilliseconds);
  const answer = await client.send(
    {
      url,
      method: "GET",
      // API servers offer their keys as the second alone.
      headers: {
        accept: "application/json, application/jwk-set+json",
        ...(bearer === undefined ? {} : { authorization: bearer }),
      },
    },
    signal,
  );
  if (answer.status !== 200) {
    discard(answer, bounds.issuerMilliseconds);
    throw unavailable(place, `unexpected status ${answer.status}`);
  }
  const bytes = await bytesOf(answer, {
    limit: bounds.documentBytes,
    stallMilliseconds: bounds.issuerMilliseconds,
    signal,
  });
  return bytes.toString("utf8");
}

function asProblem(error: unknown, place: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpFailure) return unavailable(error.url.href.slice(0, 200), error.message);
  if (error instanceof Error && error.name === "TimeoutError") {
    return unavailable(place, `did not answer within ${bounds.issuerMilliseconds} ms`);
  }
  throw error;
}

function unavailable(place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "jose.issuer", place, cause });
}
