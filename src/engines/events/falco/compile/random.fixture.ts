/** Random conditions and events over the made-up fields, and the property that the compiler agrees with the interpreter. */
import assert from "node:assert/strict";
import type { FieldScope, FieldType } from "../../fields/field.ts";
import { type Anything, type FieldKind, holds } from "../interpreter.fixture.ts";
import type { Condition, Operand, Operator, Right, TransformerArgument } from "../model.ts";
import { compileCondition } from "./condition.ts";
import {
  bytesOfAddress,
  compileMade,
  eventNames,
  kindOfField,
  type MadeEvent,
  type MadeField,
  type MadeThread,
  made,
  madeValue,
  madeVocabulary,
  own,
  ruleOf,
} from "./made.fixture.ts";

/** Numbers from a seed: the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const texts = [
  "",
  "a",
  "cat",
  "Cat",
  "sshd",
  "/etc",
  "/etc/passwd",
  "/etc//shadow/",
  "etc",
  "/",
  "/usr/bin/cat",
  "Y2F0",
  "YQ==",
  "-ab",
  "-b",
  "x",
  "--",
  "é",
  "\xff\xfe",
  "a b",
  "0",
  "ca?",
  "*",
];
const globs = ["*", "c*", "*t", "c[a-c]t", "[!x]*", "/etc/*", "/e*/p?sswd", "?", "*/*", "**a", "C*"];
const regexes = ["c.*", "(cat|sshd)", "[a-z]+", ".*etc.*", "", "^/etc$", "a|b", "C[aA]t", ".", "[^/]+", "(?i)cat"];
const addresses = ["10.0.0.1", "10.1.2.3", "192.168.0.7", "::1", "fe80::1", "2001:db8::5"];
const networks = [
  "10.0.0.0/8",
  "10.0.0.0/23",
  "192.168.0.0/16",
  "0.0.0.0/0",
  "fe80::/10",
  "2001:db8::/32",
  "10.0.0.1/32",
];

export class Random {
  readonly #next: () => number;
  #version = 0;

  constructor(seed: number) {
    this.#next = randomOf(seed);
  }

  nextVersion(): number {
    return ++this.#version;
  }

  below(most: number): number {
    return Math.floor(this.#next() * most);
  }

  of<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  some<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  condition(depth: number): Condition {
    const kind = this.below(depth > 0 ? 6 : 2);
    if (kind < 2) return this.check();
    if (kind === 2) return { kind: "not", term: this.condition(depth - 1), at: 0 };
    const terms = Array.from({ length: 2 + this.below(3) }, () => this.condition(depth - 1));
    return { kind: kind === 3 ? "or" : "and", terms, at: 0 };
  }

  check(): Condition {
    const left = this.operand(2);
    if (this.below(12) === 0) return { kind: "exists", left, at: 0 };
    const { type, list, several } = kindOfOperand(left);
    const operator = this.of(operatorsOf(type, list === true));
    if (several === undefined && type !== "network" && !["regex", "pmatch"].includes(operator) && this.below(6) === 0) {
      const other = this.matching(type, list === true);
      if (other !== undefined)
        return { kind: "compare", left, operator, right: { kind: "operand", operand: other }, at: 0 };
    }
    const isMany = operator === "in" || operator === "intersects" || operator === "pmatch";
    if (!isMany && !list && ["text", "path"].includes(type) && !/[<>]/.test(operator) && this.below(5) === 0) {
      const modifier = this.of(["oneof", "anyof", "allof"] as const);
      return { kind: "compare", left, operator, modifier, right: this.values(type, operator), at: 0 };
    }
    const right: Right = isMany
      ? this.values(type, operator)
      : { kind: "value", text: this.constant(type, operator), at: 0 };
    return { kind: "compare", left, operator, right, at: 0 };
  }

  values(type: FieldType, operator: Operator): Right {
    return { kind: "values", texts: this.some(4, () => this.constant(type, operator)), at: 0 };
  }

  matching(type: FieldType, list: boolean): Operand | undefined {
    const alike = made.filter(
      (each) => each.type === type && (each.list === true) === list && each.several === undefined,
    );
    return alike.length === 0 ? undefined : { kind: "field", name: this.of(alike).name, at: 0 };
  }

  operand(depth: number): Operand {
    if (this.below(6) === 0) return { kind: "field", name: this.of(own).name, at: 0 };
    if (depth === 0 || this.below(4) > 0) return { kind: "field", name: this.of(made).name, at: 0 };
    const text = (): Operand => ({ kind: "field", name: this.of(["t.name", "e.text", "fd.name", "e.path"]), at: 0 });
    const list = (): Operand => ({ kind: "field", name: this.of(["t.args", "e.texts"]), at: 0 });
    const literal = (words: readonly string[]): TransformerArgument => ({
      kind: "literal",
      text: this.of(words),
      at: 0,
    });
    switch (this.below(5)) {
      case 0:
        return { kind: "transform", transformer: "join", of: [literal([",", ""]), list()], at: 0 };
      case 1:
        return { kind: "transform", transformer: "concat", of: [text(), literal(["/", "a"]), text()], at: 0 };
      case 2: {
        const argument = this.below(2) === 0 ? { argument: this.of(["a", "b"]) } : {};
        return {
          kind: "transform",
          transformer: "getopt",
          of: [list(), literal(["ab:", "a:b", "ba"])],
          ...argument,
          at: 0,
        };
      }
      case 3:
        return { kind: "transform", transformer: "len", of: [this.below(2) === 0 ? text() : list()], at: 0 };
      default: {
        const transformer = this.of(["tolower", "toupper", "basename", "b64"] as const);
        const named =
          transformer === "b64" ? ["t.name", "e.text", "e.bytes", "t.args"] : ["t.name", "fd.name", "e.texts"];
        return { kind: "transform", transformer, of: [{ kind: "field", name: this.of(named), at: 0 }], at: 0 };
      }
    }
  }

  constant(type: FieldType, operator: Operator): string {
    if (operator === "bcontains" || operator === "bstartswith") return this.of(["", "63", "6174", "fFfe"]);
    if (operator === "glob" || operator === "iglob") return this.of(globs);
    if (operator === "regex") return this.of(regexes);
    if (operator === "pmatch") return this.of([...texts, ...globs]);
    switch (type) {
      case "text":
      case "path":
      case "bytes":
        return this.of([...texts, ...eventNames, "mystery1"]);
      case "boolean":
        return this.of(["true", "false"]);
      case "address":
        return this.of(addresses);
      case "network":
        return this.of(networks);
      case "port":
        return this.of(["80", "443", "http", "0"]);
      case "fraction":
        return this.of(["0", "1", "-2", "0.5"]);
      default:
        return this.of(["0", "1", "2", "-1", "3", "9007199254740993", "+1"]);
    }
  }

  value(type: FieldType): string | number | bigint | boolean {
    switch (type) {
      case "text":
      case "path":
      case "bytes":
        return this.of(texts);
      case "boolean":
        return this.below(2) === 0;
      case "address":
      case "network":
        return bytesOfAddress(this.of(addresses));
      case "big":
        return BigInt(this.below(4)) - 1n;
      case "fraction":
        return this.of([0, 0.5, 1, -2]);
      case "port":
        return this.of([80, 443, 0, 22]);
      default:
        return this.below(5) - 1;
    }
  }

  fieldValue(field: MadeField): Anything | undefined {
    if (this.below(4) === 0) return undefined;
    if (field.list === undefined && field.several === undefined) return this.value(field.type);
    const values = Array.from({ length: 1 + this.below(field.several === "either" ? 2 : 3) }, () =>
      this.value(field.type),
    );
    return values;
  }

  valuesIn(scope: FieldScope): Record<string, Anything | undefined> {
    return Object.fromEntries(
      made.filter((each) => each.scope === scope).map((each) => [each.name, this.fieldValue(each)]),
    );
  }

  thread(): MadeThread {
    return { slot: 1 + this.below(20), version: this.nextVersion(), values: this.valuesIn("thread") };
  }

  event(number: number, threads: readonly MadeThread[]): MadeEvent {
    return {
      code: this.below(4),
      number,
      thread: this.below(8) === 0 ? undefined : this.of(threads),
      path: this.below(8) === 0 ? undefined : this.of(texts),
      values: this.valuesIn("event"),
    };
  }
}

function operatorsOf(type: FieldType, list: boolean): readonly Operator[] {
  if (list) return ["in", "intersects"];
  const equality = ["=", "==", "!=", "in", "intersects"] as const;
  if (type === "boolean" || type === "address" || type === "network") return equality;
  if (type === "bytes") return [...equality, "contains", "startswith", "endswith", "bcontains", "bstartswith"];
  if (type !== "text" && type !== "path") return [...equality, "<", "<=", ">", ">="];
  return [
    ...equality,
    "<",
    ">=",
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "glob",
    "iglob",
    "regex",
    "pmatch",
  ];
}

function kindOfOperand(operand: Operand): FieldKind {
  if (operand.kind === "field") return kindOfField(operand.name);
  const [first] = operand.of;
  if (operand.transformer === "len") return { type: "number" };
  if (operand.transformer === "getopt" && operand.argument === undefined) return { type: "text", list: true };
  if (first?.kind !== "field" || ["join", "concat", "getopt"].includes(operand.transformer)) return { type: "text" };
  return kindOfField(first.name);
}

/**
 * Some rules over some events of a few threads and paths: the detector, each condition by itself and the interpreter agree.
 *
 * @returns how many pairs of a condition and an event were compared, and how many of them held
 */
