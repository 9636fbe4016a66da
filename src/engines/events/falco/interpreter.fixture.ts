/**
 * What a condition comes to for one event, read off the language's description and nothing else: slow, without memory, and
 * without a line of the compiler. Tests hold the compiler against it.
 */
import { BlockList, isIPv6 } from "node:net";
import { RE2JS } from "re2js";
import type { Condition, Operand, TransformerArgument } from "./model.ts";

type One = string | number | bigint | boolean;
export type Anything = One | readonly One[];

export interface FieldKind {
  readonly type: "text" | "path" | "bytes" | "number" | "big" | "fraction" | "boolean" | "port" | "address" | "network";
  readonly list?: true;
  readonly several?: "either" | "any";
}

export interface World {
  kind(field: string): FieldKind;
  value(field: string): Anything | undefined;
}

export function holds(condition: Condition, world: World): boolean {
  switch (condition.kind) {
    case "and":
      return condition.terms.every((term) => holds(term, world));
    case "or":
      return condition.terms.some((term) => holds(term, world));
    case "not":
      return !holds(condition.term, world);
    case "macro":
      throw new Error("macros are gone by now");
    case "exists":
      return read(condition.left, world) !== undefined;
    case "compare":
      return compare(condition, world);
  }
}

function compare(condition: Condition & { kind: "compare" }, world: World): boolean {
  const left = read(condition.left, world);
  if (left === undefined) return false;
  const kind = kindOf(condition.left, world);
  const { operator, modifier, right } = condition;
  if (right.kind === "operand") {
    const other = read(right.operand, world);
    if (other === undefined) return false;
    // Bytes of a field are no hexadecimal digits.
    const plainly = operator === "bcontains" ? "contains" : operator === "bstartswith" ? "startswith" : operator;
    if (!kind.list) return related(plainly, left as One, other as One);
    const others = other as readonly One[];
    const among = (one: One) => others.some((each) => related("=", one, each));
    return operator === "in" ? (left as readonly One[]).every(among) : (left as readonly One[]).some(among);
  }
  const texts = right.kind === "value" ? [right.text] : right.texts;
  if (kind.list) {
    const member = (one: One) => texts.some((text) => holdsOne("=", kind.type, one, text));
    return operator === "in" ? (left as readonly One[]).every(member) : (left as readonly One[]).some(member);
  }
  const one = (value: One): boolean => {
    const each = () => texts.filter((text) => holdsOne(operator, kind.type, value, text)).length;
    if (modifier === "oneof") return each() === 1;
    if (modifier === "anyof") return each() > 0;
    if (modifier === "allof") return texts.length > 0 && each() === texts.length;
    if (operator === "in" || operator === "intersects" || operator === "pmatch") return each() > 0;
    return holdsOne(operator, kind.type, value, texts[0] ?? "");
  };
  if (kind.several === undefined) return one(left as One);
  const values = left as readonly One[];
  return kind.several === "either" && operator === "!=" ? values.every(one) : values.some(one);
}

function holdsOne(operator: string, type: FieldKind["type"], value: One, text: string): boolean {
  if (type === "network") return operator === "!=" ? !inside(String(value), text) : inside(String(value), text);
  if (type === "address")
    return operator === "!=" ? addressOf(String(value)) !== plain(text) : addressOf(String(value)) === plain(text);
  if (type === "boolean") return operator === "!=" ? value !== (text === "true") : value === (text === "true");
  if (type === "text" || type === "path" || type === "bytes") return holdsText(operator, String(value), text);
  const constant = type === "port" && text === "http" ? 80 : Number(text);
  return related(operator, Number(value), constant);
}

function related(operator: string, left: One, right: One): boolean {
  const [a, b] = typeof left === "bigint" || typeof right === "bigint" ? [Number(left), Number(right)] : [left, right];
  switch (operator) {
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "=":
    case "==":
    case "in":
    case "intersects":
      return a === b;
    default:
      return holdsText(operator, String(left), String(right));
  }
}

function holdsText(operator: string, value: string, text: string): boolean {
  switch (operator) {
    case "contains":
      return value.split(text).length > 1 || text === "";
    case "icontains":
      return holdsText("contains", small(value), small(text));
    case "startswith":
      return value.slice(0, text.length) === text;
    case "endswith":
      return text === "" || value.slice(-text.length) === text;
    case "bcontains":
      return holdsText("contains", value, bytesOf(text));
    case "bstartswith":
      return holdsText("startswith", value, bytesOf(text));
    case "glob":
      return wildcard(text, value);
    case "iglob":
      return wildcard(small(text), small(value));
    case "pmatch":
      return below(value, text);
    case "regex":
      return RE2JS.compile(characters(text), RE2JS.MULTILINE).matcher(characters(value)).matches();
    default:
      return related(operator === "in" || operator === "intersects" ? "=" : operator, value, text);
  }
}

function small(text: string): string {
  return [...text].map((letter) => (letter >= "A" && letter <= "Z" ? letter.toLowerCase() : letter)).join("");
}

function large(text: string): string {
  return [...text].map((letter) => (letter >= "a" && letter <= "z" ? letter.toUpperCase() : letter)).join("");
}

