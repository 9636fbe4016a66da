/** composer.json ("The composer.json schema") held against composer.lock. */
import { posix } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { jsonPlaces } from "../../../formats/json/places.ts";
import { lineCounter } from "../../../formats/position.ts";
import type { ManifestMismatch } from "../model.ts";
import { inComposerConstraint } from "../ranges/composer.ts";
import type { Manifests, ReadLockfile, Unread } from "./read-lockfile.ts";
import { mismatchOf } from "./want.ts";

const LISTS = ["require", "require-dev"] as const;

/** What PHP and Composer themselves bring. */
const PLATFORM = /^(?:php(?:-[a-z0-9-]{1,40})?|hhvm|(?:ext|lib)-[^/]{1,100}|composer(?:-(?:plugin|runtime)-api)?)$/i;

/** What another package replaces or provides is met by that one, and not looked at. */
export function composerMismatches(lockfile: ReadLockfile, manifests: Manifests, unread: Unread): ManifestMismatch[] {
  const manifest = posix.join(posix.dirname(lockfile.path), "composer.json");
  const text = manifests(manifest);
  const [file, lock] = [objectIn(text), objectIn(lockfile.text)];
  if (text !== undefined && file === undefined) unread(manifest, "not a JSON object");
  if (text === undefined || file === undefined || lock === undefined) return [];
  const { root } = jsonPlaces(text, ([first, ...rest]) =>
    rest.length === 0 && (first ?? "require").startsWith("require") ? "places" : "nothing",
  );
  const lineAt = lineCounter(text);
  const versions = Map.groupBy(lockfile.packages, ({ name }) => name.toLowerCase());
  const met = metOtherwise(lock, file);
  const found: ManifestMismatch[] = [];
  for (const list of LISTS) {
    const stated = file[list];
    for (const [name, range] of isObject(stated) ? Object.entries(stated) : []) {
      const key = name.toLowerCase();
      if (typeof range !== "string" || PLATFORM.test(name) || met.has(key)) continue;
      const locked = (versions.get(key) ?? []).map(({ version }) => version);
      const place = root.members?.get(list)?.members?.get(name);
      const line = place === undefined ? undefined : lineAt(place.offset);
      const want = { manifest, name, range, mayLack: !lockfile.complete, line };
      const mismatch = mismatchOf(lockfile.path, "composer", want, locked, inComposerConstraint);
      if (mismatch !== undefined) found.push(mismatch);
    }
  }
  return found;
}

function objectIn(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = text === undefined ? undefined : parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names that locked packages or the project itself stand for, and packages of the project's own directories. */
function metOtherwise(
  lock: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (value: unknown) => {
    if (isObject(value)) for (const name of Object.keys(value)) names.add(name.toLowerCase());
  };
  for (const field of ["replace", "provide"]) add(file[field]);
  for (const list of ["packages", "packages-dev"]) {
    const packages = lock[list];
    for (const entry of Array.isArray(packages) ? (packages as readonly unknown[]) : []) {
      if (!isObject(entry)) continue;
      for (const field of ["replace", "provide"]) add(entry[field]);
      const dist = entry.dist;
      if (isObject(dist) && dist.type === "path" && typeof entry.name === "string") names.add(entry.name.toLowerCase());
    }
  }
  // A branch may stand for a version under an alias.
  const aliases = lock.aliases;
  for (const alias of Array.isArray(aliases) ? (aliases as readonly unknown[]) : []) {
    if (isObject(alias) && typeof alias.package === "string") names.add(alias.package.toLowerCase());
  }
  return names;
}
