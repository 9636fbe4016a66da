/**
 * Answers of an HTTP/1.1 server, read off the bytes of its connection (RFC 9112): the head whole, the body as the pieces that
 * come, in memory that is used again. What is not plainly one answer is a fault, so that no two readers part.
 */
import { bounds } from "./bounds.ts";
import { headersOf, type RawHeaders } from "./raw-headers.ts";

export interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: RawHeaders;
  /** Of the body; undefined where only its end tells. 0: there is none. */
  readonly length: number | undefined;
}

export interface AnswerReader {
  /**
   * @returns bytes that were taken; fewer than given where the sink asked to wait: the rest is to be given again
   * @throws Error with a sentence about what is no answer
   */
  read(bytes: Buffer): number;
  /** The connection has ended. @returns whether the answer was whole */
  ended(): boolean;
  /** The whole answer was read. */
  isDone(): boolean;
  /** Whether another request can go over the connection. */
  isKept(): boolean;
  hasBegun(): boolean;
}

export interface AnswerReaderSink {
  head(head: AnswerHead): void;
  /** @returns false where no more is to come until it says so */
  data(piece: Buffer): boolean;
}

type State = "head" | "fixed" | "size" | "chunk" | "chunk-end" | "trailers" | "until-end" | "done";

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]*)?$/;
const LINE = 4_096;

/** @param method - of the request: an answer to HEAD has no body */
export function createAnswerReader(method: string, sink: AnswerReaderSink): AnswerReader {
  let state: State = "head";
  let text = "";
  let left = 0;
  let kept = true;
  let begun = false;

  function head(bytes: Buffer): number {
    // Within the bound of a head, so searching anew costs little.
    const before = text.length;
    text += bytes.toString("latin1", 0, Math.min(bytes.length, bounds.headerBytes + 4 - before));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      if (text.length > bounds.headerBytes) throw new Error(`its headers are over ${bounds.headerBytes} bytes`);
      return bytes.length;
    }
    const taken = end + 4 - before;
    const lines = text.slice(0, end).split("\r\n");
    text = "";
    const [, minor, code, reason = ""] = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: (.*))?$/.exec(lines[0] as string) ?? [];
    if (code === undefined || CONTROL.test(reason)) throw new Error("its first line is not HTTP/1.1");
    const status = Number(code);
    if (status === 101) throw new Error("it switched protocols unasked");
    const headers = fields(lines);
    // What comes before the answer proper: it says nothing that we asked for.
    if (status < 200) return taken;
    begun = true;
    const connection = headersOf(headers, "connection").join(",").toLowerCase().split(",");
    kept = minor === "1" && !connection.some((each) => each.trim() === "close");
    const length = frame(status, headers);
    sink.head({ status, reason, headers, length });
    return taken;
  }

  function frame(status: number, headers: RawHeaders): number | undefined {
    const codings = headersOf(headers, "transfer-encoding");
    const lengths = new Set(
      headersOf(headers, "content-length").flatMap((each) => each.split(",").map((one) => one.trim())),
    );
    if (codings.length > 0 && lengths.size > 0) throw new Error("it says its length in two ways");
    if (codings.length > 1 || (codings[0] ?? "chunked").trim().toLowerCase() !== "chunked") {
      throw new Error("its transfer coding is not chunked");
    }
    const [length] = lengths;
    if (lengths.size > 1 || (length !== undefined && !/^[0-9]{1,15}$/.test(length)))
      throw new Error("its length is no number");
    if (method === "HEAD" || status === 204 || status === 304) {
      state = "done";
      return 0;
    }
    if (codings.length > 0) {
      state = "size";
      return undefined;
    }
    if (length === undefined) {
      state = "until-end";
      kept = false;
      return undefined;
    }
    left = Number(length);
    state = left === 0 ? "done" : "fixed";
    return left;
  }

  /** A line of the chunked coding; undefined while it is not whole. */
  function line(bytes: Buffer): { readonly taken: number; readonly line?: string } {
    const end = bytes.indexOf(10);
    const taken = end < 0 ? bytes.length : end + 1;
    text += bytes.toString("latin1", 0, taken);
    if (text.length > LINE) throw new Error("a line of its chunks is too long");
    if (end < 0) return { taken };
    const whole = text;
    text = "";
    if (!whole.endsWith("\r\n")) throw new Error("its chunks are broken");
    return { taken, line: whole.slice(0, -2) };
  }

  function chunked(bytes: Buffer): number {
    const { taken, line: whole } = line(bytes);
    if (whole === undefined) return taken;
    if (state === "size") {
      const size = CHUNK_SIZE.exec(whole)?.[1];
      if (size === undefined) throw new Error("its chunks are broken");
      left = Number.parseInt(size, 16);
      state = left === 0 ? "trailers" : "chunk";
    } else if (state === "chunk-end") {
      if (whole !== "") throw new Error("its chunks are broken");
      state = "size";
    } else if (whole === "") {
      state = "done";
    }
    return taken;
  }

  return {
    isDone: () => state === "done",
    isKept: () => kept && state === "done",
    hasBegun: () => begun,
    ended: () => state === "done" || state === "until-end",
    read(bytes) {
      let at = 0;
      while (at < bytes.length) {
        const rest = at === 0 ? bytes : bytes.subarray(at);
        if (state === "done") {
          kept = false;
          return bytes.length;
        }
        if (state === "head") at += head(rest);
        else if (state === "fixed" || state === "chunk" || state === "until-end") {
          const piece = state === "until-end" || rest.length <= left ? rest : rest.subarray(0, left);
          at += piece.length;
          if (state !== "until-end") {
            left -= piece.length;
            if (left === 0) state = state === "fixed" ? "done" : "chunk-end";
          }
          if (!sink.data(piece)) return at;
        } else at += chunked(rest);
      }
      return at;
    },
  };
}

function fields(lines: readonly string[]): RawHeaders {
  const headers: string[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    const value = withoutBlanks(line.slice(colon + 1));
    if (!NAME.test(name) || CONTROL.test(value)) throw new Error("a line of its headers is broken");
    headers.push(name, value);
  }
  return headers;
}

/** Blanks and tabs around it are none of a value (RFC 9110, section 5.5). */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === " " || text[at] === "\t";
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}
