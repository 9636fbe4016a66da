/** Items with the key `rule`: a rule, an update of an earlier one, or what switches one on or off. */
import { type Priority, priorities } from "../model.ts";
import type { Definition, RuleDefinition, RuleParts } from "./definitions.ts";
import { type ItemContext, warningIn } from "./diagnostics.ts";
import type { Diagnostic } from "./model.ts";
import { readExceptions } from "./read-exceptions.ts";
import { readExtension } from "./read-extension.ts";
import { APPEND_AND_OVERRIDE, APPEND_DEPRECATED, type Override, readOverride } from "./read-override.ts";
import {
  booleanOf,
  contextOf,
  invalid,
  numberOf,
  optionalBoolean,
  optionalText,
  scalarOf,
  textOf,
  textsOf,
  warnOfKeys,
} from "./read-values.ts";
import type { RuleMapping } from "./read-yaml.ts";
import { SourceText } from "./source-text.ts";

const APPENDABLE = new Set(["condition", "output", "desc", "tags", "exceptions"]);

const REPLACEABLE = new Set([
  "condition",
  "output",
  "desc",
  "priority",
  "capture",
  "capture_duration",
  "tags",
  "exceptions",
  "enabled",
  "warn_evttypes",
  "skip-if-unknown-filter",
]);

const RULE_KEYS = new Set(["rule", "source", "override", "append", "bulkhead", ...APPENDABLE, ...REPLACEABLE]);

const ENABLED_DEPRECATED =
  "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the " +
  "'override' key (i.e. 'enabled: replace').";

/** @throws RuleFault */
export function readRule(item: RuleMapping, file: ItemContext, warnings: Diagnostic[]): Definition[] {
  const name = textOf(item, "rule", contextOf(item, "rule", "", file));
  const context = contextOf(item, "rule", name, file);
  const append = optionalBoolean(item, "append", context) === true;
  if (append) warnings.push(warningIn(context, "LOAD_DEPRECATED_ITEM", APPEND_DEPRECATED));
  const override = readOverride(item, APPENDABLE, REPLACEABLE, context);
  const overrides = override.append.size + override.replace.size > 0;
  if (append && overrides) throw invalid(context, APPEND_AND_OVERRIDE);
  const reading: RuleReading = { item, name, context, warnings };
  let definitions: Definition[];
  if (overrides) definitions = readUpdates(reading, override);
  else if (append) definitions = [readAppend(reading)];
  else if (["condition", "output", "desc", "priority"].some((key) => item.entries.has(key)))
    definitions = [readDefinition(reading)];
  else {
    const enabled = booleanOf(item, "enabled", context);
    warnings.push(warningIn(context, "LOAD_DEPRECATED_ITEM", ENABLED_DEPRECATED));
    definitions = [{ kind: "enabling", name, enabled, context }];
  }
  warnOfKeys(item, RULE_KEYS, context, warnings);
  return definitions;
}

interface RuleReading {
  readonly item: RuleMapping;
  readonly name: string;
  readonly context: ItemContext;
  readonly warnings: Diagnostic[];
}

function readDefinition(reading: RuleReading): RuleDefinition {
  const { item, name, context, warnings } = reading;
  const condition = SourceText.of(scalarOf(item, "condition", context));
  const output = outputOf(item, context);
  const description = textOf(item, "desc", context);
  const priority = priorityOf(item, context);
  const extension = readExtension(item, context, warnings);
  return {
    kind: "rule",
    name,
    condition,
    output,
    description,
    priority,
    source: sourceOf(item, context) || "syscall",
    enabled: optionalBoolean(item, "enabled", context) ?? true,
    warnEventTypes: optionalBoolean(item, "warn_evttypes", context) ?? true,
    skipIfUnknownFilter: optionalBoolean(item, "skip-if-unknown-filter", context) ?? false,
    capture: optionalBoolean(item, "capture", context) ?? false,
    captureSeconds: item.entries.has("capture_duration") ? numberOf(item, "capture_duration", context) : 0,
    tags: [...new Set(textsOf(item, "tags", context))],
    exceptions: readExceptions(item, context, false, warnings),
    ...(extension === undefined ? {} : { extension }),
    context,
  };
}

