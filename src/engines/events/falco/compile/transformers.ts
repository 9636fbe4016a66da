/**
 * The transformers: what each makes of its arguments, and of which types it takes them. An absent argument makes the result
 * absent.
 *
 * Rules: falcosecurity/libs, userspace/libsinsp/sinsp_filter_transformers and sinsp_filtercheck_multivalue_transformer.cpp.
 */
import type { FieldType, Value } from "../../fields/field.ts";
import type { Transformer } from "../model.ts";
import { lowerAscii, upperAscii } from "./case.ts";
import { FaultError } from "./fault.ts";
import { typeNames } from "./literals.ts";
import { membersOf } from "./operators.ts";

export interface Typed {
  readonly name: string;
  readonly type: FieldType;
  readonly list: boolean;
}

export interface Transformation {
  readonly type: FieldType;
  readonly list: boolean;
  /** @param values - one for each argument, none of them absent */
  apply(values: readonly Value[]): Value | undefined;
}

/** @throws FaultError where it takes no such arguments */
export function transformation(
  transformer: Transformer,
  of: readonly Typed[],
  argument: string | undefined,
): Transformation {
  if (argument !== undefined && transformer !== "getopt")
    throw new FaultError(`transformer '${transformer}' does not support field arguments`);
  switch (transformer) {
    case "join":
      return join(of);
    case "concat":
      return concat(of);
    case "getopt":
      return getopt(of, argument);
    case "len":
      return length(only(transformer, of));
    case "tolower":
      return eachText(transformer, only(transformer, of), ["text", "path"], lowerAscii);
    case "toupper":
      return eachText(transformer, only(transformer, of), ["text", "path"], upperAscii);
    case "basename":
      return eachText(transformer, only(transformer, of), ["text", "path"], (text) =>
        text.slice(text.lastIndexOf("/") + 1),
      );
    case "b64":
      return eachText(transformer, only(transformer, of), ["text", "bytes"], decodeBase64);
  }
}

function only(transformer: Transformer, [first, second]: readonly Typed[]): Typed {
  if (first === undefined || second !== undefined)
    throw new FaultError(`transformer '${transformer}' takes one argument`);
  return first;
}

function refuse(transformer: Transformer, { name, type, list }: Typed): never {
  throw new FaultError(
    `can't add field transformer: type '${typeNames[type]}' is not supported by '${transformer}' transformer applied on ${
      list ? "list " : ""
    }field '${name}'`,
  );
}

function eachText(
  transformer: Transformer,
  of: Typed,
  types: readonly FieldType[],
  change: (text: string) => string | undefined,
): Transformation {
  if (!types.includes(of.type)) refuse(transformer, of);
  const { type, list } = of;
  if (!list) return { type, list, apply: ([value]) => change(String(value)) };
  return {
    type,
    list,
    apply([value = []]) {
      const changed: string[] = [];
      for (const member of membersOf(value)) {
        const one = change(String(member));
        if (one === undefined) return undefined;
        changed.push(one);
      }
      return changed;
    },
  };
}

/** Of a list: its members; of a text or bytes: its bytes. */
function length(of: Typed): Transformation {
  if (of.list) return { type: "number", list: false, apply: ([value = []]) => membersOf(value).length };
  if (of.type !== "text" && of.type !== "path" && of.type !== "bytes") refuse("len", of);
  return { type: "number", list: false, apply: ([value]) => String(value).length };
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** With or without its padding; undefined where it is none, bits left over included. */
function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/={1,2}$/, "");
  if (text === "") return "";
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined;
  const last = BASE64.indexOf(digits.at(-1) ?? "");
  const unused = digits.length % 4 === 2 ? 15 : digits.length % 4 === 3 ? 3 : 0;
  return (last & unused) === 0 ? Buffer.from(digits, "base64").toString("latin1") : undefined;
}

function join(of: readonly Typed[]): Transformation {
  const [separator, list] = of;
  if (separator === undefined || list === undefined || of.length !== 2)
    throw new FaultError("join() requires exactly 2 arguments: separator and list");
  if (separator.list) throw new FaultError("join() first argument (separator) must be a single value, not a list");
  if (!list.list) throw new FaultError("join() second argument must be a list");
  return { type: "text", list: false, apply: ([by, members = []]) => membersOf(members).join(String(by)) };
}

function concat(of: readonly Typed[]): Transformation {
  if (of.length < 2) throw new FaultError("concat() requires at least 2 arguments");
  if (!of.every(({ type, list }) => (type === "text" || type === "path") && !list))
    throw new FaultError("concat() arguments must be strings");
  return { type: "text", list: false, apply: (values) => values.join("") };
}

/** As getopt(3) reads arguments by an option string, long options left out; `[x]`: the last value of that one option. */
function getopt(of: readonly Typed[], selector: string | undefined): Transformation {
  const [list, options] = of;
  if (list === undefined || options === undefined || of.length !== 2)
    throw new FaultError("getopt() requires exactly 2 arguments: args list and optstring");
  if (!list.list) throw new FaultError("getopt() first argument must be a list");
  if (options.list) throw new FaultError("getopt() second argument (optstring) must be a single value");
  if (list.type !== "text" || options.type !== "text") throw new FaultError("getopt() arguments must be strings");
  if (selector !== undefined && selector.length !== 1)
    throw new FaultError("getopt() field argument must be a single option character");
  return {
    type: "text",
    list: selector === undefined,
    apply([members = [], wanted]) {
      const found = readOptions(membersOf(members).map(String), String(wanted));
      if (selector === undefined)
        return found.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value]));
      const last = found.findLast(({ option }) => option === selector);
      return last === undefined ? undefined : (last.value ?? last.name);
    },
  };
}

interface Option {
  readonly option: string;
  /** `?` for one that is none, empty for one whose value is missing. */
  readonly name: string;
  readonly value?: string;
}

function readOptions(members: readonly string[], options: string): Option[] {
  const valid = new Map<string, boolean>();
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? "";
    if (option !== ":") valid.set(option, options[at + 1] === ":" || valid.get(option) === true);
  }
  const found: Option[] = [];
  for (let index = 0; index < members.length; index++) {
    const member = members[index] ?? "";
    if (member === "--" || member.length < 2 || member[0] !== "-") break;
    if (member[1] === "-") continue;
    for (let at = 1; at < member.length; at++) {
      const option = member[at] ?? "";
      const takesValue = valid.get(option);
      if (takesValue === undefined) found.push({ option: "", name: "?" });
      else if (!takesValue) found.push({ option, name: option });
      else {
        const value = at + 1 < member.length ? member.slice(at + 1) : members[++index];
        found.push(value === undefined ? { option, name: "" } : { option, name: option, value });
        break;
      }
    }
  }
  return found;
}
