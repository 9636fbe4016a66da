import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { coverageOf } from "../../engines/events/detect/coverage.ts";
import type { CollectedRule } from "../../engines/events/falco/model.ts";
import { severityOfPriority } from "../../engines/events/severity.ts";
import { outputDefaults } from "../../report/options.ts";
import { clip } from "../../report/width.ts";
import { knownWord } from "../known-word.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { type RulesOptions, rulesAt } from "./rules-at.ts";

export interface RulesListOptions extends RulesOptions {
  readonly fields: boolean;
  readonly events: boolean;
}

/** `bulkhead runtime rules list [RULES…]` */
export async function runtimeRulesList(places: readonly string[], options: RulesListOptions): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const { loaded } = await rulesAt(places, options);
  refuseBroken(loaded);
  const { rules } = loaded;
  const coverage = rules.map(coverageOf);
  if (format === "json") {
    const json = rules.map((rule, at) => ({
      name: rule.name,
      description: rule.description,
      source: rule.source,
      priority: rule.priority,
      severity: severityOf(rule),
      enabled: rule.enabled,
      optional: rule.extension?.optional === true,
      tags: rule.tags,
      place: rule.place,
      fields: coverage[at]?.fields,
      outputFields: coverage[at]?.outputFields,
      events: coverage[at]?.events,
    }));
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    return 0;
  }
  if (options.fields) {
    process.stdout.write(
      usesText(
        coverage.map(({ fields, outputFields }) => [...fields, ...outputFields]),
        "field",
      ),
    );
  } else if (options.events) {
    process.stdout.write(
      usesText(
        coverage.map(({ events }) => events),
        "type of event",
        "types of events",
      ),
    );
  } else process.stdout.write(rulesText(rules));
  return 0;
}

function severityOf({ extension, priority }: CollectedRule): string {
  return extension?.severity ?? severityOfPriority(priority);
}

function rulesText(rules: readonly CollectedRule[]): string {
  const { columns } = outputDefaults(process.stdout, process.env);
  const lines = rules.map((rule) => {
    const { name, source, enabled, extension, tags } = rule;
    const techniques = tags.filter((tag) => /^T\d{4}/.test(tag)).join(" ");
    const state = enabled ? (extension?.optional === true ? "optional" : "") : "disabled";
    const parts = [severityOf(rule).padEnd(10), source.padEnd(9), printable(name), techniques, state];
    return clip(parts.filter((part) => part !== "").join("  "), columns);
  });
  const enabled = rules.filter((rule) => rule.enabled).length;
  return `${[...lines, `${counted(rules.length, "rule")}, ${enabled} enabled`].join("\n")}\n`;
}

/** What is used most comes first. */
function usesText(uses: readonly (readonly string[])[], one: string, many?: string): string {
  const counts = new Map<string, number>();
  for (const names of uses) for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ordered = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const lines = ordered.map(([name, count]) => `${String(count).padStart(5)}  ${printable(name)}`);
  return `${[...lines, counted(ordered.length, one, many)].join("\n")}\n`;
}
