/**
 * Hostile JSON of which every reader makes the same, and every member of which is known: what is not read cannot be signed,
 * and what is written in two ways could be read as two things.
 */
import { parseExactJson } from "../../core/exact-json.ts";
import { overJsonLimit } from "../../core/json-cost.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { decodeBase64 } from "./base64.ts";
import { bounds } from "./bounds.ts";
import type { RefusalCode } from "./model.ts";
import { refused, shown } from "./refusal.ts";

/** The document's value, of bounded size and depth. @param what - how a refusal calls it: `the bundle` */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > bounds.envelopeBytes) {
    throw refused("trust.bound", `${what} has more than ${bounds.envelopeBytes} bytes`);
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (overJsonLimit(buffer, { depth: bounds.jsonDepth }) !== undefined) {
    throw refused("trust.bound", `${what} nests values more than ${bounds.jsonDepth} deep`);
  }
  const parsed = parseExactJson(buffer);
  if ("fault" in parsed) throw refused("trust.form", `${what} is malformed: ${shown(parsed.fault)}`);
  return parsed.value;
}

/** A reader of one object's members. Each is read once; {@link Members.end} refuses what was not. */
export interface Members {
  readonly path: string;
  has(name: string): boolean;
  /** Whatever it is; undefined where it is absent. */
  any(name: string): unknown;
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** Strict base64. */
  bytes(name: string): Buffer;
  /** 64 bits as a decimal text, as JSON of protocol buffers has it; never negative. */
  count(name: string): bigint;
  object(name: string): Members;
  optionalObject(name: string): Members | undefined;
  /** Absent is empty. */
  list(name: string, most: number): readonly unknown[];
  /** Objects; absent is empty. */
  objects(name: string, most: number): readonly Members[];
  end(): void;
}

/** @param code - of what is refused here */
export function membersOf(value: unknown, path: string, code: RefusalCode = "trust.form"): Members {
  const fault = (name: string, cause: string) => refused(code, `${path === "" ? "" : `${path}.`}${name} ${cause}`);
  if (!isObject(value)) {
    throw refused(
      code,
      `${path === "" ? "the document" : path} is ${value === undefined ? "missing" : "not an object"}`,
    );
  }
  const object: Untyped = value;
  const read = new Set<string>();
  const any = (name: string): unknown => {
    read.add(name);
    const member = Object.hasOwn(object, name) ? object[name] : undefined;
    return member === null ? undefined : member;
  };
  const under = (name: string) => (path === "" ? name : `${path}.${name}`);
  const members: Members = {
    path,
    has: (name) => Object.hasOwn(object, name) && object[name] !== null,
    any,
    text(name) {
      const member = any(name);
      if (typeof member !== "string") throw fault(name, member === undefined ? "is missing" : "is not a text");
      return member;
    },
    optionalText: (name) => (any(name) === undefined ? undefined : members.text(name)),
    bytes(name) {
      const bytes = decodeBase64(members.text(name));
      if (bytes === undefined) throw fault(name, "is not base64");
      return bytes;
    },
    count(name) {
      const text = members.text(name);
      if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) {
        throw fault(name, text.startsWith("-") ? "is negative" : "is not a number as text");
      }
      return BigInt(text);
    },
    object: (name) => membersOf(any(name), under(name), code),
    optionalObject: (name) => (any(name) === undefined ? undefined : members.object(name)),
    list(name, most) {
      const list = any(name) ?? [];
      if (!Array.isArray(list)) throw fault(name, "is not a list");
      if (list.length > most) throw refused("trust.bound", `${under(name)} has more than ${most} entries`);
      return list;
    },
    objects: (name, most) => members.list(name, most).map((item, i) => membersOf(item, `${under(name)}[${i}]`, code)),
    end() {
      const extra = Object.keys(object).find((name) => !read.has(name));
      if (extra !== undefined) throw fault(shown(extra), "is not a known member");
    },
  };
  return members;
}
