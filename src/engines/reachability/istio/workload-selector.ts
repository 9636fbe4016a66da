/** Istio's own selectors: labels that a pod must have. */
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PolicyReading } from "../reading.ts";
import { type Selector, selectorOfLabels } from "../selector.ts";

/**
 * `matchLabels` (of a Sidecar: `labels`) alone; undefined where none is stated, which selects everything. The API server
 * drops whatever else stands in it, and a selector that loses its expressions is everybody's: it is refused instead.
 *
 * https://istio.io/latest/docs/reference/config/type/workload-selector/
 */
export function readWorkloadSelector(
  { refuse }: Pick<PolicyReading, "refuse">,
  fields: Fields | undefined,
  name = "matchLabels",
): Selector | undefined {
  if (fields === undefined) return undefined;
  const other = fields.keys.find((key) => key !== name);
  if (other !== undefined)
    refuse(`${fields.path().join(".")}.${other.slice(0, 40)} is not a field of Istio's selectors`);
  const labels = fields.stringMap(name);
  for (const [label, value] of Object.entries(labels)) {
    if (label === "" || label.includes("*") || value.includes("*"))
      refuse(`${fields.path().join(".")}: wildcards are not supported`);
  }
  return Object.keys(labels).length === 0 ? undefined : selectorOfLabels(labels);
}
