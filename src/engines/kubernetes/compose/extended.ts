/**
 * Services with what they extend (the Compose specification, "extends"; compose-go, override): maps are merged, lists are put
 * behind each other, and what the service states itself goes before.
 */
import { posix } from "node:path";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { FieldPath } from "../field-path.ts";
import { expandFile, type Unresolved } from "./expanded.ts";
import type { ComposeVariables } from "./interpolate.ts";
import { splitOutside } from "./mounts.ts";
import { recordOf } from "./pairs.ts";

type Plain = Readonly<Record<string, unknown>>;

/** Another Compose file by its path from the folder of this one; undefined where it cannot be read, or is not below the root. */
export type ComposeFileBeside = (path: string) => Plain | undefined;

export interface ExtendedService {
  readonly service: Plain;
  /** Where the document has a field of the merged service; both paths are from the document's root. */
  place(path: FieldPath): FieldPath;
  /** Services of the same document that it is made of, beside itself. */
  readonly parents: readonly string[];
  /** What of it is not known, each with the field that it is told at. */
  readonly open: readonly Unresolved[];
}

/** Services one behind the other; real files have two or three. */
const DEPTH = 10;

/** Lists that take the place of those that they extend. */
const REPLACED: ReadonlySet<string> = new Set(["command", "entrypoint", "test"]);
/** Maps that may be written as lists of `name=value`. */
const PAIRS: ReadonlySet<string> = new Set(["environment", "labels", "annotations", "sysctls", "extra_hosts", "args"]);

export interface ExtendContext {
  readonly services: Plain;
  readonly variables: ComposeVariables;
  readonly beside: ComposeFileBeside | undefined;
  /** Of all services of the file together. */
  readonly budget: { values: number };
}

export function extendContext(
  services: Plain,
  variables: ComposeVariables,
  beside: ComposeFileBeside | undefined,
): ExtendContext {
  return { services, variables, beside: remembered(beside), budget: { values: bounds.composeExtendedValues } };
}

/** Many services extend one file: it is read once. */
function remembered(beside: ComposeFileBeside | undefined): ComposeFileBeside | undefined {
  if (beside === undefined) return undefined;
  const known = new Map<string, Plain | undefined>();
  return (path) => {
    const name = posix.normalize(path);
    if (!known.has(name)) known.set(name, beside(name));
    return known.get(name);
  };
}

export function extendedService(name: string, context: ExtendContext, seen: readonly string[] = []): ExtendedService {
  const own = context.services[name];
  const root: FieldPath = ["services", name];
  const service = isObject(own) ? own : {};
  const alone = (open: readonly Unresolved[] = []): ExtendedService => ({ service, place: same, parents: [], open });
  const stated = service.extends;
  if (stated === undefined || stated === null) return alone();
  const field = [...root, "extends"];
  const unfollowed = (reason: string) => alone([{ field, reason: `extends was not resolved: ${reason}` }]);
  const from = typeof stated === "string" ? { service: stated } : isObject(stated) ? stated : {};
  if (typeof from.service !== "string") return unfollowed("names no service");
  if (from.file !== undefined && typeof from.file !== "string") return unfollowed("its file is not a string");
  const key = `${from.file ?? ""} ${from.service}`;
  if (seen.includes(key) || seen.length >= DEPTH) return unfollowed("it leads in a circle, or too far");
  const parent =
    from.file === undefined
      ? Object.hasOwn(context.services, from.service) && isObject(context.services[from.service])
        ? extendedService(from.service, context, [...seen, key])
        : undefined
      : besideService(from.file, from.service, context, [...seen, key]);
  if (parent === undefined) return unfollowed(`no service ${from.service} is found`);
  context.budget.values -= sizeOf(parent.service, Math.max(0, context.budget.values));
  if (context.budget.values <= 0) return unfollowed("the services of this file extend too much");
  const isHere = from.file === undefined;
  const parentRoot: FieldPath = ["services", from.service];
  return {
    service: merged(parent.service, service) as Plain,
    parents: isHere ? [from.service, ...parent.parents] : [],
    open: isHere ? parent.open : parent.open.map(({ reason }) => ({ field, reason })),
    place(path) {
      if (path.length < 3 || path[0] !== "services" || path[1] !== name) return path;
      const inner = placeIn(parent.service, service, path.slice(2));
      if (inner.isOwn) return [...root, ...inner.path];
      return isHere ? parent.place([...parentRoot, ...inner.path]) : field;
    },
  };
}