export function agree(seed: number, rules: number, events: number): { readonly pairs: number; readonly held: number } {
  const random = new Random(seed);
  const conditions = Array.from({ length: rules }, () => random.condition(3));
  const { detector, faults } = compileMade(
    conditions.map((condition, index) => ruleOf(`rule ${index}`, index, condition)),
  );
  assert.deepEqual(faults, [], `seed ${seed}`);
  const single = conditions.map((condition) => compileCondition(condition, madeVocabulary));
  let threads = Array.from({ length: 3 }, () => random.thread());
  let held = 0;
  for (let number = 1; number <= events; number++) {
    if (random.below(8) === 0) threads = [random.thread(), ...threads.slice(1)];
    // As exec does: the same thread, and nothing holds any more.
    const changed = random.below(8) === 0 ? random.of(threads) : undefined;
    if (changed !== undefined) {
      Object.assign(changed.values, random.valuesIn("thread"));
      changed.version = random.nextVersion();
    }
    const event = random.event(number, threads);
    const world = { kind: kindOfField, value: (name: string) => madeValue(name, event) };
    const expected = conditions.map((condition) => holds(condition, world));
    const found = new Set(detector.matched.slice(0, 0));
    const count = detector.evaluate(event);
    for (const rule of detector.matched.slice(0, count)) found.add(rule);
    for (const [index, rule] of detector.rules.entries()) {
      const told = () => `seed ${seed}, event ${number}: ${JSON.stringify(conditions[index])} ${show(event)}`;
      assert.equal(found.has(rule), expected[index], told());
      const alone = single[index];
      assert.ok(alone !== undefined && "compiled" in alone);
      assert.equal(alone.compiled.test(event), expected[index], told());
      if (expected[index]) held++;
      assert.ok(!expected[index] || alone.compiled.codes.has(event.code), told());
    }
  }
  return { pairs: rules * events, held };
}

function show(event: MadeEvent): string {
  return JSON.stringify(event, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}
