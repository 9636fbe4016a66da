/** How rules differ from those of the same names in another version of them. */
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { conditionText } from "../../engines/events/falco/condition-text.ts";
import type { CollectedRule } from "../../engines/events/falco/model.ts";

export interface RuleDifference {
  readonly rule: string;
  readonly change: "added" | "removed" | "changed";
  /** What is not the same: `condition` from → to, each as it is once macros, lists and exceptions are in their places. */
  readonly parts: readonly { readonly part: string; readonly before: string; readonly after: string }[];
}

/** By name, in the order of the later ones; those that are gone come last. */
export function differences(earlier: readonly CollectedRule[], after: readonly CollectedRule[]): RuleDifference[] {
  const old = new Map(earlier.map((rule) => [rule.name, rule]));
  const found: RuleDifference[] = [];
  for (const rule of after) {
    const other = old.get(rule.name);
    old.delete(rule.name);
    if (other === undefined) {
      found.push({ rule: rule.name, change: "added", parts: [] });
      continue;
    }
    const before: Readonly<Record<string, string>> = partsOf(other);
    const parts = Object.entries(partsOf(rule)).flatMap(([part, value]) => {
      const was = before[part] ?? "";
      return was === value ? [] : [{ part, before: was, after: value }];
    });
    if (parts.length > 0) found.push({ rule: rule.name, change: "changed", parts });
  }
  for (const name of old.keys()) found.push({ rule: name, change: "removed", parts: [] });
  return found;
}

function partsOf({ condition, output, priority, source, enabled, tags, extension }: CollectedRule) {
  return {
    condition: conditionText(condition),
    output: output.replace(/\s+/g, " ").trim(),
    priority,
    source,
    enabled: String(enabled),
    tags: tags.toSorted().join(", "),
    bulkhead: JSON.stringify(extension ?? {}),
  };
}

export function differenceText(found: readonly RuleDifference[]): string {
  if (found.length === 0) return "no rule differs\n";
  const lines: string[] = [];
  const marks = { added: "+", removed: "-", changed: "~" } as const;
  for (const { rule, change, parts } of found) {
    lines.push(`${marks[change]} ${rule}`);
    for (const { part, before, after } of parts) lines.push(...partLines(part, before, after));
  }
  const of = (change: RuleDifference["change"]) => found.filter((one) => one.change === change).length;
  lines.push(
    `${counted(found.length, "rule")} ${found.length === 1 ? "differs" : "differ"}: ${of("added")} added, ${of("removed")} removed, ${of("changed")} changed`,
  );
  return `${lines.map(printable).join("\n")}\n`;
}

/** Characters before and behind what differs. */
const AROUND = 40;

/** Of long texts that differ in one place, that place. */
function partLines(part: string, before: string, after: string): string[] {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start++;
  let end = 0;
  while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const around = (text: string) => {
    const from = Math.max(0, start - AROUND);
    const to = Math.min(text.length, text.length - end + AROUND);
    return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  };
  return [`    ${part}`, `      - ${around(before)}`, `      + ${around(after)}`];
}
