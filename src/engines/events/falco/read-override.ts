import type { ItemContext } from "./diagnostics.ts";
import { contextOf, invalid } from "./read-values.ts";
import type { RuleMapping } from "./read-yaml.ts";

export const APPEND_DEPRECATED =
  "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";

export const APPEND_AND_OVERRIDE =
  "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under " +
  "'override' instead.";

export interface Override {
  readonly append: ReadonlySet<string>;
  readonly replace: ReadonlySet<string>;
}

/**
 * The key `override`: which keys of the item are added to an earlier item of the name, and which stand in their place.
 *
 * @throws RuleFault
 */
export function readOverride(
  item: RuleMapping,
  appendable: ReadonlySet<string>,
  replaceable: ReadonlySet<string>,
  context: ItemContext,
): Override {
  const append = new Set<string>();
  const replace = new Set<string>();
  const node = item.entries.get("override");
  if (node === undefined || node.kind === "null") return { append, replace };
  const within = contextOf(node, "overrides", "", context);
  if (node.kind !== "mapping") throw invalid(within, "Value is not a mapping", "write KEY: append or KEY: replace");
  for (const [key, value] of node.entries) {
    const inside = contextOf(value, "value for", key, within);
    const operation = value.kind === "scalar" ? value.text : "";
    if (operation === "append") {
      if (!appendable.has(key)) throw invalid(inside, `Key '${key}' cannot be appended to, use 'replace' instead`);
      append.add(key);
    } else if (operation === "replace") {
      if (!replaceable.has(key)) throw invalid(inside, `Key '${key}' cannot be replaced`);
      replace.add(key);
    } else {
      const allowed = [...(appendable.has(key) ? ["append"] : []), ...(replaceable.has(key) ? ["replace"] : [])];
      throw invalid(
        inside,
        `Invalid override operation for key '${key}': '${operation}'. Allowed values are: ${allowed.join(" ")}`,
      );
    }
  }
  return { append, replace };
}