/** `append: true`: only conditions and exceptions are added so. */
function readAppend({ item, name, context, warnings }: RuleReading): Definition {
  const parts: { -readonly [Key in keyof RuleParts]?: RuleParts[Key] } = {};
  if (item.entries.has("condition")) parts.condition = SourceText.of(scalarOf(item, "condition", context));
  if (item.entries.has("exceptions")) parts.exceptions = readExceptions(item, context, true, warnings);
  return {
    kind: "update",
    operation: "append",
    deprecated: true,
    name,
    source: sourceOf(item, context),
    parts,
    context,
  };
}

function readUpdates(reading: RuleReading, override: Override): Definition[] {
  const { item, name, context } = reading;
  const source = sourceOf(item, context);
  for (const key of [...APPENDABLE, ...REPLACEABLE])
    if (item.entries.has(key) && !override.append.has(key) && !override.replace.has(key))
      throw invalid(context, `Unexpected key '${key}': no corresponding entry under 'override' is defined.`);
  const definitions: Definition[] = [];
  for (const operation of ["append", "replace"] as const) {
    const keys = override[operation];
    if (keys.size === 0) continue;
    for (const key of keys)
      if (!item.entries.has(key))
        throw invalid(context, `An ${operation} override for '${key}' was specified but '${key}' is not defined`);
    const parts = partsOf(reading, keys, operation === "append");
    definitions.push({ kind: "update", operation, deprecated: false, name, source, parts, context });
  }
  return definitions;
}

function partsOf(reading: RuleReading, keys: ReadonlySet<string>, append: boolean): Partial<RuleParts> {
  const { item, context, warnings } = reading;
  return {
    ...(keys.has("condition") && { condition: SourceText.of(scalarOf(item, "condition", context)) }),
    ...(keys.has("exceptions") && { exceptions: readExceptions(item, context, append, warnings) }),
    ...(keys.has("output") && { output: outputOf(item, context) }),
    ...(keys.has("desc") && { description: textOf(item, "desc", context) }),
    ...(keys.has("tags") && { tags: [...new Set(textsOf(item, "tags", context))] }),
    ...(keys.has("priority") && { priority: priorityOf(item, context) }),
    ...(keys.has("capture") && { capture: booleanOf(item, "capture", context) }),
    ...(keys.has("capture_duration") && { captureSeconds: numberOf(item, "capture_duration", context) }),
    ...(keys.has("enabled") && { enabled: booleanOf(item, "enabled", context) }),
    ...(keys.has("warn_evttypes") && { warnEventTypes: booleanOf(item, "warn_evttypes", context) }),
    ...(keys.has("skip-if-unknown-filter") && {
      skipIfUnknownFilter: booleanOf(item, "skip-if-unknown-filter", context),
    }),
  };
}

/** Empty where it is absent or names none. */
function sourceOf(item: RuleMapping, context: ItemContext): string {
  const value = item.entries.get("source");
  if (value === undefined || value.kind === "null" || (value.kind === "scalar" && value.text === "")) return "";
  return optionalText(item, "source", context) ?? "";
}

function outputOf(item: RuleMapping, context: ItemContext): SourceText {
  const scalar = scalarOf(item, "output", context);
  return SourceText.of(scalar, scalar.text.trimEnd());
}

function priorityOf(item: RuleMapping, context: ItemContext): Priority {
  const scalar = scalarOf(item, "priority", context);
  const upper = scalar.text.toUpperCase();
  const priority = upper === "INFO" ? "INFORMATIONAL" : priorities.find((one) => one === upper);
  if (priority === undefined)
    throw invalid(
      contextOf(scalar, "rule priority", "", context),
      "Invalid priority",
      `one of ${priorities.map((one) => one.toLowerCase()).join(", ")}`,
    );
  return priority;
}
