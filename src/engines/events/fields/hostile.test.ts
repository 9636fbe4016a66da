import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { SyscallEvent } from "../event.ts";
import { eventTypes } from "../types/table.ts";
import { hostOf, open, processOf, threadOf } from "./event.fixture.ts";
import type { Extract, Field, FieldType, Value } from "./field.ts";
import { shownValue } from "./shown.ts";
import { syscallFields } from "./syscall.ts";

const parent = processOf(1, { comm: "init" });
const main = processOf(2, { comm: "sh", args: ["\xff", ""], environment: ["=", "A"] }, parent);
const beside = threadOf(3, main, { comm: "t", loginUid: 4_294_967_294 });
open(main, 0, { kind: "unknown", name: "" });
open(main, 1, { kind: "ipv4", name: "x", remote: { address: "", port: 70_000 } });
open(main, 5, { kind: "directory", name: "/d" });
const host = hostOf({ threads: [parent, main, beside] });

/** Each field as a rule may name it, with an argument where it takes one; parameters by the names of all events. */
const parameters = [...new Set(eventTypes.flatMap((type) => type.parameters.map(({ name }) => name)))];
const bound = syscallFields.all.flatMap((field) => argumentsOf(field).map((argument) => bind(field, argument)));

function argumentsOf({ name, argument }: Field<SyscallEvent>): (string | undefined)[] {
  if (name === "evt.arg." || name === "evt.rawarg.") return parameters;
  if (name === "evt.type.is.") return ["open"];
  if (argument === undefined) return [undefined];
  const given = argument.kind === "index" ? ["0", "3", "999999999"] : ["x", "0", "*", "__proto__"];
  const allowed = name === "evt.arg" ? ["0", "63", "flags"] : given;
  return argument.presence === "optional" ? [undefined, ...allowed] : allowed;
}

interface Bound {
  readonly text: string;
  readonly field: Field<SyscallEvent>;
  readonly type: FieldType;
  readonly several: boolean;
  readonly extract: Extract<SyscallEvent>;
}

function bind(field: Field<SyscallEvent>, argument: string | undefined): Bound {
  return {
    text: `${field.name}[${argument ?? ""}]`,
    field,
    type: field.typeOf?.(argument) ?? field.type,
    several: field.list === true || field.either === true || (field.any === true && argument === undefined),
    extract: field.bind(argument),
  };
}

function assertType({ text, type, several }: Bound, value: Value): void {
  if (several) {
    assert.ok(Array.isArray(value) && value.length > 0, text);
    for (const each of value) assertOne(text, type, each);
  } else assertOne(text, type, value as string | number | bigint | boolean);
}

const expected: Readonly<Record<FieldType, string>> = {
  text: "string",
  path: "string",
  bytes: "string",
  address: "string",
  network: "string",
  number: "number",
  port: "number",
  fraction: "number",
  big: "bigint",
  boolean: "boolean",
};

function assertOne(text: string, type: FieldType, value: string | number | bigint | boolean): void {
  assert.equal(typeof value, expected[type], text);
  if (typeof value === "number") assert.ok(Number.isFinite(value), text);
  if (typeof value === "string") assert.doesNotMatch(value, /[^\0-\xff]/, `${text} is no byte string`);
}

interface Made {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
  readonly result: number | undefined;
  readonly kind: number;
}

const made: fc.Arbitrary<Made> = fc.record({
  code: fc.nat({ max: eventTypes.length + 3 }),
  bytes: fc.uint8Array({ maxLength: 200 }),
  cuts: fc.array(fc.nat({ max: 200 }), { maxLength: 40 }),
  result: fc.option(fc.integer({ min: -5_000, max: 5_000 }), { nil: undefined }),
  kind: fc.nat({ max: 3 }),
});

/** Parameters as no writer would have them, each within the bytes: wrong lengths for their types, and too few or too many. */
function eventFrom({ code, bytes, cuts, result, kind }: Made): SyscallEvent {
  const event = new SyscallEvent();
  const buffer = Buffer.from(bytes);
  let at = 0;
  for (const [index, cut] of cuts.entries()) {
    const length = Math.min(cut, buffer.length - at);
    event.starts[index] = at;
    event.lengths[index] = cut === 0 ? -1 : length;
    at += length;
  }
  return Object.assign(event, {
    code,
    bytes: buffer,
    parameters: cuts.length,
    tid: 3,
    result,
    stamp: 1,
    fd: -1,
    host: kind === 0 ? undefined : host,
    thread: kind === 0 ? undefined : kind === 1 ? main : beside,
    descriptor: kind === 3 ? main.process.descriptors.get(1) : undefined,
  });
}

test("no event makes a field throw, and every value is of its field's type and can be shown", () => {
  fc.assert(
    fc.property(made, (facts) => {
      const event = eventFrom(facts);
      for (const each of bound) {
        const value = each.extract(event);
        if (value === undefined) continue;
        assertType(each, value);
        assert.equal(typeof shownValue(each.field, value), "string", each.text);
      }
    }),
    runs(150),
  );
});
