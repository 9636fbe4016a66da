import { nearest } from "../../core/nearest.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { coverageOf } from "../../engines/events/detect/coverage.ts";
import { conditionText } from "../../engines/events/falco/condition-text.ts";
import type { CollectedRule } from "../../engines/events/falco/model.ts";
import { severityOfPriority } from "../../engines/events/severity.ts";
import { outputDefaults } from "../../report/options.ts";
import { hanging, pageOf } from "../../report/page.ts";
import { knownWord } from "../known-word.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { type RulesOptions, rulesAt } from "./rules-at.ts";

/** Characters of a condition: lists may be long. */
const CONDITION = 8_000;

/** `bulkhead runtime rules explain RULE [RULES…]` */
export async function runtimeRulesExplain(
  name: string,
  places: readonly string[],
  options: RulesOptions,
): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const { loaded } = await rulesAt(places, options);
  refuseBroken(loaded);
  const rule = ruleNamed(name, loaded.rules);
  const coverage = coverageOf(rule);
  if (format === "json") {
    const { condition: _, ...rest } = rule;
    process.stdout.write(`${JSON.stringify({ ...rest, ...coverage }, null, 2)}\n`);
    return 0;
  }
  const { columns, color } = outputDefaults(process.stdout, process.env);
  const page = pageOf({ columns, color, all: true });
  const { description, source, priority, enabled, tags, place, extension, output } = rule;
  const severity = extension?.severity ?? severityOfPriority(priority);
  const state = enabled
    ? extension?.optional === true
      ? ", optional: `runtime.optional` loads it"
      : ""
    : ", disabled";
  const lines = [page.colors.bold(printable(rule.name))];
  const say = (title: string, text: string | undefined) => {
    if (text !== undefined && text !== "") lines.push("", title, ...hanging(page, text.replace(/\s+/g, " ").trim(), 2));
  };
  lines.push(...hanging(page, `${severity} (${priority}) · ${source}${state} · ${place.file}:${place.line}`, 0, "  "));
  say("What", description);
  say("Why", extension?.why);
  say("Fix", extension?.fix);
  say("Condition, with macros, lists and exceptions in their places", conditionText(rule.condition, CONDITION));
  if (extension?.sequence !== undefined) {
    const { after, withinSeconds, by } = extension.sequence;
    const steps = after.map(({ condition, name: step }) => (step === undefined ? condition : `${step}: ${condition}`));
    say("After", `${steps.join("; then ")}; within ${withinSeconds} s, by ${keyText(by)}`);
  }
  if (extension?.threshold !== undefined) {
    const { count, withinSeconds, by, distinct } = extension.threshold;
    const what = distinct === undefined ? "times" : `different values of ${distinct}`;
    say("Threshold", `${count} ${what} within ${withinSeconds} s, by ${keyText(by)}`);
  }
  say("Output", output);
  say("Events", coverage.events.join(", "));
  say("Fields", coverage.fields.join(", "));
  say("Tags", [...new Set([...tags, ...(extension?.attack ?? [])])].join(", "));
  say("Accept it", `exceptions: [{ id: "${rule.name}", asset: …, reason: …, owner: …, expires: … }] in bulkhead.yaml`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function keyText(by: string | readonly string[]): string {
  return typeof by === "string" ? by : by.join(", ");
}

/** @throws Problem (usage) where none or several have the name */
function ruleNamed(name: string, rules: readonly CollectedRule[]): CollectedRule {
  const wanted = name.toLowerCase();
  const exact = rules.find((rule) => rule.name.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const some = rules.filter((rule) => rule.name.toLowerCase().includes(wanted));
  const [only, ...more] = some;
  if (only !== undefined && more.length === 0) return only;
  if (only !== undefined) {
    const names = some.slice(0, 10).map((rule) => `"${rule.name}"`);
    throw usageProblem(name, "several rules have that in their name", `one of ${names.join(", ")}`);
  }
  const near = nearest(
    name,
    rules.map((rule) => rule.name),
  );
  throw usageProblem(
    name,
    "no such rule",
    near === undefined ? "`bulkhead runtime rules list`" : `did you mean "${near}"?`,
  );
}