function bytesOf(hex: string): string {
  return (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join("");
}

function characters(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** Tries everything. Brackets as the tests write them: letters, ranges, a leading `!`. */
function wildcard(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    for (let taken = 0; taken <= text.length; taken++) if (wildcard(pattern.slice(1), text.slice(taken))) return true;
    return false;
  }
  if (text === "") return false;
  const bracket = /^\[(!?)([^\]]+)\]/.exec(pattern);
  if (bracket !== null) {
    const [whole, negated = "", inner = ""] = bracket;
    const found = new RegExp(`^[${inner.replace(/[\\^]/g, "\\$&")}]$`).test(text[0] ?? "");
    return found !== (negated === "!") && wildcard(pattern.slice(whole.length), text.slice(1));
  }
  return (pattern[0] === "?" || pattern[0] === text[0]) && wildcard(pattern.slice(1), text.slice(1));
}

function below(path: string, pattern: string): boolean {
  const [parts, wanted] = [path, pattern].map((each) => each.split("/").filter((part) => part !== ""));
  return (wanted ?? []).every((part, index) => parts?.[index] !== undefined && wildcard(part, parts[index] ?? ""));
}

function addressOf(bytes: string): string {
  const numbers = [...bytes].map((byte) => byte.charCodeAt(0));
  if (numbers.length === 4) return numbers.join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((numbers[2 * i] ?? 0) * 256 + (numbers[2 * i + 1] ?? 0)).toString(16),
  );
  return plain(groups.join(":"));
}

function plain(text: string): string {
  return isIPv6(text) ? new URL(`http://[${text}]/`).hostname.slice(1, -1) : text;
}

function inside(bytes: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  if (isIPv6(address) !== (bytes.length === 16)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  return list.check(addressOf(bytes), bytes.length === 16 ? "ipv6" : "ipv4");
}

function kindOf(operand: Operand, world: World): FieldKind {
  if (operand.kind === "field") return world.kind(operand.name);
  const [first] = operand.of;
  switch (operand.transformer) {
    case "len":
      return { type: "number" };
    case "join":
    case "concat":
      return { type: "text" };
    case "getopt":
      return operand.argument === undefined ? { type: "text", list: true } : { type: "text" };
    default:
      return first !== undefined && first.kind !== "literal" && first.kind !== "list"
        ? kindOf(first, world)
        : { type: "text" };
  }
}

function read(operand: Operand | TransformerArgument, world: World): Anything | undefined {
  switch (operand.kind) {
    case "field":
      return world.value(operand.name);
    case "literal":
      return operand.text;
    case "list": {
      const members: One[] = [];
      for (const item of operand.items) {
        const value = read(item, world);
        if (value === undefined) return undefined;
        members.push(...(Array.isArray(value) ? (value as One[]).map(String) : [String(value)]));
      }
      return members;
    }
    case "transform": {
      const values = operand.of.map((each) => read(each, world));
      if (values.includes(undefined)) return undefined;
      return transform(operand, values as Anything[]);
    }
  }
}

function transform(
  { transformer, argument }: Operand & { kind: "transform" },
  values: readonly Anything[],
): Anything | undefined {
  const [first = "", second = ""] = values;
  const each = (change: (text: string) => string | undefined): Anything | undefined => {
    if (!Array.isArray(first)) return change(String(first));
    const changed = first.map((one) => change(String(one)));
    return changed.includes(undefined) ? undefined : (changed as string[]);
  };
  switch (transformer) {
    case "tolower":
      return each(small);
    case "toupper":
      return each(large);
    case "basename":
      return each((text) => text.split("/").at(-1));
    case "b64":
      return each(unBase64);
    case "len":
      return Array.isArray(first) ? first.length : String(first).length;
    case "join":
      return (second as readonly One[]).map(String).join(String(first));
    case "concat":
      return values.map(String).reduce((all, one) => all + one, "");
    case "getopt":
      return options((first as readonly One[]).map(String), String(second), argument);
  }
}

/** Whatever this encodes again to the same is one. */
function unBase64(text: string): string | undefined {
  const bare = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  const bytes = Buffer.from(bare, "base64");
  if (text !== "" && bare === "") return undefined;
  return bytes.toString("base64").replace(/=/g, "") === bare ? bytes.toString("latin1") : undefined;
}

function options(words: readonly string[], known: string, selector: string | undefined): Anything | undefined {
  const result: string[] = [];
  let selected: string | undefined;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--" || word === "" || word === "-" || !word.startsWith("-")) break;
    if (word.startsWith("--")) continue;
    for (let letters = word.slice(1); letters !== ""; letters = letters.slice(1)) {
      const letter = letters.slice(0, 1);
      const place = letter === ":" ? -1 : known.indexOf(letter);
      if (place < 0) result.push("?");
      else if (known[place + 1] !== ":") {
        result.push(letter);
        if (letter === selector) selected = letter;
      } else {
        const value = letters.length > 1 ? letters.slice(1) : rest.shift();
        if (value === undefined) result.push("");
        else result.push(letter, value);
        if (letter === selector) selected = value ?? "";
        break;
      }
    }
  }
  return selector === undefined ? result : selected;
}
