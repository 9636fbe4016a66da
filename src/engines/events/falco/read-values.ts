/** Values of keys, with upstream's words for what is wrong with one (`rule_loader_reader.cpp`). */
import { errorIn, type ItemContext, warningIn } from "./diagnostics.ts";
import type { Diagnostic } from "./model.ts";
import { lineIn, placeIn, type RuleMapping, type RuleNode, type RuleScalar } from "./read-yaml.ts";

/** A place inside another, for diagnostics. */
export function contextOf(node: RuleNode, kind: string, name: string, within: ItemContext): ItemContext {
  return { kind, name, place: placeIn(node.file, node.at), source: lineIn(node.file, node.at), within };
}

/** @throws RuleFault unless the key is there with a text that is not empty */
export function scalarOf(item: RuleMapping, key: string, context: ItemContext): RuleScalar {
  const value = item.entries.get(key);
  if (value === undefined) throw invalid(context, `Item has no mapping for key '${key}'`);
  if (value.kind === "null") throw invalid(context, `Mapping for key '${key}' is empty`);
  const inside = contextOf(value, "value for", key, context);
  if (value.kind !== "scalar") throw invalid(inside, "Value is not a scalar value");
  if (value.text === "") throw invalid(inside, "Value must be non-empty");
  return value;
}

export function textOf(item: RuleMapping, key: string, context: ItemContext): string {
  return scalarOf(item, key, context).text;
}

/** @returns undefined where the key is not there */
export function optionalText(item: RuleMapping, key: string, context: ItemContext): string | undefined {
  return item.entries.has(key) ? textOf(item, key, context) : undefined;
}

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

export function booleanOf(item: RuleMapping, key: string, context: ItemContext): boolean {
  const scalar = scalarOf(item, key, context);
  if (TRUE.test(scalar.text)) return true;
  if (FALSE.test(scalar.text)) return false;
  throw invalid(contextOf(scalar, "value for", key, context), "Can't decode YAML scalar value", "write true or false");
}

export function optionalBoolean(item: RuleMapping, key: string, context: ItemContext): boolean | undefined {
  return item.entries.has(key) ? booleanOf(item, key, context) : undefined;
}

/** A whole number from 0. */
export function numberOf(item: RuleMapping, key: string, context: ItemContext): number {
  const scalar = scalarOf(item, key, context);
  const value = /^[0-9]{1,15}$/.test(scalar.text) ? Number(scalar.text) : Number.NaN;
  if (Number.isNaN(value))
    throw invalid(
      contextOf(scalar, "value for", key, context),
      "Can't decode YAML scalar value",
      "write a whole number",
    );
  return value;
}

/** @throws RuleFault unless it is a sequence of texts; absent is undefined */
export function textsOf(item: RuleMapping, key: string, context: ItemContext): string[] | undefined {
  const value = item.entries.get(key);
  if (value === undefined) return undefined;
  const inside = contextOf(value, "value for", key, context);
  if (value.kind !== "sequence") throw invalid(inside, "Value is not a sequence");
  return value.items.map((entry) => {
    if (entry.kind === "scalar") return entry.text;
    throw invalid(contextOf(entry, "list item", "", inside), "sequence value is not scalar");
  });
}

/** An error in what the YAML holds. */
export function invalid(context: ItemContext, message: string, remedy?: string) {
  return errorIn(context, "LOAD_ERR_YAML_VALIDATE", message, remedy);
}

export function warnOfKeys(
  item: RuleMapping,
  known: ReadonlySet<string>,
  context: ItemContext,
  warnings: Diagnostic[],
): void {
  for (const [key, at] of item.keys)
    if (!known.has(key))
      warnings.push(warningIn(atKey(item, at, context), "LOAD_UNKNOWN_KEY", `Unknown key '${key}', which is ignored`));
  for (const { key, at } of item.again)
    warnings.push(
      warningIn(atKey(item, at, context), "LOAD_UNKNOWN_KEY", `Key '${key}' is there twice, and the first counts`),
    );
}

/** The same item, at one of its keys. */
function atKey(item: RuleMapping, at: number, context: ItemContext): ItemContext {
  return { ...context, place: placeIn(item.file, at), source: lineIn(item.file, at) };
}
