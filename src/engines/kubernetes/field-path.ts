/** The way from an object's root to a field: `["spec", "containers", 0, "image"]`. */
export type FieldPath = readonly (string | number)[];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** As the API server writes it in its answers: `spec.containers[0].image`, `metadata.labels[example.com/tier]`. */
export function formatFieldPath(path: FieldPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "string" && IDENTIFIER.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${step}]`;
  }
  return text;
}
