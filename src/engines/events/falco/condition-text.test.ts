import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText } from "./condition-text.ts";
import { loadRules } from "./load.ts";

function shown(condition: string, more = ""): string {
  const text = `${more}- rule: r\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n`;
  const { rules, errors } = loadRules([{ name: "r.yaml", text }]);
  assert.deepEqual(errors, []);
  const [rule] = rules;
  assert.ok(rule !== undefined);
  return conditionText(rule.condition);
}

test("macros and lists are in their places, and parentheses where they are needed", () => {
  const more = `- list: shells
  items: [sh, "a b"]
- macro: shell
  condition: proc.name in (shells) or proc.name = zsh
`;
  assert.equal(
    shown("evt.type=open and shell and not (shell and fd.name exists)", more),
    'evt.type = open and (proc.name in (sh, "a b") or proc.name = zsh) and not ((proc.name in (sh, "a b") or proc.name = zsh) and fd.name exists)',
  );
});

test("arguments, modifiers, transformers and fields on the right are as they are written", () => {
  const written =
    "proc.aname[2] startswith oneof (a, b) and toupper(proc.name) = X and proc.name = val(proc.pname) and fd.name contains é";
  assert.equal(shown(written), `${written.slice(0, -1)}"é"`);
});

test("what is long is cut", () => {
  const { rules } = loadRules([
    {
      name: "r.yaml",
      text: "- rule: r\n  desc: d\n  condition: proc.name in (aaa, bbb, ccc)\n  output: o\n  priority: INFO\n",
    },
  ]);
  const [rule] = rules;
  assert.ok(rule !== undefined);
  assert.equal(conditionText(rule.condition, 16), "proc.name in (aa…");
});
