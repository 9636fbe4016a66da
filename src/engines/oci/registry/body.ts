import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
import { broken, type HttpAnswer, networkProblem, stalled } from "./transport.ts";
import { describeUrl } from "./url.ts";

export interface ReadOptions {
  readonly maxBytes: number;
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads a small body whole.
 *
 * @throws Problem `registry.answer` over the bound or encoded, `registry.stalled`, `registry.broken`
 */
export function readBody(answer: HttpAnswer, options: ReadOptions): Promise<Buffer> {
  const { body, url } = answer;
  const { signal, stallMilliseconds, maxBytes } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;

  const stall = setTimeout(() => fail(stalled(url, stallMilliseconds)), stallMilliseconds);
  const onAbort = () => fail(signal?.reason);
  function settle(): void {
    clearTimeout(stall);
    signal?.removeEventListener("abort", onAbort);
  }
  function fail(error: unknown): void {
    settle();
    reject(error);
    body.destroy();
  }

  body.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) return fail(tooLarge(url, maxBytes));
    chunks.push(chunk);
    stall.refresh();
  });
  body.on("error", (error) => fail(networkProblem(error, url)));
  body.on("close", () => {
    if (body.complete) {
      settle();
      resolve(Buffer.concat(chunks));
    } else fail(broken(url, "the connection broke before the end of the answer"));
  });
  signal?.addEventListener("abort", onAbort, { once: true });

  if (signal?.aborted) onAbort();
  else if (Number(answer.headers["content-length"] ?? 0) > maxBytes) fail(tooLarge(url, maxBytes));
  else {
    const encoded = encodingProblem(answer);
    if (encoded !== undefined) fail(encoded);
  }
  return promise;
}

/** We ask for the bytes as they are stored (Accept-Encoding: identity); digests are over those. */
export function encodingProblem(answer: HttpAnswer): Problem | undefined {
  const encoding = answer.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return undefined;
  return new Problem({
    kind: "input",
    code: "registry.answer",
    place: describeUrl(answer.url),
    cause: `it is encoded as "${encoding.slice(0, 40)}" though that was not asked for`,
  });
}

/**
 * Puts an answer aside whose body is of no use. A short body is read off, so that the connection can be used again;
 * of anything else nothing more is read.
 */
export function discard(answer: HttpAnswer, stallMilliseconds: number): void {
  readBody(answer, { maxBytes: bounds.errorBytes, stallMilliseconds, signal: undefined }).catch(() => undefined);
}

function tooLarge(url: URL, maxBytes: number): Problem {
  return new Problem({
    kind: "input",
    code: "registry.answer",
    place: describeUrl(url),
    cause: `it is over ${maxBytes} bytes`,
  });
}
