import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedRules } from "../../../scan/runtime-rules.ts";
import { hooksByRule, hooksOf, stateHooks } from "./hooks.ts";

const rule = (name: string, condition: string, more = "") =>
  `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: ERROR\n${more}`;

function loaded(...rules: readonly string[]) {
  const all = checkedRules([{ name: "r.yaml", text: rules.join("") }]);
  assert.deepEqual(all.errors, []);
  return all;
}

const beyondState = (...rules: readonly string[]) =>
  hooksOf(loaded(...rules)).filter((hook) => !stateHooks.includes(hook));

test("hooks are what conditions look at, by their names in the kernel", () => {
  assert.deepEqual(beyondState(rule("a", "evt.type = pread and fd.name = /a")), ["pread64"]);
  assert.deepEqual(beyondState(rule("a", "evt.type in (openat, ptrace) and not evt.type = openat")), ["ptrace"]);
  assert.deepEqual(beyondState(rule("a", "evt.type in (execve, procexit)")), []);
});

test("system calls without an event of their own are told apart", () => {
  assert.deepEqual(beyondState(rule("a", "evt.type in (fsmount, kexec_load)")), ["fsmount", "kexec_load"]);
  assert.deepEqual(beyondState(rule("a", "evt.type = fsmount and not evt.type in (fsmount, kexec_load)")), []);
});

test("what io_uring does in the place of calls is seen where they are looked at", () => {
  assert.deepEqual(beyondState(rule("a", "evt.type = openat2")), ["io_uring", "openat2"]);
});

test("rules that are disabled, optional, or of audit events ask for nothing; steps of sequences do", () => {
  assert.deepEqual(beyondState(rule("a", "evt.type = mount", "  enabled: false\n")), []);
  const optional = rule("a", "evt.type = mount", "  bulkhead: { optional: true }\n");
  assert.deepEqual(beyondState(optional), []);
  assert.ok(hooksOf(loaded(optional), new Set(["a"])).includes("mount"));
  assert.deepEqual(beyondState(rule("a", "ka.verb = get", "  source: k8s_audit\n")), []);
  const sequence = rule(
    "a",
    "evt.type = mount",
    "  bulkhead: { sequence: { after: [evt.type = ptrace], within: 10s, by: container } }\n",
  );
  assert.deepEqual(beyondState(sequence), ["mount", "ptrace"]);
});

test("a rule that names no type looks at all that there are", () => {
  const [found] = hooksByRule(loaded(rule("a", "proc.name = x")));
  assert.ok(found !== undefined && found.hooks.length > 300);
});
