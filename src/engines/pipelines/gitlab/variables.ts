import { nodeAt, type PlacedNode } from "../yaml/model.ts";
import type { GitlabVariable } from "./model.ts";
import { fieldAt, textsOf } from "./texts.ts";

const DETAILS: ReadonlySet<string> = new Set(["value", "description", "options", "expand"]);

/** `variables`: a scalar each, or a mapping with its value. */
export function variablesOf(node: PlacedNode | undefined): GitlabVariable[] {
  if (node?.kind !== "map") return [];
  return node.entries.map(({ key, value }): GitlabVariable => {
    const named = { name: key.value, key: key.place };
    if (value.kind !== "map") {
      const scalar = value.kind === "scalar" ? { value: value.text } : {};
      return { ...named, ...scalar, options: [], detailed: false, others: [] };
    }
    return {
      ...named,
      ...fieldAt(value, "value", "value"),
      ...fieldAt(value, "description", "description"),
      ...fieldAt(value, "expand", "expand"),
      options: textsOf(nodeAt(value, "options")),
      detailed: true,
      others: value.entries.flatMap((entry) => (DETAILS.has(entry.key.value) ? [] : [entry.key])),
    };
  });
}
