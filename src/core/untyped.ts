/** What a parser of JSON or YAML returned, and nobody has looked at yet. */
export type Untyped = Readonly<Record<string, unknown>>;

/** No list, and not null. */
export function isObject(value: unknown): value is Untyped {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
