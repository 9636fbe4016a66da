/** What was loaded of packages whose files are in folders of their own. */
import type { ImageFiles, Package } from "../../engines/contents/model.ts";
import type { Claims } from "./owners.ts";
import { foldersOf, type Place } from "./places.ts";
import type { Hit } from "./wanted.ts";

/** A file belongs to the deepest folder around it that is a package's. */
export function hitsByFolder(
  places: ReadonlyMap<Package, Place>,
  files: ImageFiles,
  wanted: ReadonlyMap<string, Hit>,
  claims: Claims,
): ReadonlyMap<Package, readonly Hit[]> {
  const folders = new Map<string, Package[]>();
  const add = (folder: string, item: Package) => {
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [item]);
    else known.push(item);
  };
  for (const [folder, items] of claims.folders) {
    for (const item of items) if (!claims.listed.has(item)) add(folder, item);
  }
  const manifests = new Set<string>();
  for (const [item, place] of places) {
    if (place.kind !== "folder") continue;
    const real = files.resolve(place.folder);
    if (real === undefined) continue;
    add(real, item);
    if (place.manifest !== undefined) manifests.add(place.manifest);
  }
  const found = new Map<Package, Hit[]>();
  for (const [path, hit] of wanted) {
    if (manifests.has(path) || claims.exactly.has(path)) continue;
    for (const folder of foldersOf(path)) {
      const items = folders.get(folder);
      if (items === undefined) continue;
      const seen = items.length === 1 ? hit : shared(hit);
      for (const item of items) {
        const own = found.get(item);
        if (own === undefined) found.set(item, [seen]);
        else own.push(seen);
      }
      break;
    }
  }
  return found;
}

/** Which of them it is of, nothing tells. */
function shared({ reason, executed }: Hit): Hit {
  return { reason: `${reason}, in a folder of several packages`, changed: true, executed };
}
