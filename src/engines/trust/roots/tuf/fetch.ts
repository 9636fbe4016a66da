/** Files of a repository over HTTP: small, bounded, and with further tries of what may pass. */
import { bytesOf, discard } from "../../../../net/body.ts";
import { bounds as netBounds } from "../../../../net/bounds.ts";
import type { HttpAnswer, HttpClient } from "../../../../net/client.ts";
import { HttpFailure } from "../../../../net/failure.ts";
import { describeUrl, follow } from "../../../../net/redirect.ts";
import { type Clock, notWaitedFor, parseRetryAfter, systemClock, waitBefore } from "../../../../net/retry.ts";
import { failed } from "./failed.ts";

export interface Fetcher {
  readonly client: HttpClient;
  /** Ends the whole update. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly tries?: number;
}

/** Object stores answer 403 for what is not there. */
const ABSENT: ReadonlySet<number> = new Set([403, 404]);

/**
 * @param limit - bytes
 * @returns undefined where the repository has no such file
 * @throws Problem `tuf.unreachable`, `tuf.answer`, `tuf.bound`
 */
export async function fetchFile(url: URL, limit: number, fetcher: Fetcher): Promise<Buffer | undefined> {
  const { client, signal, clock = systemClock, tries: most = netBounds.tries } = fetcher;
  const stallMilliseconds = netBounds.stallMilliseconds;
  for (let tries = 1; ; tries += 1) {
    let answer: HttpAnswer;
    let asked: number | undefined;
    let busy: string;
    try {
      answer = await follow(
        client,
        { url, method: "GET", headers: {} },
        { signal, discard: (each) => discard(each, stallMilliseconds) },
      );
      if (answer.status === 200) {
        return await bytesOf(answer, {
          limit,
          stallMilliseconds,
          milliseconds: netBounds.documentMilliseconds,
          signal,
        });
      }
      discard(answer, stallMilliseconds);
      if (ABSENT.has(answer.status)) return undefined;
      busy = `the server answered ${answer.status}`;
      if (answer.status !== 429 && answer.status < 500) throw failed("tuf.answer", describeUrl(url), busy);
      asked = parseRetryAfter(answer.headers["retry-after"], clock.now());
    } catch (error) {
      if (signal.aborted) throw failed("tuf.unreachable", describeUrl(url), "the update took too long", error);
      if (!(error instanceof HttpFailure)) throw error;
      if (error.reason === "too-large") throw failed("tuf.bound", describeUrl(url), error.message, error);
      if (error.reason !== "broken" && error.reason !== "stalled") {
        throw failed("tuf.unreachable", describeUrl(url), error.message, error);
      }
      busy = error.message;
    }
    const long = notWaitedFor(asked, netBounds);
    if (long !== undefined) throw failed("tuf.unreachable", describeUrl(url), `${busy}; ${long}`);
    if (tries >= most) throw failed("tuf.unreachable", describeUrl(url), busy);
    const { backoffMilliseconds, retryAfterSeconds } = netBounds;
    try {
      await clock.sleep(
        waitBefore(tries, asked, { tries: most, backoffMilliseconds, retryAfterSeconds }, clock.random),
        signal,
      );
    } catch (error) {
      throw failed("tuf.unreachable", describeUrl(url), "the update took too long", error);
    }
  }
}
