/** Ways into a JSON value, as fields take them. */
import { valueAt } from "../../../../core/untyped.ts";

/**
 * What stands at the end of a path of names that may lead through lists: of each member one, in order, undefined where it has
 * none; with an index of that member alone. Lists at the end of the path are values like others.
 *
 * @returns undefined where the path leads nowhere
 */
export function valuesAt(
  value: unknown,
  path: readonly string[],
  index: number | undefined,
): readonly unknown[] | undefined {
  let inner = value;
  for (const [at, name] of path.entries()) {
    if (Array.isArray(inner)) {
      if (index === undefined) {
        const rest = path.slice(at);
        return inner.flatMap((member) => valuesAt(member, rest, undefined) ?? [undefined]);
      }
      inner = inner[index];
    }
    inner = valueAt(inner, [name]);
    if (inner === undefined) return undefined;
  }
  return [inner];
}

/** Members of all lists among the values; what is no list is passed over. */
export function membersOf(values: readonly unknown[] | undefined): unknown[] | undefined {
  return values?.flatMap((value) => (Array.isArray(value) ? value : []));
}

/** Of a list one member alone, where an index says so. */
export function chosen(value: unknown, index: number | undefined): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return index === undefined ? value : value.slice(index, index + 1);
}
