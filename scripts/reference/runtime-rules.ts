/** docs/reference/runtime-rules.md: the rules that the program brings along, with what each finds, why, and what to do. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CollectedRule } from "../../src/engines/events/falco/model.ts";
import { severityOfPriority } from "../../src/engines/events/severity.ts";
import { checkedRules } from "../../src/scan/runtime-rules.ts";
import { page, plain } from "./markdown.ts";

/** What files of rules are about, in the order of the page. */
const SECTIONS: readonly (readonly [file: string, title: string])[] = [
  ["execution", "Execution"],
  ["escape", "Container escapes"],
  ["credentials", "Credentials"],
  ["persistence", "Persistence"],
  ["evasion", "Evasion"],
  ["network", "Network"],
  ["kubernetes", "Kubernetes audit events"],
];

/** The rules in `rules/`. @param project - the project's own folder */
export function runtimeRules(project: string): readonly CollectedRule[] {
  const folder = join(project, "rules");
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const { rules, errors } = checkedRules(
    names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") })),
  );
  const [error] = errors;
  if (error !== undefined) throw new Error(`rules: ${error.message} (bulkhead runtime rules check rules/)`);
  return rules;
}

/** @param project - the project's own folder */
export function runtimeRulesPage(project: string): string {
  const rules = runtimeRules(project);
  const byFile = Map.groupBy(rules, ({ place }) => place.file.slice(0, -".yaml".length));
  const unnamed = [...byFile.keys()].filter((file) => !SECTIONS.some(([name]) => name === file));
  if (unnamed.length > 0) throw new Error(`scripts/reference/runtime-rules.ts: say what ${unnamed[0]} is about`);
  const optional = rules.filter(({ extension }) => extension?.optional === true).length;
  return page("Runtime rules", [
    `The ${rules.length} rules that come with the program, in the directory \`rules/\`. \`bulkhead runtime rules explain NAME\` shows the condition of one. ${optional} are *optional*: [\`runtime.optional\`](policy.md) loads them. Techniques are those of [MITRE ATT&CK](https://attack.mitre.org/).`,
    "Each rule is tested by an attack, at least two ways around it, and what is alike and harmless: `rules/tests/`. How quiet the rules are on a busy host has not been measured.",
    "See also: [how rules are written and tested](../runtime-rules.md), [replay](../runtime.md).",
    ...SECTIONS.flatMap(([file, title]) => {
      const some = byFile.get(file) ?? [];
      return some.length === 0 ? [] : [`## ${title}`, ...some.flatMap(ruleBlocks)];
    }),
  ]);
}

function ruleBlocks({
  name,
  description,
  priority,
  extension,
}: CollectedRule): readonly (string | readonly string[])[] {
  const severity = extension?.severity ?? severityOfPriority(priority);
  const marks = [severity, ...(extension?.attack ?? []), ...(extension?.optional === true ? ["*optional*"] : [])];
  const text = (some: string | undefined): string => plain((some ?? "").trim());
  return [
    `### ${plain(name)}`,
    marks.join(" · "),
    `${text(description)} ${text(extension?.why)}`,
    `**Fix**: ${text(extension?.fix)}`,
  ];
}
