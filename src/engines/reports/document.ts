/** Values of a report, with what is wrong told by its place in it. Everything here is another program's, or an attacker's, word. */

import type { Digest } from "../../core/digest.ts";
import { parseDigest } from "../../core/digest.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";

/** One report while it is read. */
export interface Source {
  readonly path: string;
  /** Counts what is taken over; a Problem once it is too much. */
  spend(items: number): void;
}

export function sourceOf(path: string): Source {
  let left: number = bounds.reportItems;
  return {
    path,
    spend(items) {
      left -= items;
      if (left < 0) throw broken({ path }, "", `names more than ${bounds.reportItems} findings and parts`);
    },
  };
}

/** A value with the way to it. */
export interface Placed<T> {
  readonly value: T;
  readonly at: string;
}

export function broken({ path }: Pick<Source, "path">, at: string, cause: string): Problem {
  const place = at === "" ? path : `${path}: ${at}`;
  return new Problem({ kind: "usage", code: "imports.invalid", place, cause });
}

/** @throws Problem of a tool, format or version that no reader knows */
export function unsupported({ path }: Pick<Source, "path">, at: string, cause: string, remedy?: string): Problem {
  const place = at === "" ? path : `${path}: ${at}`;
  return new Problem({
    kind: "usage",
    code: "imports.unsupported",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** Absent and null are an empty object. @throws Problem where there is something else */
export function objectAt(source: Source, value: unknown, at: string): Untyped {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw broken(source, at, "not an object");
}

/** Absent and null are empty; each member is an object. @throws Problem where there is something else */
export function objectsAt(source: Source, value: unknown, at: string): Placed<Untyped>[] {
  return listAt(source, value, at).map((each, index) => {
    const own = `${at}[${index}]`;
    if (!isObject(each)) throw broken(source, own, "not an object");
    return { value: each, at: own };
  });
}

/** Absent and null are empty. @throws Problem where there is something else */
export function listAt(source: Source, value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw broken(source, at, "not a list");
  source.spend(value.length);
  return value;
}

/** A name, a version, a path: absent, null and empty are undefined. @throws Problem where there is something else, or a text that is too long */
export function nameAt(source: Source, value: unknown, at: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw broken(source, at, "not a string");
  if (value.length > bounds.reportNameLength) {
    throw broken(source, at, `${value.length} characters exceed the limit of ${bounds.reportNameLength}`);
  }
  return value;
}

export function requiredName(source: Source, value: unknown, at: string): string {
  const name = nameAt(source, value, at);
  if (name === undefined) throw broken(source, at, "missing");
  return name;
}

/** The first names of a list: whose members are texts. @throws Problem where one is something else */
export function namesAt(source: Source, value: unknown, at: string): string[] {
  const found: string[] = [];
  for (const [index, each] of listAt(source, value, at).entries()) {
    const name = nameAt(source, each, `${at}[${index}]`);
    if (name !== undefined && found.length < bounds.reportListed) found.push(name);
  }
  return found;
}

/** What people read: one line of bounded length; what is no text is none. */
export function lineOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = printable(value.slice(0, bounds.reportTextLength * 2).replace(/\s/g, " ")).trim();
  if (line === "") return undefined;
  return line.length <= bounds.reportTextLength ? line : `${line.slice(0, bounds.reportTextLength - 1)}…`;
}

/** Addresses that a reader may be shown: https alone, without white space. */
export function addressesOf(values: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const value of values) {
    if (typeof value !== "string" || value.length > bounds.reportNameLength) continue;
    if (/^https:\/\/[!-~]+$/.test(value)) found.add(value);
    if (found.size >= bounds.reportListed) break;
  }
  return [...found];
}

/** RFC 3339, of up to nine digits of a second and any offset. V8 reads more than that, so that its form is looked at first. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:[Zz]|[+-]\d\d:?\d\d)$/;
/** Seconds since 1970 to the year 2200, in which AWS's older command line writes times. */
const LATEST_SECONDS = 7_258_118_400;

/** ISO 8601, UTC; undefined where none is stated. @throws Problem where there is something that is no time */
export function timeAt(source: Source, value: unknown, at: string): string | undefined {
  if (typeof value === "number" && value > 0 && value < LATEST_SECONDS) return new Date(value * 1000).toISOString();
  const text = nameAt(source, value, at);
  if (text === undefined) return undefined;
  const time = TIME.test(text) ? Date.parse(text.replace(" ", "T").toUpperCase()) : Number.NaN;
  if (Number.isNaN(time)) throw broken(source, at, "not an RFC 3339 time");
  return new Date(time).toISOString();
}

/** The digest behind the last `@`, or all of the text; undefined where it is none. */
export function digestIn(text: string | undefined): Digest | undefined {
  if (text === undefined) return undefined;
  return parseDigest(text.slice(text.lastIndexOf("@") + 1));
}

/** The oldest of them. */
export function oldest(times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).sort()[0];
}

/** Adds one to a count of a record that grows. */
export function tally(counts: Record<string, number>, name: string, count = 1): void {
  if (count > 0) counts[name] = (counts[name] ?? 0) + count;
}

/** A record that a hostile name cannot give a prototype to. */
export function noCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/** In one or two words, what a tool calls the reason for setting a finding aside. */
export function reasonWord(text: string | undefined): string {
  const word = lineOf(text)?.toLowerCase().replaceAll("_", " ").trim() || "suppressed";
  return word.length <= 40 ? word : `${word.slice(0, 39)}…`;
}
