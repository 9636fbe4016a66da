import assert from "node:assert/strict";
import { test } from "node:test";
import { syscallFields } from "../../fields/syscall.ts";
import { codes } from "../../types/codes.ts";
import type { Condition } from "../model.ts";
import { parseCondition } from "../parse.ts";
import { compileCondition } from "./condition.ts";
import { compileMade, madeVocabulary, ruleOf } from "./made.fixture.ts";
import { syscallVocabulary } from "./sources.ts";

const vocabulary = syscallVocabulary(syscallFields);

function codesOf(text: string): ReadonlySet<number> {
  const result = compileCondition(parseCondition(text), vocabulary);
  assert.ok("compiled" in result, "fault" in result ? result.fault.message : "");
  return result.compiled.codes;
}

function faultOf(text: string) {
  const result = compileCondition(parseCondition(text), vocabulary);
  assert.ok("fault" in result, text);
  return result.fault;
}

test("the types of events that a condition can hold for follow from what it says of evt.type", () => {
  const { openat, connect, execve, generic } = codes;
  const all = codesOf("proc.name=cat");
  const has = (text: string, ...wanted: readonly number[]) => {
    const found = codesOf(text);
    return (
      [openat, connect, execve].map((code) => found.has(code)).join() ===
      [openat, connect, execve].map((code) => wanted.includes(code)).join()
    );
  };
  assert.ok(all.size > 100);
  assert.ok(has("evt.type=openat", openat));
  assert.ok(has("evt.type in (openat, connect) and proc.name=cat", openat, connect));
  assert.ok(has("evt.type=openat or (evt.type=connect and fd.name=x)", openat, connect));
  assert.ok(has("not evt.type=openat", connect, execve));
  assert.ok(has("not (evt.type=openat or evt.type=connect)", execve));
  assert.ok(has("not (evt.type!=openat and proc.name=cat)", openat, connect, execve));
  assert.ok(has("not not evt.type=openat and not evt.type=connect", openat));
  assert.ok(has("evt.type exists", openat, connect, execve));
  assert.equal(codesOf("evt.type=openat and evt.type=connect").size, 0);
  assert.equal(codesOf("evt.num=0").size, 0);
  assert.equal(codesOf("not evt.num>0").size, 0);
  assert.equal(codesOf("evt.num>1 and proc.name=cat").size, all.size);
  assert.equal(codesOf("evt.source=k8s_audit").size, 0);
  // A system call without a code of its own shares one: its denial rules nothing out.
  assert.ok(codesOf("evt.type=sysinfo").has(generic));
  assert.ok(codesOf("evt.type!=sysinfo").has(generic));
});

test("what is wrong is said in upstream's words, with its place", () => {
  assert.deepEqual(faultOf("evt.type=open and nope.x=1"), {
    kind: "unknown-field",
    message: "filter_check called with nonexistent field nope.x",
    at: 18,
  });
  const number = faultOf("evt.type=open and fd.num contains x");
  assert.equal(number.message, "filter error: 'contains' operator not supported for numeric filters");
  assert.equal(number.at, 18);
  assert.match(faultOf("fd.sip=hello").message, /unrecognized IPv6 address hello/);
  assert.match(faultOf("proc.name = val(fd.num)").message, /has type 'CHARBUF' while the right-hand side field/);
  assert.match(faultOf("fd.sip.name regex val(proc.name)").message, /right-hand side/);
  assert.match(faultOf("proc.aname = val(proc.name)").message, /doesn't support right-hand side fields/);
  assert.match(faultOf("tolower(fd.num) = 1").message, /not supported by 'tolower'/);
  assert.match(faultOf("spawned_process").message, /unexpected identifier 'spawned_process'/);
});

test("constants that look like something else, and expressions that need be none, are warned of", () => {
  const result = compileCondition(
    parseCondition(
      'proc.name = "proc.pname" or proc.name regex "^cat.*" or proc.name = "tolower(proc.name)" or proc.name regex "a.b"',
    ),
    vocabulary,
  );
  assert.ok("compiled" in result);
  assert.deepEqual(
    result.compiled.warnings.map(({ message }) => message),
    [
      "'proc.pname' may be a valid field misused as a const string value",
      "regex check with '^cat.*' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'",
      "'tolower(proc.name)' may be a valid field transformer misused as a const string value",
    ],
  );
});

const exists = (name: string): Condition => ({ kind: "exists", left: { kind: "field", name, at: 0 }, at: 0 });

test("the first rule that holds is found, or all of them in their order", () => {
  const rules = [
    ruleOf("never", 0, { kind: "not", term: exists("evt.num"), at: 0 }),
    ruleOf("second", 1, exists("e.text")),
    ruleOf("off", 2, exists("e.text")),
    ruleOf("third", 3, exists("e.text")),
  ].map((rule) => (rule.name === "off" ? { ...rule, enabled: false } : rule));
  const event = { code: 0, number: 1, thread: undefined, path: undefined, values: { "e.text": "" } };
  for (const [matching, names] of [
    ["first", ["second"]],
    ["all", ["second", "third"]],
  ] as const) {
    const { detector } = compileMade(rules.toReversed(), matching);
    const count = detector.evaluate(event);
    assert.deepEqual(
      detector.matched.slice(0, count).map(({ name }) => name),
      names,
    );
    assert.equal(detector.wants(0), true);
    assert.equal(detector.wants(99), false);
    assert.equal(detector.evaluate({ ...event, values: {} }), 0);
  }
});

test("a hundred rules of one type are tried in their order", () => {
  const rules = Array.from({ length: 100 }, (_, index) => {
    const odd = index % 2 === 1;
    return ruleOf(`rule ${index}`, index, {
      kind: "and",
      terms: [exists("t.name"), odd ? exists("e.text") : { kind: "not", term: exists("e.text"), at: 0 }],
      at: 0,
    });
  });
  const { detector } = compileMade(rules);
  const thread = { slot: 1, version: 1, values: { "t.name": "cat" } };
  const event = { code: 1, number: 1, thread, path: undefined, values: { "e.text": "" } };
  const count = detector.evaluate(event);
  assert.deepEqual(
    detector.matched.slice(0, count).map(({ index }) => index),
    Array.from({ length: 50 }, (_, half) => 2 * half + 1),
  );
  assert.equal(detector.evaluate({ ...event, thread: undefined }), 0);
});

test("detectors that share threads do not take each other's findings for theirs", () => {
  const one = compileMade([ruleOf("one", 0, exists("t.name"))]).detector;
  const other = compileMade([ruleOf("other", 0, { kind: "not", term: exists("t.name"), at: 0 })]).detector;
  const thread = { slot: 1, version: 1, values: { "t.name": "cat" } };
  const event = { code: 0, number: 1, thread, path: undefined, values: {} };
  for (let round = 0; round < 3; round++) assert.deepEqual([one.evaluate(event), other.evaluate(event)], [1, 0]);
});

test("made-up fields are a vocabulary too", () => {
  const result = compileCondition(exists("e.none"), madeVocabulary);
  assert.ok("fault" in result && result.fault.kind === "unknown-field");
});
