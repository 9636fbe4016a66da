/** The key `bulkhead` of a rule (`RuleExtension`; docs/runtime-rules.md). */
import { errorIn, type ItemContext, warningIn } from "./diagnostics.ts";
import type { CorrelationKey, Diagnostic, RuleExtension, SequenceRule, ThresholdRule } from "./model.ts";
import { booleanOf, contextOf, numberOf, textOf, textsOf } from "./read-values.ts";
import type { RuleMapping } from "./read-yaml.ts";

const SEVERITIES = ["low", "medium", "high", "critical"] as const;
const KEYS = new Set(["severity", "attack", "why", "fix", "optional", "sequence", "threshold"]);

/** Most earlier steps of a sequence, and longest time that one or a threshold looks back: what is kept is bounded by both. */
const MOST_STEPS = 8;
const MOST_SECONDS = 86_400;

/** @throws RuleFault with LOAD_ERR_EXTENSION */
export function readExtension(item: RuleMapping, rule: ItemContext, warnings: Diagnostic[]): RuleExtension | undefined {
  const node = item.entries.get("bulkhead");
  if (node === undefined || node.kind === "null") return undefined;
  const context = contextOf(node, "extension item", "bulkhead", rule);
  if (node.kind !== "mapping") throw extensionError(context, "Value is not a mapping");
  warnOfOthers(node, KEYS, context, warnings);
  const severity = node.entries.has("severity") ? severityOf(node, context) : undefined;
  const attack = textsOf(node, "attack", context);
  const sequence = mappingOf(node, "sequence", context);
  const threshold = mappingOf(node, "threshold", context);
  return {
    ...(severity !== undefined && { severity }),
    ...(attack !== undefined && { attack }),
    ...(node.entries.has("why") && { why: textOf(node, "why", context) }),
    ...(node.entries.has("fix") && { fix: textOf(node, "fix", context) }),
    ...(node.entries.has("optional") && { optional: booleanOf(node, "optional", context) }),
    ...(sequence !== undefined && { sequence: sequenceOf(sequence.node, sequence.context, warnings) }),
    ...(threshold !== undefined && { threshold: thresholdOf(threshold.node, threshold.context, warnings) }),
  };
}

function extensionError(context: ItemContext, message: string, remedy?: string) {
  return errorIn(context, "LOAD_ERR_EXTENSION", message, remedy);
}

function warnOfOthers(node: RuleMapping, known: ReadonlySet<string>, context: ItemContext, warnings: Diagnostic[]) {
  for (const key of node.entries.keys())
    if (!known.has(key))
      warnings.push(warningIn(context, "LOAD_WARNING_EXTENSION", `Unknown key '${key}', which is ignored`));
}

function severityOf(node: RuleMapping, context: ItemContext): (typeof SEVERITIES)[number] {
  const text = textOf(node, "severity", context);
  const severity = SEVERITIES.find((one) => one === text);
  if (severity === undefined) throw extensionError(context, "Invalid severity", `one of ${SEVERITIES.join(", ")}`);
  return severity;
}

function mappingOf(node: RuleMapping, key: string, context: ItemContext) {
  const value = node.entries.get(key);
  if (value === undefined) return undefined;
  const inside = contextOf(value, "extension item", key, context);
  if (value.kind !== "mapping") throw extensionError(inside, "Value is not a mapping");
  return { node: value, context: inside };
}

const SEQUENCE_KEYS = new Set(["after", "within", "by"]);

/** `after: [{condition, name}]`, `within: 30s`, `by: container`. */
function sequenceOf(node: RuleMapping, context: ItemContext, warnings: Diagnostic[]): SequenceRule {
  warnOfOthers(node, SEQUENCE_KEYS, context, warnings);
  const after = node.entries.get("after");
  if (after?.kind !== "sequence" || after.items.length === 0)
    throw extensionError(context, "A sequence needs 'after', a list of conditions");
  if (after.items.length > MOST_STEPS)
    throw extensionError(context, `A sequence has at most ${MOST_STEPS} steps before it`);
  const steps = after.items.map((step) => {
    const inside = contextOf(step, "extension item", "after", context);
    if (step.kind === "scalar" && step.text !== "") return { condition: step.text };
    if (step.kind !== "mapping") throw extensionError(inside, "A step is a condition, or a mapping with one");
    warnOfOthers(step, STEP_KEYS, inside, warnings);
    const condition = textOf(step, "condition", inside);
    return step.entries.has("name") ? { condition, name: textOf(step, "name", inside) } : { condition };
  });
  return { after: steps, withinSeconds: secondsOf(node, context), by: keyOf(node, context) };
}

const STEP_KEYS = new Set(["condition", "name"]);
const THRESHOLD_KEYS = new Set(["count", "within", "by", "distinct"]);

function thresholdOf(node: RuleMapping, context: ItemContext, warnings: Diagnostic[]): ThresholdRule {
  warnOfOthers(node, THRESHOLD_KEYS, context, warnings);
  const count = numberOf(node, "count", context);
  if (count < 2 || count > 100_000)
    throw extensionError(context, "A threshold counts to 2 at least, and 100000 at most");
  return {
    count,
    withinSeconds: secondsOf(node, context),
    by: keyOf(node, context),
    ...(node.entries.has("distinct") && { distinct: textOf(node, "distinct", context) }),
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `30s`, `5m`, `1h`. */
function secondsOf(node: RuleMapping, context: ItemContext): number {
  const text = textOf(node, "within", context);
  const found = /^([0-9]{1,6})(s|m|h)$/.exec(text);
  const seconds = Number(found?.[1] ?? 0) * (UNITS[found?.[2] ?? ""] ?? 0);
  if (seconds < 1 || seconds > MOST_SECONDS)
    throw extensionError(context, `Invalid time '${text}'`, "from 1s to 24h, as in 30s, 5m or 1h");
  return seconds;
}

const KEY_WORDS = ["container", "process-tree", "process", "user", "host"] as const;

function keyOf(node: RuleMapping, context: ItemContext): CorrelationKey {
  if (node.entries.get("by")?.kind === "sequence") {
    const fields = textsOf(node, "by", context) ?? [];
    if (fields.length === 0 || fields.length > MOST_STEPS)
      throw extensionError(context, `A key has from 1 to ${MOST_STEPS} fields`);
    return fields;
  }
  const text = textOf(node, "by", context);
  const word = KEY_WORDS.find((one) => one === text);
  if (word === undefined)
    throw extensionError(context, `Invalid key '${text}'`, `one of ${KEY_WORDS.join(", ")}, or a list of fields`);
  return word;
}
