/** Fields of a registry's answer: what is of another type than documented is as if it were not there. */
import { overJsonLimit } from "../../../core/json-cost.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";

/** The answer's JSON. @throws Problem (input) `packages.answer` where it is none, or over a bound */
export function jsonOf(bytes: Buffer, place: string): unknown {
  if (bytes.length > bounds.documentBytes) throw broken(place, `larger than ${bounds.documentBytes} bytes`);
  const over = overJsonLimit(bytes, { depth: bounds.jsonDepth, values: bounds.jsonValues });
  if (over !== undefined) {
    throw broken(place, over === "depth" ? `nests values more than ${bounds.jsonDepth} deep` : "holds too many values");
  }
  try {
    return parseJson(bytes.toString("utf8")) as unknown;
  } catch {
    throw broken(place, "not JSON");
  }
}

export function objectOf(bytes: Buffer, place: string): Untyped {
  const value = jsonOf(bytes, place);
  if (!isObject(value)) throw broken(place, "not a JSON object");
  return value;
}

/** An answer that is not what the registry's interface documents. */
export function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "packages.answer", place, cause: `the registry's answer is ${cause}` });
}

/** A text, cut at the bound; undefined where it is none, or empty. */
export function textIn(from: unknown, name: string): string | undefined {
  const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  return typeof value === "string" && value !== "" ? value.slice(0, bounds.textLength) : undefined;
}

export function objectIn(from: unknown, name: string): Untyped {
  const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  return isObject(value) ? value : {};
}

export function listIn(from: unknown, name: string, limit: number): readonly unknown[] {
  const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  return Array.isArray(value) ? value.slice(0, limit) : [];
}

export function countIn(from: unknown, name: string): number | undefined {
  const value = isObject(from) ? from[name] : undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A URL of http or https. */
export function urlIn(from: unknown, name: string): string | undefined {
  const value = isObject(from) ? from[name] : undefined;
  if (typeof value !== "string" || value.length > bounds.urlLength) return undefined;
  const url = URL.parse(value);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url.href : undefined;
}

/**
 * A time as ISO 8601, in UTC. Registries write it with zones, with microseconds and without either; without a zone it is UTC.
 * No package is older than the first registry, and what is said to be says nothing.
 */
export function timeOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/.exec(value);
  if (parts === null) return undefined;
  const [, day, time, fraction = "0", zone = "Z"] = parts;
  const offset = zone === "UTC" ? "Z" : zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3)}${offset}`);
  return Number.isNaN(at) || at < EARLIEST ? undefined : new Date(at).toISOString();
}

/** CPAN's first year. */
const EARLIEST = Date.parse("1995-01-01T00:00:00Z");

export function timeIn(from: unknown, name: string): string | undefined {
  return timeOf(isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined);
}

/** Hexadecimal of the right length for the algorithm, in lower case. */
export function hexIn(from: unknown, name: string, algorithm: keyof typeof hexLengths): Record<string, string> {
  const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  if (typeof value !== "string" || value.length !== hexLengths[algorithm] || !/^[0-9a-f]+$/i.test(value)) return {};
  return { [algorithm]: value.toLowerCase() };
}

export const hexLengths = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 } as const;

/** A record whose names are a publisher's. */
export function recordOf<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const record: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}

/** A part of a URL's path. Names are an attacker's, and half a character has no encoding of its own. */
export function encoded(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

/** The other way round; what is no encoding stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A URL that may be relative to its document's; undefined for what is none of http and https. */
export function linkIn(from: unknown, name: string, document: URL): URL | undefined {
  const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  if (typeof value !== "string" || value === "" || value.length > bounds.urlLength) return undefined;
  const url = URL.parse(value, document.href);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url : undefined;
}
