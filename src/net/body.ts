/** Bodies of answers: piece by piece, line by line, or whole. */
import { bounds } from "./bounds.ts";
import type { HttpAnswer } from "./client.ts";
import { failureOf, HttpFailure, stalled } from "./failure.ts";

export interface BodyOptions {
  /** Bytes. */
  readonly limit: number;
  /** Milliseconds without a byte. */
  readonly stallMilliseconds: number;
  /** Milliseconds that all of it may take, the reader's own time with it: a byte now and then is no silence. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The body piece by piece, as it comes and with backpressure. Whoever stops early ends the connection.
 *
 * @throws HttpFailure `too-large`, `answer` where it is encoded, `stalled`, `broken` where it ends before its end; the signal's
 *   reason
 */
export async function* chunksOf(answer: HttpAnswer, options: BodyOptions): AsyncGenerator<Buffer> {
  const { url, body, headers } = answer;
  const { limit, stallMilliseconds, milliseconds = Number.POSITIVE_INFINITY, signal } = options;
  const deadline = performance.now() + milliseconds;
  const announced = headers["content-length"];
  const encoded = encodingFault(answer);
  if (encoded !== undefined || Number(announced ?? 0) > limit || signal?.aborted) {
    body.destroy();
    if (signal?.aborted) throw signal.reason;
    throw encoded === undefined ? tooLarge(url, limit) : new HttpFailure("answer", url, encoded);
  }
  // While the reader wants nothing the timer may run out unheard: what it takes its time for is no stall of the server's.
  let wanted = true;
  const stall = setTimeout(() => {
    if (wanted) body.destroy(stalled(url, stallMilliseconds));
  }, stallMilliseconds);
  const onAbort = () => body.destroy(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(url, limit);
      if (performance.now() > deadline) {
        throw new HttpFailure("stalled", url, `took longer than ${milliseconds} ms`);
      }
      wanted = false;
      yield chunk;
      wanted = true;
      stall.refresh();
    }
  } catch (error) {
    throw error === signal?.reason ? error : failureOf(error as Error, url);
  } finally {
    clearTimeout(stall);
    signal?.removeEventListener("abort", onAbort);
    if (!body.complete) body.destroy();
  }
  if (!body.complete || (announced !== undefined && size !== Number(announced))) {
    const all = announced === undefined ? "" : ` of ${announced}`;
    throw new HttpFailure("broken", url, `ended after ${size}${all} bytes`);
  }
}

/** The whole body of a small answer. @throws as {@link chunksOf} */
export async function bytesOf(answer: HttpAnswer, options: BodyOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(answer, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface LineOptions extends BodyOptions {
  /** Bytes of one line. */
  readonly lineLimit: number;
}

/**
 * The body line by line as they come, without their line ends and without empty ones: a JSON document a line, as a
 * Kubernetes watch sends them. For one that has no end, `limit` is Infinity.
 *
 * @throws as {@link chunksOf}, also where a line is over its limit
 */
export async function* linesOf(answer: HttpAnswer, options: LineOptions): AsyncGenerator<string> {
  const begun: Buffer[] = [];
  let size = 0;
  const add = (piece: Buffer) => {
    size += piece.length;
    if (size > options.lineLimit) {
      throw new HttpFailure("too-large", answer.url, `a line of it is over ${options.lineLimit} bytes`);
    }
    begun.push(piece);
  };
  const take = (): string => {
    const line = Buffer.concat(begun).toString("utf8").replace(/\r$/, "");
    begun.length = 0;
    size = 0;
    return line;
  };
  for await (const chunk of chunksOf(answer, options)) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== "") yield line;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (last !== "") yield last;
}

/**
 * Puts an answer aside whose body is of no use. A short body is read off, so that the connection can be used again; of
 * anything else nothing more is read.
 */
export function discard(answer: HttpAnswer, stallMilliseconds: number): void {
  bytesOf(answer, { limit: bounds.errorBytes, stallMilliseconds }).catch(() => undefined);
}

/** We ask for the bytes as they are stored (Accept-Encoding: identity); digests are over those. */
export function encodingFault({ headers }: HttpAnswer): string | undefined {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return undefined;
  return `encoded as "${encoding.slice(0, 40)}" without being requested`;
}

function tooLarge(url: URL, limit: number): HttpFailure {
  return new HttpFailure("too-large", url, `more than ${limit} bytes`);
}
