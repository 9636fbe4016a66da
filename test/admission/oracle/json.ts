/** Parsed JSON, looked at without belief in its shape. */

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands there; undefined where the way ends before, or null stands there, as the API server takes it. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let now = value;
  for (const name of names) {
    if (!isRecord(now) || !Object.hasOwn(now, name)) return undefined;
    now = now[name];
  }
  return now ?? undefined;
}

/** The objects of a list; none where there is no list. */
export function listAt(value: unknown, ...names: readonly string[]): readonly Json[] {
  const found = at(value, ...names);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** The texts of a list; none where there is no list. */
export function textsAt(value: unknown, ...names: readonly string[]): readonly string[] {
  const found = at(value, ...names);
  return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
}

export function textAt(value: unknown, ...names: readonly string[]): string {
  const found = at(value, ...names);
  return typeof found === "string" ? found : "";
}
