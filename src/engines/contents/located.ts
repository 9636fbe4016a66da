import type { FileHistory } from "./analyser.ts";
import type { PackageRecord } from "./model.ts";

/** A record, the file that states it, and the layer that first brought it. */
export interface Located {
  readonly record: PackageRecord;
  readonly path: string;
  readonly layer?: number;
}

/**
 * Databases are written whole in each layer that installs something, so the layer of a package is the lowest from
 * which on every later version of its file lists it. A version that cannot be read says neither yes nor no.
 */
export function attribute(path: string, versions: FileHistory["versions"]): Located[] {
  let current = new Map<string, Located>();
  for (const { layer, facts } of versions) {
    if (facts.kind === "unreadable") continue;
    const next = new Map<string, Located>();
    for (const record of facts.kind === "packages" ? facts.packages : []) {
      const key = identityKey(record);
      const since = current.get(key);
      // The newest record, since an unchanged version may have other fields; but the layer of the first.
      const from = since === undefined ? layer : since.layer;
      next.set(key, { record, path, ...(from === undefined ? {} : { layer: from }) });
    }
    current = next;
  }
  return [...current.values()];
}

/** A record that later layers no longer have. */
export interface Removed extends Located {
  readonly removedIn: number;
}

/** What versions of one file listed and a later one does not, each time that happened. */
export function departed(path: string, versions: FileHistory["versions"]): Removed[] {
  const gone: Removed[] = [];
  let current = new Map<string, Located>();
  for (const { layer, facts } of versions) {
    if (facts.kind === "unreadable" || layer === undefined) continue;
    const next = new Map<string, Located>();
    for (const record of facts.kind === "packages" ? facts.packages : []) {
      const key = identityKey(record);
      next.set(key, { record, path, layer: current.get(key)?.layer ?? layer });
    }
    for (const [key, item] of current) if (!next.has(key)) gone.push({ ...item, removedIn: layer });
    current = next;
  }
  return gone;
}

/** Unambiguous: identityOf refuses control characters in names and versions. */
export function identityKey({ type, name, version, architecture }: PackageRecord): string {
  return `${type}\0${name}\0${version}\0${architecture ?? ""}`;
}