function besideService(
  file: string,
  name: string,
  { variables, beside, budget }: ExtendContext,
  seen: readonly string[],
): ExtendedService | undefined {
  const raw = beside?.(file);
  if (raw === undefined || !isObject(raw.services) || !Object.hasOwn(raw.services, name)) return undefined;
  const { file: expanded, unresolved } = expandedOnce(raw, variables);
  const services = isObject(expanded.services) ? expanded.services : {};
  if (!isObject(services[name])) return undefined;
  const folder = posix.dirname(file);
  const below = beside === undefined ? undefined : (path: string) => beside(posix.join(folder, path));
  const found = extendedService(name, { services, variables, beside: below, budget }, seen);
  const names = new Set([name, ...found.parents]);
  const open = unresolved.filter(({ field }) => field[0] === "services" && names.has(String(field[1])));
  const elsewhere: Unresolved[] =
    folder !== "." && hasRelativePaths(found.service)
      ? [{ field: [], reason: `extends: paths relative to ${folder} are not resolved` }]
      : [];
  return { ...found, open: [...found.open, ...open, ...elsewhere] };
}

/** A file is extended by many services, each with the same variables. */
const expansions = new WeakMap<Plain, ReturnType<typeof expandFile>>();

function expandedOnce(raw: Plain, variables: ComposeVariables): ReturnType<typeof expandFile> {
  const known = expansions.get(raw) ?? expandFile(raw, variables);
  expansions.set(raw, known);
  return known;
}

/** Values in it, counted no further than `most`. */
function sizeOf(value: unknown, most: number): number {
  let size = 1;
  if (typeof value !== "object" || value === null) return size;
  for (const inner of Object.values(value)) {
    if (size > most) break;
    size += sizeOf(inner, most - size);
  }
  return size;
}

function hasRelativePaths({ volumes }: Plain): boolean {
  return (
    Array.isArray(volumes) &&
    volumes.some((volume: unknown) => {
      const source = isObject(volume) ? volume.source : splitOutside(String(volume), true)[0];
      return typeof source === "string" && source.startsWith(".");
    })
  );
}

/** Where a field of the merged value comes from. */
function placeIn(
  parent: unknown,
  own: unknown,
  path: FieldPath,
): { readonly isOwn: boolean; readonly path: FieldPath } {
  const [step, ...rest] = path;
  if (step === undefined || own === undefined || own === null)
    return { isOwn: own !== undefined && own !== null, path };
  if (Array.isArray(parent) && Array.isArray(own) && typeof step === "number") {
    return step < parent.length ? { isOwn: false, path } : { isOwn: true, path: [step - parent.length, ...rest] };
  }
  if (!isObject(parent) || !isObject(own) || !Object.hasOwn(parent, step)) return { isOwn: true, path };
  if (!Object.hasOwn(own, step)) return { isOwn: false, path };
  const replaced = REPLACED.has(String(step)) || rest.length === 0;
  const inner = replaced ? { isOwn: true, path: rest } : placeIn(parent[step], own[step], rest);
  return { isOwn: inner.isOwn, path: [step, ...inner.path] };
}

function merged(parent: unknown, own: unknown, key = ""): unknown {
  if (own === undefined || own === null) return parent;
  if (parent === undefined || parent === null || REPLACED.has(key)) return own;
  if (Array.isArray(parent) && Array.isArray(own)) return [...parent, ...own];
  if (PAIRS.has(key) && Array.isArray(parent) !== Array.isArray(own)) return merged(asMap(parent), asMap(own));
  if (!isObject(parent) || !isObject(own)) return own;
  const names = new Set([...Object.keys(parent), ...Object.keys(own)]);
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const value = merged(
      Object.hasOwn(parent, name) ? parent[name] : undefined,
      Object.hasOwn(own, name) ? own[name] : undefined,
      name,
    );
    Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function asMap(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return recordOf(value.map(String));
}

function same(path: FieldPath): FieldPath {
  return path;
}
