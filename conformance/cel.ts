/**
 * Suite `cel`: the simple test data of the language's own specification (google/cel-spec, tests/simple/testdata), as far as
 * it is about plain CEL. What is left out is counted by file, so that nothing is passed over unseen.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../src/engines/cel/compile.ts";
import type { Library } from "../src/engines/cel/library.ts";
import type { Value } from "../src/engines/cel/model.ts";
import { equal, typeOf } from "../src/engines/cel/values.ts";
import { type Message, parseTextproto } from "./cel/textproto.ts";
import { member, NotPlain, textOf, valueIn } from "./cel/values.ts";
import type { Case, Suite } from "./suite.ts";

/** Files about plain CEL, and how many of their tests are about messages of protocol buffers or static types alone. */
const LEFT_OUT: Readonly<Record<string, number>> = {
  basic: 0,
  comparisons: 72,
  conversions: 0,
  fields: 0,
  fp_math: 0,
  integer_math: 0,
  lists: 0,
  logic: 0,
  macros: 0,
  namespace: 0,
  parse: 26,
  plumbing: 0,
  string: 0,
  timestamps: 0,
};

/** Unknown names are told when the expression is read, whether their answer would count or not: sections, or tests. */
const READ_STRICTLY: ReadonlySet<string> = new Set([
  "parse/receiver_function_names",
  "basic/variables/unbound_is_runtime_error",
  "basic/functions/unbound_is_runtime_error",
]);

const MESSAGES = /TestAllTypes|GlobalEnum|NestedEnum|google\.protobuf\.(?!Timestamp\b|Duration\b)|\w\{/;

export const cel: Suite = {
  about: "the Common Expression Language's own tests of plain CEL: a folder of cel-spec's *.textproto",
  needs: [],
  async *cases({ data }) {
    const folder = [join(data, "cel"), data].find((each) => existsSync(join(each, "basic.textproto")));
    if (folder === undefined) throw new Error(`${data}: no basic.textproto in it (cel-spec, tests/simple/testdata)`);
    for (const [name, leftOut] of Object.entries(LEFT_OUT)) {
      if (!existsSync(join(folder, `${name}.textproto`))) throw new Error(`${name}.textproto is missing`);
      yield* casesOfFile(join(folder, `${name}.textproto`), name, leftOut);
    }
  },
};

interface FileOptions {
  readonly library?: Library;
  /** Tests that are left out, by section and name. */
  readonly later?: RegExp;
}

/** All tests of a file, and that so many of them are left out. */
export function* casesOfFile(
  path: string,
  name: string,
  leftOut: number,
  { library, later }: FileOptions = {},
): Generator<Case> {
  const file = parseTextproto(readFileSync(path, "utf8"));
  let count = 0;
  for (const section of (file.section ?? []) as readonly Message[]) {
    for (const test of (section.test ?? []) as readonly Message[]) {
      const part = `${name}/${textOf(section, "name")}`;
      const isStrict = READ_STRICTLY.has(part) || READ_STRICTLY.has(`${part}/${textOf(test, "name")}`);
      const isLater = later?.test(`${textOf(section, "name")}/${textOf(test, "name")}`) === true;
      const run = isLater ? undefined : isStrict ? strictly(test) : caseOf(test, library);
      if (run === undefined) count += 1;
      else yield { name: `${part}/${textOf(test, "name")}: ${textOf(test, "expr")}`, run };
    }
  }
  yield {
    name: `${name}: what is not about plain CEL`,
    run: () => assert.equal(count, leftOut, `${count} tests left out`),
  };
}

/** Undefined of a test that is not about plain CEL. */
function caseOf(test: Message, library?: Library): (() => void) | undefined {
  const text = textOf(test, "expr") ?? "";
  if (textOf(test, "check_only") === "true" || MESSAGES.test(text)) return undefined;
  let variables: Record<string, Value>;
  let expected: Value | undefined;
  try {
    variables = Object.fromEntries(((test.bindings ?? []) as readonly Message[]).map(bindingOf));
    const result = member(test, "value") ?? member(member(test, "typed_result") ?? {}, "result");
    const fails = test.eval_error !== undefined || test.any_eval_errors !== undefined;
    expected = fails ? undefined : result === undefined ? true : valueIn(result);
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
  const names = ((test.type_env ?? []) as readonly Message[]).map((each) => textOf(each, "name") ?? "");
  const container = textOf(test, "container");
  return () => {
    const options = {
      variables: new Set([...names, ...Object.keys(variables)]),
      ...(container === undefined ? {} : { container }),
      ...(library === undefined ? {} : { library }),
    };
    const compiled = compile(text, options);
    if ("fault" in compiled) {
      assert.equal(expected, undefined, compiled.fault.reason);
      return;
    }
    const outcome = compiled.program.evaluate(variables);
    if (outcome.kind !== "value") {
      assert.equal(outcome.kind, "error");
      assert.equal(expected, undefined, outcome.reason);
      return;
    }
    assert.notEqual(expected, undefined, `a value where there is none: ${shown(outcome.value)}`);
    assert.ok(isSame(outcome.value, expected as Value), `${shown(outcome.value)}, not ${shown(expected as Value)}`);
  };
}

function strictly(test: Message): () => void {
  return () => {
    const names = ((test.type_env ?? []) as readonly Message[]).map((each) => textOf(each, "name") ?? "");
    const compiled = compile(textOf(test, "expr") ?? "", { variables: new Set(names) });
    assert.match("fault" in compiled ? compiled.fault.reason : "", /^unknown (?:function|variable) /);
  };
}

function bindingOf(binding: Message): readonly [string, Value] {
  return [textOf(binding, "key") ?? "", valueIn(member(member(binding, "value") ?? {}, "value") ?? {})];
}

/** NaN is the same as NaN here, and -0 is not 0. */
function isSame(a: Value, b: Value): boolean {
  if (typeof a === "number" && typeof b === "number") return Object.is(a, b) || (a === b && a !== 0);
  return typeOf(a) === typeOf(b) && equal(a, b, { left: 1_000_000 });
}

function shown(value: Value): string {
  return `${typeOf(value)} ${typeof value === "object" ? JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each)) : String(value)}`;
}
