/** Files of suites: from the cache where that answers, else over HTTP. */

import { Problem } from "../../core/problem.ts";
import { type FeedClient, getDocument } from "../vulnerability/feeds/http.ts";
import { conditions, validatorsOf } from "../vulnerability/feeds/validators.ts";
import { bounds } from "./bounds.ts";
import { hasDigest, type SignedCopy, type SuiteCache } from "./suite-cache.ts";

export interface SuiteSource {
  /** Absent: no network, the cache alone. */
  readonly client?: FeedClient;
  readonly cache?: SuiteCache;
  readonly now: Date;
  /** Called with each URL before its server is asked. */
  readonly onFetch?: (place: string) => void;
}

/** A copy that its server called current so recently is not asked for again. */
const FRESH = 60 * 60 * 1000;

export interface FetchedCopy {
  readonly copy: SignedCopy;
  /** True: it came from the server just now, and may be kept once it is verified. */
  readonly isNew: boolean;
  /** Why the server could not be asked, where an older copy stands in. */
  readonly stale?: Problem;
}

/**
 * A signed file. Where the server cannot be asked, the copy of an earlier time answers, with its own date.
 *
 * @throws Problem `feeds.…` where there is neither, `updates.not-cached` where the network may not be asked
 */
export async function fetchSigned(url: URL, source: SuiteSource, limit: number): Promise<FetchedCopy> {
  const { client, cache, now } = source;
  const kept = cache?.signed(url.href);
  const age = kept === undefined ? Number.NaN : now.getTime() - Date.parse(kept.checkedAt);
  if (kept !== undefined && (client === undefined || (age >= 0 && age < FRESH))) return { copy: kept, isNew: false };
  if (client === undefined) throw notCached(url);
  source.onFetch?.(shownUrl(url));
  try {
    const answer = await getDocument(client, url, kept === undefined ? {} : conditions(kept), limit);
    if (answer.status === 404) throw missing(url);
    const checkedAt = now.toISOString();
    if (answer.status === 304) {
      if (kept === undefined) throw missing(url);
      return { copy: { ...kept, checkedAt }, isNew: true };
    }
    return { copy: { bytes: answer.body, ...validatorsOf(answer.headers), checkedAt }, isNew: true };
  } catch (error) {
    if (kept === undefined || !(error instanceof Problem) || error.kind !== "unavailable") throw error;
    return { copy: kept, isNew: false, stale: error };
  }
}

/** A file as a signed one names it. */
export interface IndexFile {
  /** Hex of SHA-256, SHA-384 or SHA-512. */
  readonly digest: string;
  /** Bytes; absent where it is not stated. */
  readonly size?: number;
}

/** What a signed file names by digest. @throws Problem as above, and `updates.digest` */
export async function fetchIndex(
  urls: readonly URL[],
  { digest, size = bounds.suiteIndexBytes }: IndexFile,
  source: SuiteSource,
): Promise<Buffer> {
  const kept = source.cache?.index(digest);
  if (kept !== undefined) return kept;
  const [first] = urls as readonly [URL, ...URL[]];
  if (source.client === undefined) throw notCached(first);
  if (size > bounds.suiteIndexBytes) throw over(first);
  for (const url of urls) {
    source.onFetch?.(shownUrl(url));
    const { status, body } = await getDocument(source.client, url, {}, size);
    if (status !== 200) continue;
    if (!hasDigest(body, digest)) throw wrongDigest(url);
    source.cache?.storeIndex(digest, body);
    return body;
  }
  throw missing(first);
}

export function shownUrl(url: URL): string {
  return (url.origin + url.pathname).slice(0, 300);
}

function missing(url: URL): Problem {
  return new Problem({ kind: "unavailable", code: "updates.missing", place: shownUrl(url), cause: "not there" });
}

function notCached(url: URL): Problem {
  return new Problem({
    kind: "unavailable",
    code: "updates.not-cached",
    place: shownUrl(url),
    cause: "no copy of it was kept, and the network was not to be asked",
    remedy: "run once with --updates",
  });
}

function over(url: URL): Problem {
  const cause = `larger than ${bounds.suiteIndexBytes} bytes`;
  return new Problem({ kind: "input", code: "updates.too-large", place: shownUrl(url), cause });
}

function wrongDigest(url: URL): Problem {
  const cause = "not what the signed file names: its digest is another";
  return new Problem({ kind: "input", code: "updates.digest", place: shownUrl(url), cause });
}
