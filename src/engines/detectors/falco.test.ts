import assert from "node:assert/strict";
import { test } from "node:test";
import { falcoAnswers } from "./falco.ts";

const file = {
  rules_files: ["/etc/falco/falco_rules.yaml", "/etc/falco/rules.d"],
  syscall_event_drops: { actions: ["log", "alert"] },
};

function answers(words: readonly string[], configuration?: Readonly<Record<string, unknown>>): string {
  const { rules, losses } = falcoAnswers(words, configuration);
  return `${rules.answer} ${losses.answer}`;
}

test("its configuration says that it loads rules, and tells of dropped events", () => {
  assert.equal(answers(["/usr/bin/falco"], file), "yes yes");
  assert.equal(answers(["/usr/bin/falco"], { ...file, syscall_event_drops: {} }), "yes yes");
  assert.match(falcoAnswers([], file).rules.reason, /^loads \/etc\/falco\/falco_rules[.]yaml, /);
});

test("a configuration that was not read leaves it open", () => {
  assert.equal(answers(["/usr/bin/falco"]), "unknown unknown");
  assert.equal(answers(["/usr/bin/falco", "-r", "/rules.yaml"]), "unknown unknown");
});

test("rules that were read are counted, and held against the least priority", () => {
  const of = (rules: string, configuration: Readonly<Record<string, unknown>> = {}) =>
    falcoAnswers(["falco"], { rules_files: ["/etc/falco/own.yaml"], ...configuration }, new Map([["own.yaml", rules]]))
      .rules;
  const rule = "- rule: shell\n  desc: d\n  condition: c\n  output: o\n  priority: WARNING\n";
  assert.equal(of(rule).answer, "yes");
  for (const nothing of ["", "[]", "- list: names\n  items: []\n", `${rule}  enabled: false\n`]) {
    assert.match(of(nothing).reason, /^has no enabled rule in/, nothing);
  }
  assert.match(of(rule, { priority: "emergency" }).reason, /^alerts from priority emergency on, which none/);
  assert.equal(of(rule.replace("WARNING", "EMERGENCY"), { priority: "emergency" }).answer, "yes");
  assert.equal(of(rule, { priority: "debug" }).answer, "yes");
  // A folder may hold any rule; Falco's own have none above critical.
  const beside = (name: string) => falcoAnswers(["falco"], { rules_files: [name], priority: "alert" }).rules.answer;
  assert.equal(beside("/etc/falco/rules.d"), "unknown");
  assert.equal(beside("/etc/falco/falco_rules.yaml"), "no");
});

test("without a driver, the source, rules or an output it watches nothing", () => {
  const nothing: readonly (readonly [string[], Readonly<Record<string, unknown>>?])[] = [
    [["falco", "--nodriver"], file],
    [["falco", "-o", "engine.kind=nodriver"], file],
    [["falco", "--option=engine.kind=nodriver"], file],
    [["falco"], { ...file, engine: { kind: "nodriver" } }],
    [["falco", "--disable-source", "syscall"], file],
    [["falco", "--enable-source=k8s_audit"], file],
    [["falco", "--dry-run"]],
    [["falco"], { ...file, rules_files: [] }],
    [["falco"], { ...file, rules: [{ disable: { rule: "*" } }] }],
    [["falco"], { ...file, stdout_output: { enabled: false }, syslog_output: { enabled: false } }],
  ];
  for (const [words, configuration] of nothing) {
    assert.equal(falcoAnswers(words, configuration).rules.answer, "no", JSON.stringify([words, configuration]));
  }
});

test("what only looks like it does not count", () => {
  const something: readonly (readonly [string[], Readonly<Record<string, unknown>>])[] = [
    [["falco", "-o", "engine.kind=modern_ebpf"], { ...file, engine: { kind: "nodriver" } }],
    [["falco", "--enable-source", "syscall", "--enable-source=k8s_audit"], file],
    [["falco", "-r", "/rules.yaml"], { ...file, rules_files: [] }],
    [["falco"], { ...file, rules: [{ disable: { rule: "*" } }, { enable: { rule: "Terminal*" } }] }],
    [["falco"], { ...file, stdout_output: { enabled: false }, http_output: { enabled: true, url: "http://x" } }],
    // A value, not a flag.
    [["falco", "-r", "--nodriver"], file],
  ];
  for (const [words, configuration] of something) {
    assert.equal(falcoAnswers(words, configuration).rules.answer, "yes", JSON.stringify([words, configuration]));
  }
});

test("dropped events that it ignores are told by nobody", () => {
  assert.equal(falcoAnswers([], { ...file, syscall_event_drops: { actions: ["ignore"] } }).losses.answer, "no");
  assert.equal(falcoAnswers(["-o", "syscall_event_drops.actions[0]=ignore"], file).losses.answer, "no");
  assert.equal(
    falcoAnswers([], { ...file, syscall_event_drops: { actions: ["ignore", "exit"] } }).losses.answer,
    "yes",
  );
});
