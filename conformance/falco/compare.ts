/** What a case demands, held against what came of it. */
import assert from "node:assert/strict";
import type { Diagnostic } from "../../src/engines/events/falco/model.ts";
import type { Expectations, ExpectedDiagnostic } from "./cases.ts";
import type { Outcome } from "./evaluate.ts";

/** @throws AssertionError that names the first demand that is not met */
export function compare(expected: Expectations, outcome: Outcome): void {
  for (const error of expected.errors) assertSaid("error", error, outcome.errors);
  for (const warning of expected.warnings) assertSaid("warning", warning, outcome.warnings);
  if (expected.fails) assert.ok(outcome.errors.length > 0 || outcome.refused !== undefined, "it is to be refused");
  else assert.deepEqual(outcome.errors.map(sentence), [], "rules are to load");
  if (outcome.refused !== undefined)
    for (const pattern of expected.stderr) assert.match(outcome.refused, new RegExp(pattern, "m"));
  const total = [...outcome.fired.values()].reduce((sum, count) => sum + count, 0);
  if (expected.fires === true) assert.ok(total > 0, "something is to fire");
  if (expected.fires === false) assert.deepEqual(Object.fromEntries(outcome.fired), {}, "nothing is to fire");
  // Some cases name the level of what is not to be found.
  for (const level of expected.fires === false ? [] : expected.levels)
    assert.ok((outcome.levels.get(level.toUpperCase()) ?? 0) > 0, `an alert of ${level} is to fire`);
  for (const [rule, count] of Object.entries(expected.counts))
    assert.equal(outcome.fired.get(rule) ?? 0, count, `${rule} is to fire ${count} times`);
  for (const pattern of expected.stdout) assert.match(outcome.stdout, new RegExp(pattern));
  for (const pattern of expected.notStdout) assert.doesNotMatch(outcome.stdout, new RegExp(pattern));
}

/** The code's name since Falco 0.33. */
const RENAMED: Readonly<Record<string, string>> = { LOAD_UNKNOWN_FIELD: "LOAD_UNKNOWN_FILTER" };

/** yaml-cpp writes the place into its message; here it is data. */
const YAML_CPP = /^yaml-cpp: error at line (\d+), column (\d+): (.*)$/;

function isMessage(expected: string, { message, chain }: Diagnostic): boolean {
  const placed = YAML_CPP.exec(expected);
  if (placed === null) return message === expected;
  const [{ place }] = chain;
  return message === placed[3] && place.line === Number(placed[1]) && place.column === Number(placed[2]);
}

function assertSaid(what: string, expected: ExpectedDiagnostic, said: readonly Diagnostic[]): void {
  const isIt = (diagnostic: Diagnostic) =>
    diagnostic.item.kind === expected.item_type &&
    diagnostic.item.name === expected.item_name &&
    diagnostic.code === (RENAMED[expected.code] ?? expected.code) &&
    (expected.message === undefined || isMessage(expected.message, diagnostic)) &&
    (expected.message_contains === undefined || diagnostic.message.includes(expected.message_contains));
  assert.ok(
    said.some(isIt),
    `${what} ${expected.code} of ${expected.item_type} '${expected.item_name}': ${expected.message ?? expected.message_contains}\n` +
      `is to be among:\n${said.map(sentence).join("\n")}`,
  );
}

function sentence({ code, item, message }: Diagnostic): string {
  return `${code} of ${item.kind} '${item.name}': ${message}`;
}
