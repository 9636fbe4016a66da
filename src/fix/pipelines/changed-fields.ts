/** Which fields of a file are different in another reading of it, whatever its places are. */

/** What says where something stands or how it is written, and what is read out of scripts that are compared themselves. */
const PLACES = new Set(
  "place whole onPlace key comment expressions style index path scalars type covers runScripts".split(" "),
);
/** Fields of one file that are compared. */
const FIELDS = 500_000;

/** Paths such as `jobs.build.steps.0.run.value`; entries of mappings go by their keys, jobs by their ids. */
export function changedFields(before: object, after: object): string[] {
  const [first, second] = [flat(before), flat(after)];
  const changed: string[] = [];
  for (const [path, value] of first) if (second.get(path) !== value) changed.push(path);
  for (const path of second.keys()) if (!first.has(path)) changed.push(path);
  return changed;
}

function flat(file: object): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const pending: { readonly path: string; readonly value: unknown }[] = [{ path: "", value: file }];
  for (let next = pending.pop(); next !== undefined && found.size < FIELDS; next = pending.pop()) {
    const { path, value } = next;
    if (typeof value !== "object" || value === null) {
      found.set(path, value);
      continue;
    }
    const entries = Array.isArray(value) ? namedItems(value) : Object.entries(value);
    for (const [name, item] of entries) {
      if (PLACES.has(name)) continue;
      pending.push({ path: path === "" ? name : `${path}.${name}`, value: item });
    }
  }
  return found;
}

function namedItems(items: readonly unknown[]): [string, unknown][] {
  return items.map((item, index) => [nameOf(item) ?? String(index), item]);
}

/** Fields of mappings have a key, jobs an id that is a text, grants a scope. */
function nameOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { key, id, scope } = item as { key?: unknown; id?: unknown; scope?: unknown };
  for (const named of [key, scope]) {
    if (typeof named === "object" && named !== null && "value" in named) return String(named.value);
  }
  return typeof id === "string" ? id : undefined;
}
