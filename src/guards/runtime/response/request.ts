/** An alert as responses go by it: made of an alert, written as a line, and read again from somebody who is believed little. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { isContainerId } from "../../../engines/events/containers/values.ts";
import { type Alert, type Priority, priorities } from "../../../engines/events/model.ts";
import type { ResponseRequest } from "./model.ts";

const TEXT = 4_096;
const TAGS = 100;

export function responseRequestOf({ rule, priority, tags, last, about, process }: Alert): ResponseRequest {
  const container = about.container?.id;
  return {
    rule: rule.slice(0, TEXT),
    priority,
    tags: tags.slice(0, TAGS).map((tag) => tag.slice(0, TEXT)),
    time: last,
    ...(container === undefined ? {} : { container }),
    ...(process === undefined
      ? {}
      : {
          process: {
            pid: process.pid,
            name: process.name.slice(0, TEXT),
            ...(process.path === undefined ? {} : { path: process.path.slice(0, TEXT) }),
          },
        }),
  };
}

/** One line of JSON, without its end. */
export function writeResponseRequest({ time, ...request }: ResponseRequest): string {
  return JSON.stringify({ ...request, time: String(time) });
}

/** @returns undefined for what is no such line: it is not guessed at */
export function readResponseRequest(line: string): ResponseRequest | undefined {
  let read: unknown;
  try {
    read = parseJson(line);
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  const { rule, priority, tags, time, container, process } = read;
  if (!isText(rule) || !priorities.includes(priority as Priority) || !isDigits(time)) return undefined;
  if (!Array.isArray(tags) || tags.length > TAGS || !tags.every(isText)) return undefined;
  if (container !== undefined && !isContainerId(container)) return undefined;
  const done = processOf(process);
  if (done === "broken") return undefined;
  return {
    rule,
    priority: priority as Priority,
    tags,
    time: BigInt(time),
    ...(container === undefined ? {} : { container }),
    ...(done === undefined ? {} : { process: done }),
  };
}

function processOf(read: unknown): ResponseRequest["process"] | "broken" {
  if (read === undefined) return undefined;
  if (!isObject(read)) return "broken";
  const { pid, name, path } = read;
  // Process 1 is the host's own first one.
  if (!Number.isInteger(pid) || (pid as number) < 2 || (pid as number) > 4_194_304 || !isText(name)) return "broken";
  if (path !== undefined && !isText(path)) return "broken";
  return { pid: pid as number, name, ...(path === undefined ? {} : { path }) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= TEXT;
}

function isDigits(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,20}$/.test(value);
}
