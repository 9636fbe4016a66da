import { Readable } from "node:stream";
import { Problem } from "../../../core/problem.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { failureOf, stalled } from "../../../net/failure.ts";
import type { Clock } from "../../../net/retry.ts";
import { encodingProblem } from "./body.ts";
import type { RegistryLimits } from "./limits.ts";
import { retry } from "./retry.ts";
import { broken, problemOf } from "./transport.ts";
import { describeUrl } from "./url.ts";

export interface BlobSource {
  /** Bytes of the whole blob. */
  readonly size: number;
  /** Offset of the first byte wanted. */
  readonly from: number;
  /** Asks for the blob from an offset on; resolves with an answer of status 200 or 206. */
  open(offset: number, signal: AbortSignal): Promise<HttpAnswer>;
}

/** Bytes kept ready for the consumer. Larger chunks in flight make a fast layer reader wait less. */
const HIGH_WATER_MARK = 512 * 1024;

/**
 * Streams a blob, with backpressure. Where the connection breaks or stalls it goes on from the byte it had reached; all
 * requests together are at most `limits.tries`. A slow consumer is not a stall. Digests are not checked here.
 *
 * Resolves once the first answer is there.
 */
export function streamBlob(
  source: BlobSource,
  limits: RegistryLimits,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const { promise, resolve, reject } = Promise.withResolvers<Readable>();
  const closed = new AbortController();
  const ending = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]);
  let offset = source.from;
  let opened = false;
  let wanted = false;
  let onWanted = () => {};

  const stream = new Readable({
    highWaterMark: HIGH_WATER_MARK,
    read() {
      wanted = true;
      onWanted();
    },
    destroy(error, done) {
      closed.abort(error ?? undefined);
      done(error);
    },
  });

  async function once(): Promise<void> {
    const answer = await source.open(offset, ending);
    const skip = startOf(answer, offset, source.size, limits);
    opened = true;
    resolve(stream);
    await copy(answer, skip);
  }

  /** Moves one answer's bytes into the stream, leaving out the first `skip`. */
  function copy(answer: HttpAnswer, skip: number): Promise<void> {
    const { body, url } = answer;
    const copied = Promise.withResolvers<void>();
    // While the consumer wants nothing the timer may run out unheard; it starts again with what the consumer wants next.
    const stall = setTimeout(() => {
      if (wanted) fail(problemOf(stalled(url, limits.stallMilliseconds)));
    }, limits.stallMilliseconds);
    const onAbort = () => fail(ending.reason);
    let toSkip = skip;

    function settle(): void {
      clearTimeout(stall);
      ending.removeEventListener("abort", onAbort);
      onWanted = () => {};
    }
    function fail(error: unknown): void {
      settle();
      body.destroy();
      // With all its bytes here, how the connection ended does not matter any more.
      if (offset === source.size && !ending.aborted && !(error instanceof Problem && error.kind === "input")) {
        copied.resolve();
      } else copied.reject(error);
    }

    body.on("data", (received: Buffer) => {
      stall.refresh();
      let chunk = received;
      if (toSkip > 0) {
        chunk = received.subarray(Math.min(toSkip, received.length));
        toSkip -= received.length - chunk.length;
        if (chunk.length === 0) return;
      }
      if (offset + chunk.length > source.size) return fail(wrongSize(url, `more than ${source.size} bytes`));
      offset += chunk.length;
      wanted = stream.push(chunk);
      if (!wanted) body.pause();
    });
    body.on("error", (error) => {
      const failure = failureOf(error, url);
      fail(failure.reason === "broken" ? endedEarly(answer, offset, source.size) : problemOf(failure));
    });
    body.on("close", () => {
      if (body.complete && offset === source.size) {
        settle();
        copied.resolve();
      } else fail(endedEarly(answer, offset, source.size));
    });
    ending.addEventListener("abort", onAbort, { once: true });
    onWanted = () => {
      if (!body.isPaused()) return;
      stall.refresh();
      body.resume();
    };

    if (ending.aborted) onAbort();
    else if (!wanted) body.pause();
    return copied.promise;
  }

  retry(once, limits, clock, ending).then(
    () => stream.push(null),
    (error) => {
      reject(error);
      // Before the first answer nobody has the stream, so nobody would hear its error.
      stream.destroy(opened ? error : undefined);
    },
  );
  return promise;
}

/** A whole answer that marks its own end (chunked) means it; any other may have lost its connection. */
function endedEarly({ body, url, status, headers }: HttpAnswer, offset: number, size: number): Problem {
  if (body.complete && status === 200 && headers["transfer-encoding"] !== undefined) {
    return wrongSize(url, `${offset} bytes, its descriptor says ${size}`);
  }
  return broken(url, `connection lost after ${offset} of ${size} bytes`);
}

/** How many bytes of the answer come before the offset that was asked for. */
function startOf(answer: HttpAnswer, offset: number, size: number, limits: RegistryLimits): number {
  const problem = encodingProblem(answer) ?? rangeProblem(answer, offset, size);
  if (problem !== undefined) {
    discard(answer, limits.stallMilliseconds);
    throw problem;
  }
  return answer.status === 206 ? 0 : offset;
}

function rangeProblem(answer: HttpAnswer, offset: number, size: number): Problem | undefined {
  const length = answer.headers["content-length"];
  if (answer.status === 206) {
    const range = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/(?:([0-9]{1,15})|\*)$/i.exec(
      answer.headers["content-range"]?.trim() ?? "",
    );
    if (range === null) return wrongSize(answer.url, "it answered a part (206) without saying which");
    if (Number(range[1]) !== offset) {
      return wrongSize(answer.url, `asked for bytes from ${offset} it answered those from ${range[1]}`);
    }
    if (Number(range[2]) >= size || (range[3] !== undefined && Number(range[3]) !== size)) {
      return wrongSize(answer.url, `another size than ${size} bytes`);
    }
    return undefined;
  }
  // Without a range asked for, the length must fit; a server that ignores ranges sends the whole.
  if (length !== undefined && Number(length) !== size) {
    return wrongSize(answer.url, `${length} bytes, its descriptor says ${size}`);
  }
  return undefined;
}

function wrongSize(url: URL, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.blob-size", place: describeUrl(url), cause });
}
