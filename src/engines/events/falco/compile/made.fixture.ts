/** Made-up fields to try conditions on: one of each type, of each scope, lists, fields of several values. */
import type { Field, FieldScope, FieldType, Value } from "../../fields/field.ts";
import type { Anything, FieldKind } from "../interpreter.fixture.ts";
import type { CollectedRule, Condition } from "../model.ts";
import { compileRules, type Subject } from "./compile.ts";
import type { Vocabulary } from "./condition.ts";
import type { EventTypes } from "./event-types.ts";

export interface MadeThread {
  readonly slot: number;
  version: number;
  readonly values: Record<string, Anything | undefined>;
}

export interface MadeEvent {
  readonly code: number;
  readonly number: number;
  readonly thread: MadeThread | undefined;
  readonly path: string | undefined;
  readonly values: Record<string, Anything | undefined>;
}

/** `NAME TYPE SCOPE`, then `list`, `either` or `any`. */
const table = `
t.name text thread
t.exe path thread
t.pid number thread
t.args text thread list
t.up text thread any
t.privileged boolean thread
fd.name path path
fd.directory path path
e.text text event
e.path path event
e.bytes bytes event
e.number number event
e.big big event
e.fraction fraction event
e.flag boolean event
e.port port event
e.ports port event either
e.address address event
e.addresses address event either
e.network network event
e.networks network event either
e.texts text event list
e.numbers big event list
e.addressList address event list
`;

export interface MadeField extends FieldKind {
  readonly name: string;
  readonly scope: FieldScope;
}

export const made: readonly MadeField[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [name = "", type = "text", scope = "event", more] = line.split(" ");
    const common = { name, type: type as FieldType, scope: scope as FieldScope };
    if (more === "list") return { ...common, list: true as const };
    return more === "either" || more === "any" ? { ...common, several: more } : common;
  });

const byName = new Map(made.map((field) => [field.name, field]));
export const eventNames = ["open", "connect", "execve", "mystery"];

/** Code 3 is what several names share, as system calls without a code of their own do. */
export const madeTypes: EventTypes = {
  codes: [0, 1, 2, 3],
  live: [0, 1, 2, 3],
  codesOf: (name) => (eventNames.includes(name) ? [eventNames.indexOf(name)] : name.startsWith("mystery") ? [3] : []),
  nameOf: (code) => (code === 3 ? undefined : eventNames[code]),
};

export function madeValue(name: string, event: MadeEvent): Anything | undefined {
  if (name === "evt.type") return event.code === 3 ? `mystery${event.number % 3}` : eventNames[event.code];
  if (name === "evt.num") return event.number;
  if (name === "evt.source") return "syscall";
  const field = byName.get(name);
  if (field?.scope === "thread") return event.thread?.values[name];
  if (name === "fd.name") return event.path;
  if (name === "fd.directory") return event.path?.slice(0, Math.max(1, event.path.lastIndexOf("/")));
  return event.values[name];
}

export const own: readonly MadeField[] = [
  { name: "evt.type", type: "text", scope: "event" },
  { name: "evt.num", type: "number", scope: "event" },
  { name: "evt.source", type: "text", scope: "constant" },
];

const fields = new Map(
  [...made, ...own].map((field): [string, Field<MadeEvent>] => [
    field.name,
    {
      name: field.name,
      source: "syscall",
      type: field.type,
      scope: field.scope,
      description: field.name,
      ...(field.list ? { list: true } : {}),
      ...(field.several === "either" ? { either: true } : {}),
      ...(field.several === "any" ? { any: true } : {}),
      bind: () => (event) => madeValue(field.name, event) as Value | undefined,
    },
  ]),
);

export const madeVocabulary: Vocabulary<MadeEvent> = {
  source: "syscall",
  types: madeTypes,
  fields: {
    find(text) {
      const field = fields.get(text);
      return field === undefined
        ? { problem: `no field is named ${text}`, unknown: true }
        : { field, argument: undefined };
    },
  },
};

const subject: Subject<MadeEvent> = {
  code: ({ code }) => code,
  thread: ({ thread }) => thread,
  path: ({ path }) => path,
};

export function ruleOf(name: string, index: number, condition: Condition): CollectedRule {
  return {
    name,
    index,
    condition,
    description: name,
    source: "syscall",
    priority: "NOTICE",
    tags: [],
    enabled: true,
    warnEventTypes: true,
    skipIfUnknownFilter: false,
    conditionText: "",
    output: "",
    place: { file: "rules.yaml", line: 1, column: 1 },
  };
}

export function compileMade(rules: readonly CollectedRule[], matching: "first" | "all" = "all") {
  return compileRules(rules, { ...madeVocabulary, subject, matching, render: () => () => ({ text: "", fields: {} }) });
}

export function kindOfField(name: string): FieldKind {
  return [...made, ...own].find((each) => each.name === name) ?? { type: "text" };
}

export function bytesOfAddress(text: string): string {
  const numbers = text.includes(":")
    ? expand(text).flatMap((group) => [group >> 8, group & 255])
    : text.split(".").map(Number);
  return String.fromCharCode(...numbers);
}

function expand(text: string): number[] {
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [left, right] = [groups(head), groups(tail)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}
