/** What a parser of JSON or YAML returned, and nobody has looked at yet. */
export type Untyped = Readonly<Record<string, unknown>>;

/** No list, and not null. */
export function isObject(value: unknown): value is Untyped {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at the end of a path of names and, in lists, places; undefined where it leads to nothing of the value's own. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let inner = value;
  for (const step of path) {
    if (Array.isArray(inner)) inner = typeof step === "number" ? inner[step] : undefined;
    else inner = isObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }
  return inner;
}
