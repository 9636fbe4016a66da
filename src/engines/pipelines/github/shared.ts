/** Keys that a workflow and its jobs have in common. */
import type { PlacedEntry, PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Source } from "../source.ts";
import type { Concurrency, Grant, Permissions, RunDefaults } from "./model.ts";
import { isNothing, type Keys, keysOf, optional, textAt } from "./nodes.ts";

export function permissionsAt(source: Source, entry: PlacedEntry | undefined): Permissions | undefined {
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  const base = { place: source.placeOf(value), key: source.placeOf(key) };
  if (value.kind === "scalar") {
    const level = value.text;
    if (level === "read-all" || level === "write-all")
      return { ...base, kind: "all", level, text: source.textOf(value) };
    source.skip(isNothing(value) ? key : value, "permissions is neither read-all, write-all nor a mapping");
    return undefined;
  }
  const keys = keysOf(source, value, "permissions");
  if (keys === undefined) return undefined;
  const grants = keys.entries.flatMap((grant): Grant[] => {
    const level = textAt(source, grant.value, "a permission", "none");
    return level === undefined ? [] : [{ scope: source.textOf(grant.key, "none"), level }];
  });
  return { ...base, kind: "each", grants };
}

export function defaultsAt(source: Source, node: PlacedNode | undefined): RunDefaults | undefined {
  const keys = present(source, node, "defaults", DEFAULTS);
  const run = present(source, keys?.get("run"), "defaults.run", RUN_DEFAULTS);
  if (run === undefined) return undefined;
  return {
    ...optional("shell", textAt(source, run.get("shell"), "shell")),
    ...optional("workingDirectory", textAt(source, run.get("working-directory"), "working-directory")),
  };
}

const DEFAULTS = new Set(["run"]);
const RUN_DEFAULTS = new Set(["shell", "working-directory"]);

export function concurrencyAt(source: Source, node: PlacedNode | undefined): Concurrency | undefined {
  if (node === undefined || isNothing(node)) return undefined;
  const place = source.placeOf(node);
  if (node.kind === "scalar") return { place, group: source.textOf(node) };
  const keys = keysOf(source, node, "concurrency", CONCURRENCY);
  if (keys === undefined) return undefined;
  return {
    place,
    ...optional("group", textAt(source, keys.get("group"), "group")),
    ...optional("cancelInProgress", textAt(source, keys.get("cancel-in-progress"), "cancel-in-progress")),
  };
}

const CONCURRENCY = new Set(["group", "cancel-in-progress", "queue"]);

/** As {@link keysOf}; a key without a value is none. */
export function present(
  source: Source,
  node: PlacedNode | undefined,
  what: string,
  known?: ReadonlySet<string>,
): Keys | undefined {
  return node === undefined || isNothing(node) ? undefined : keysOf(source, node, what, known);
}
