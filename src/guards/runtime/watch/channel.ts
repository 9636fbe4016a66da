/**
 * Lines of JSON between the process that has rights and the one that evaluates rules. Each reads the other's within bounds; what
 * the second says is believed little (`requests.ts`).
 */
import type { Duplex } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { parseJson } from "../../../core/parse-json.ts";

/** Whole numbers over 2^53 have no form of their own in JSON. */
const BIG = "$bigint";

/** Bytes that wait for the other side; over it a message is dropped, and whoever sent it told. */
const WAITING = 64 * 1024 * 1024;

export interface Channel {
  /** @returns false where it was dropped */
  send(message: object): boolean;
  close(): void;
}

export interface ChannelOptions {
  /** Bytes of one line that is read; a longer one ends the channel. */
  readonly lineBytes: number;
  onMessage(message: Record<string, unknown>): void;
  /** Nothing comes any more. @param why - absent: the other side has closed it */
  onEnd(why?: string): void;
}

export function openChannel(stream: Duplex, { lineBytes, onMessage, onEnd }: ChannelOptions): Channel {
  const decoder = new StringDecoder("utf8");
  let begun: string[] = [];
  let size = 0;
  let isOver = false;

  function end(why?: string): void {
    if (isOver) return;
    isOver = true;
    stream.destroy();
    onEnd(why);
  }

  function line(text: string): void {
    const message = parsed(text);
    if (message === undefined) end("what came is no message");
    else onMessage(message);
  }

  stream.on("data", (chunk: Buffer) => {
    const parts = decoder.write(chunk).split("\n");
    for (const [at, part] of parts.entries()) {
      if (isOver) return;
      if (at > 0) {
        const whole = begun.join("");
        begun = [];
        size = 0;
        line(whole);
      }
      size += part.length;
      if (size > lineBytes) return end(`a message is over ${lineBytes} bytes`);
      begun.push(part);
    }
  });
  // The other side has ended, which whoever started it hears.
  stream.on("error", () => end());
  stream.on("end", () => end());
  stream.on("close", () => end());

  return {
    send(message) {
      if (isOver || stream.writableLength > WAITING) return false;
      stream.write(`${written(message)}\n`);
      return true;
    },
    close: () => void stream.end(),
  };
}

export function written(message: object): string {
  return JSON.stringify(message, (_, value: unknown) => (typeof value === "bigint" ? { [BIG]: String(value) } : value));
}

/** Undefined for what is no object. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = withBigs(parseJson(text));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** In place, the inner ones first. */
function withBigs(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) members[key] = withBigs(members[key]);
  return bigOr(value);
}

function bigOr(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  const number: unknown = (part as Record<string, unknown>)[BIG];
  const isNumber = typeof number === "string" && /^-?\d{1,40}$/.test(number);
  return isNumber && Object.keys(part).length === 1 ? BigInt(number) : part;
}
