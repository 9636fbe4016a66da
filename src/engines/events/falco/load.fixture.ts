import assert from "node:assert/strict";
import { loadRules } from "./load.ts";
import type { Condition, LoadedRules } from "./model.ts";

/** Each text is one file. */
export function load(...texts: string[]): LoadedRules {
  return loadRules(texts.map((text, index) => ({ name: `${index + 1}.yaml`, text })));
}

/** One rule of the file, `r`. @param more - further keys, two blanks in front */
export const rule = (condition: string, more = "", name = "r") =>
  `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: warning\n${more}`;

export const said = ({ errors, warnings }: LoadedRules) =>
  [...errors, ...warnings].map(({ code, message }) => `${code}: ${message}`);

/** Of the first rule, with brackets. */
export function conditionOf(loaded: LoadedRules): string {
  assert.deepEqual(
    said(loaded).filter((text) => text.startsWith("LOAD_ERR")),
    [],
  );
  const [first] = loaded.rules;
  assert.ok(first !== undefined);
  return shown(first.condition);
}

export function shown(condition: Condition): string {
  if (condition.kind === "and" || condition.kind === "or")
    return `(${condition.terms.map(shown).join(` ${condition.kind} `)})`;
  if (condition.kind === "not") return `not ${shown(condition.term)}`;
  if (condition.kind === "macro") return `<${condition.name}>`;
  if (condition.kind !== "exists" && condition.kind !== "compare") assert.fail();
  const left = condition.left.kind === "field" ? condition.left.name : condition.left.transformer;
  if (condition.kind === "exists") return `${left}?`;
  const { right, operator, modifier } = condition;
  const value = right.kind === "value" ? right.text : right.kind === "values" ? right.texts.join("|") : "val";
  return `${left} ${operator}${modifier === undefined ? "" : ` ${modifier}`} ${value}`;
}
