import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRuleTests } from "../collect/runtime/rule-tests.ts";
import { Problem } from "../core/problem.ts";
import { checkedRules } from "./runtime-rules.ts";
import { ruleTester } from "./runtime-tests.ts";

const rules = checkedRules([
  {
    name: "r.yaml",
    text: `- rule: Shadow
  desc: d
  condition: evt.type = openat and fd.name = /etc/shadow
  output: o
  priority: ERROR
  enabled: false
- rule: Exec
  desc: d
  condition: ka.target.subresource = exec
  output: o
  priority: ERROR
  source: k8s_audit
`,
  },
]);

async function failures(text: string): Promise<readonly string[]> {
  const [test] = parseRuleTests(text, "t.yaml").tests;
  assert.ok(test !== undefined);
  return (await ruleTester(rules)(test)).failures;
}

const shadow = "{ event: openat, args: { name: /etc/shadow } }";
const exec =
  "{ kind: Event, auditID: a, stageTimestamp: 2026-03-01T00:00:00Z, objectRef: { resource: pods, subresource: exec } }";

test("rules fire as they must, disabled ones and those of audit events too", async () => {
  assert.deepEqual(await failures(`- { name: n, events: [${shadow}], fires: [Shadow], silent: others }`), []);
  assert.deepEqual(await failures(`- { name: n, events: ['${exec}'], fires: [Exec] }`.replaceAll("'", "")), []);
  assert.deepEqual(await failures(`- { name: n, events: [${shadow}, ${shadow}], fires: { Shadow: 1 } }`), [
    "Shadow fired 2 times, expected 1",
  ]);
  assert.deepEqual(await failures(`- { name: n, events: [${shadow}], silent: [Shadow] }`), [
    "Shadow fired 1 times, expected never",
  ]);
  assert.deepEqual(await failures(`- { name: n, events: [${shadow}, ${exec}], fires: [Exec], silent: others }`), [
    "Shadow fired 1 times, expected never",
  ]);
});

test("a test about what cannot be read, or a rule that there is not, is an error and no pass", async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [`- { name: n, events: [${shadow}], silent: [Shadwo] }`, /no rule is named Shadwo/],
    ["- { name: n, events: [{ event: opneat }], silent: [Shadow] }", /opneat/],
    ["- { name: n, events: [{ nothing: 1 }], silent: [Shadow] }", /none of/],
    ["- { name: n, events: [], silent: [Shadow] }", /either events or a capture/],
    [`- { name: n, events: [${shadow}] }`, /nothing is expected/],
    [`- { name: n, events: [${shadow}], fire: [Shadow] }`, /unknown key fire/],
    ["- { name: n, capture: no-such-file.scap, silent: [Shadow] }", /no such file/],
    ["tests: 1", /neither a list of tests/],
    ["- [", /./],
  ];
  for (const [text, cause] of wrong) {
    await assert.rejects(failures(text), (error) => {
      assert.ok(error instanceof Problem, text);
      assert.match(error.message, cause);
      return true;
    });
  }
});
