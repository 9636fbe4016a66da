/** Exceptions of a rule as its item has them. */
import type { ExceptionDefinition, ExceptionEntry } from "./definitions.ts";
import { type ItemContext, warningIn } from "./diagnostics.ts";
import type { Diagnostic } from "./model.ts";
import { contextOf, invalid, textOf } from "./read-values.ts";
import type { RuleMapping, RuleNode } from "./read-yaml.ts";

/**
 * @param append - they are added to those of an earlier rule: fields may be absent then
 * @throws RuleFault
 */
export function readExceptions(
  item: RuleMapping,
  context: ItemContext,
  append: boolean,
  warnings: Diagnostic[],
): ExceptionDefinition[] {
  const node = item.entries.get("exceptions");
  if (node === undefined || node.kind === "null") return [];
  const within = contextOf(node, "exceptions", "", context);
  if (node.kind !== "sequence") throw invalid(within, "Rule exceptions must be a sequence");
  const exceptions: ExceptionDefinition[] = [];
  const names = new Set<string>();
  for (const entry of node.items) {
    const exception = readException(entry, context, append, warnings);
    if (names.has(exception.name))
      warnings.push(
        warningIn(
          exception.context,
          "LOAD_EXCEPTION_NAME_NOT_UNIQUE",
          `Multiple definitions of exception '${exception.name}' in the same rule`,
        ),
      );
    names.add(exception.name);
    exceptions.push(exception);
  }
  return exceptions;
}

const KEYS: ReadonlySet<string> = new Set(["name", "fields", "comps", "values"]);

function readException(
  node: RuleNode,
  rule: ItemContext,
  append: boolean,
  warnings: Diagnostic[],
): ExceptionDefinition {
  const unnamed = contextOf(node, "exception", "", rule);
  if (node.kind !== "mapping") throw invalid(unnamed, "Rule exception must be a mapping");
  const name = textOf(node, "name", unnamed);
  const context = contextOf(node, "exception", name, rule);
  for (const key of node.entries.keys())
    if (!KEYS.has(key)) warnings.push(warningIn(context, "LOAD_UNKNOWN_KEY", `Unknown key '${key}', which is ignored`));
  const fields = entryOf(node, "fields", context);
  if (fields === undefined && !append) throw invalid(context, "Item has no mapping for key 'fields'");
  const comparisons = entryOf(node, "comps", context);
  const values = valuesOf(node, context);
  if (values === undefined && append)
    warnings.push(warningIn(context, "LOAD_APPEND_NO_VALUES", "Overriding/appending exception with no values"));
  return {
    name,
    ...(fields === undefined ? {} : { fields }),
    ...(comparisons === undefined ? {} : { comparisons }),
    values: values ?? [],
    context,
  };
}

function valuesOf(node: RuleMapping, context: ItemContext): ExceptionEntry[] | undefined {
  const values = node.entries.get("values");
  if (values === undefined) return undefined;
  const within = contextOf(values, "exception values", "", context);
  if (values.kind !== "sequence") throw invalid(within, "Rule exception values must be a sequence");
  return values.items.map((value) => readEntry(value, contextOf(value, "exception value", "", within)));
}

function entryOf(node: RuleMapping, key: string, context: ItemContext): ExceptionEntry | undefined {
  const value = node.entries.get(key);
  return value === undefined ? undefined : readEntry(value, contextOf(value, "value for", key, context));
}

function readEntry(node: RuleNode, context: ItemContext): ExceptionEntry {
  if (node.kind === "sequence")
    return {
      kind: "list",
      items: node.items.map((item) => readEntry(item, contextOf(item, "exception", "", context))),
      node,
    };
  if (node.kind !== "scalar") throw invalid(context, "Value must be a text or a list");
  if (node.text === "") throw invalid(context, "Value must be non-empty");
  return { kind: "text", text: node.text, node };
}
