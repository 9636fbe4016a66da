import type { Located } from "./located.ts";
import type { FileFacts } from "./model.ts";

export type Ownership = Extract<FileFacts, { kind: "ownership" }>;

/**
 * Tells which package of the distribution brought a file.
 *
 * @param path - of a file that is there
 * @param layer - that first brought what the file declares; undefined in a folder
 */
export type OwnerLookup = (path: string, layer: number | undefined) => Located | undefined;

/**
 * A package's list of files names the places where its archive has them. A file there is the package's own unless a
 * later layer than the package's put it there: that one replaced it.
 *
 * @param located - packages whose records may say what they own
 * @param ownerships - lists kept apart from the records
 * @param isFile - whether a wanted file is at a path of the merged tree, with no symlink on the way
 */
export function ownersOf(
  located: readonly Located[],
  ownerships: readonly Ownership[],
  isFile: (path: string) => boolean,
): OwnerLookup {
  const owners = new Map<string, { readonly path: string; readonly owner: Located }[]>();
  const add = (owner: Located, owns: readonly string[]) => {
    for (const path of owns) {
      const place = mergedPlace(path);
      const others = owners.get(place);
      if (others === undefined) owners.set(place, [{ path, owner }]);
      else others.push({ path, owner });
    }
  };
  for (const owner of located) if (owner.record.owns !== undefined) add(owner, owner.record.owns);
  if (ownerships.length > 0) {
    const byName = Map.groupBy(located, ({ record }) => record.name);
    const byPath = Map.groupBy(located, ({ path }) => path);
    for (const { owner: stated, owns } of ownerships) {
      const named = "path" in stated ? byPath.get(stated.path) : byName.get(stated.name);
      const owner = named?.find(
        ({ record }) =>
          record.type === "deb" &&
          ("path" in stated || stated.architecture === undefined || record.architecture === stated.architecture),
      );
      if (owner !== undefined) add(owner, owns);
    }
  }

  return (path, layer) => {
    for (const { path: listed, owner } of owners.get(mergedPlace(path)) ?? []) {
      // Where the folders are not merged, another file stands at the listed path itself.
      if (listed !== path && isFile(listed)) continue;
      if (layer === undefined || owner.layer === undefined || layer <= owner.layer) return owner;
    }
    return undefined;
  };
}

/**
 * One text for the places that are one where a distribution merged its folders ("UsrMerge", and sbin into bin): most
 * packages still list their files under the old names, which are symlinks now.
 */
function mergedPlace(path: string): string {
  const slash = path.indexOf("/");
  const top = path.slice(0, Math.max(0, slash));
  const place = MERGED.has(top) ? `usr/${path}` : path;
  return place.startsWith("usr/sbin/") ? `usr/bin/${place.slice("usr/sbin/".length)}` : place;
}

const MERGED: ReadonlySet<string> = new Set(["bin", "sbin", "lib", "lib32", "lib64", "libx32"]);
