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
  const labels = Object.entries(fields.stringMap(name));
  for (const [label, value] of labels) {
    if (label === "" || label.includes("*") || value.includes("*")) {
      refuse(`${fields.path().join(".")}: wildcards are not supported`);
    }
    if (ADDED.test(label)) {
      refuse(
        `${fields.path().join(".")}: the injector adds ${label.slice(0, 60)} to pods, so that whom it selects is not known`,
      );
    }
  }
  const own = labels.filter(([label]) => !ADDED.test(label));
  return own.length === 0 ? undefined : selectorOfLabels(Object.fromEntries(own));
}

/** Labels that no template has, and running pods do. */
const ADDED =
  /^(?:service\.istio\.io\/canonical-(?:name|revision)|security\.istio\.io\/tlsMode|networking\.istio\.io\/tunnel|istio\.io\/rev|topology\.istio\.io\/.*)$/;
