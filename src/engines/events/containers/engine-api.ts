/**
 * Asks a container engine on its socket of this machine (Docker Engine API; podman's, which speaks the same and its own). Its
 * failures are in our words.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { bytesOf, discard, linesOf } from "../../../net/body.ts";
import { createHttpClient, type HttpAnswer } from "../../../net/client.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { bounds } from "./bounds.ts";
import { objectOf } from "./values.ts";

export interface EngineApi {
  /**
   * The JSON of an answer; undefined where the engine knows no such thing (404).
   *
   * @param path - with its query
   * @throws Problem `events.container-runtime`, `events.container-answer`; the signal's reason
   */
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  /**
   * Has something done.
   *
   * @returns its status; what it says of one that is no success, as it says it
   * @throws as get, where nothing was answered
   */
  post(path: string, signal?: AbortSignal): Promise<{ readonly status: number; readonly said: string }>;
  /** An answer without an end, line by line. @throws as get */
  lines(path: string, signal: AbortSignal): AsyncGenerator<string, void, void>;
  close(): void;
}

/** @param socket - the path that is connected to, or an address that is spoken to without TLS @param place - how it is named to the user */
export function openEngineApi(
  socket: string | { readonly host: string; readonly port: number },
  place: string,
  stallMilliseconds: number,
): EngineApi {
  const local = typeof socket === "string";
  const client = createHttpClient({ stallMilliseconds, ...(local ? { socket } : {}) });
  // The host is of no meaning on a socket; dockerd wants one that is a name.
  const origin = local ? "http://localhost" : `http://${socket.host}:${socket.port}`;

  async function send(path: string, signal: AbortSignal | undefined): Promise<HttpAnswer | undefined> {
    const url = new URL(`${origin}${path}`);
    const answer = await client.send({ url, method: "GET", headers: { accept: "application/json" } }, signal);
    if (answer.status === 200) return answer;
    discard(answer, stallMilliseconds);
    if (answer.status === 404) return undefined;
    throw answered(place, `answered ${answer.status}`);
  }

  return {
    async get(path, signal) {
      try {
        const answer = await send(path, signal);
        if (answer === undefined) return undefined;
        const options = { limit: bounds.listBytes, stallMilliseconds, milliseconds: 4 * stallMilliseconds, signal };
        return parseJson((await bytesOf(answer, options)).toString("utf8"));
      } catch (error) {
        throw inOurWords(error, place);
      }
    },
    async post(path, signal) {
      try {
        const url = new URL(`${origin}${path}`);
        const answer = await client.send({ url, method: "POST", headers: { accept: "application/json" } }, signal);
        const options = { limit: bounds.documentBytes, stallMilliseconds, milliseconds: 4 * stallMilliseconds, signal };
        const text = (await bytesOf(answer, options)).toString("utf8");
        return { status: answer.status, said: answer.status < 300 ? "" : messageIn(text) };
      } catch (error) {
        throw inOurWords(error, place);
      }
    },
    async *lines(path, signal) {
      try {
        const answer = await send(path, signal);
        if (answer === undefined) throw answered(place, "has no events");
        // Nothing may happen for days.
        yield* linesOf(answer, {
          limit: Number.POSITIVE_INFINITY,
          lineLimit: bounds.eventLineBytes,
          stallMilliseconds: FOREVER,
          signal,
        });
      } catch (error) {
        throw inOurWords(error, place);
      }
    },
    close: client.close,
  };
}

/** The longest that a timer of Node's runs. */
const FOREVER = 2 ** 31 - 1;

const SAID = 300;

/** `{"message":"…"}`, or whatever it is. */
function messageIn(text: string): string {
  try {
    const { message } = objectOf(parseJson(text));
    if (typeof message === "string") return message.slice(0, SAID);
  } catch {}
  return text.slice(0, SAID);
}

function answered(place: string, what: string): Problem {
  return new Problem({
    kind: "input",
    code: "events.container-answer",
    place,
    cause: `the container runtime ${what}`,
  });
}

function inOurWords(error: unknown, place: string): unknown {
  if (error instanceof SyntaxError) return answered(place, "answered something that is not JSON");
  if (!(error instanceof HttpFailure)) return error;
  if (error.reason === "answer" || error.reason === "too-large") return answered(place, `answered: ${error.message}`);
  return new Problem(
    {
      kind: "unavailable",
      code: "events.container-runtime",
      place,
      cause: `the container runtime cannot be reached: ${error.message}`,
    },
    { cause: error },
  );
}
