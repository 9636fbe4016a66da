import { posix } from "node:path";
import { bounds } from "../../bounds.ts";
import type { Coordinates, Pom } from "./pom.ts";

/** Poms above one another; real projects have three or four. */
const HIGHEST = 32;

/**
 * Where a pom's parent lies in the same tree ("Project Inheritance": `../pom.xml` unless it says otherwise); undefined
 * where it has none or says that it is of a repository.
 *
 * @param path - of the pom, from the root of the tree
 */
export function parentPath(pom: Pom | undefined, path: string): string | undefined {
  const relative = pom?.parent === undefined ? "" : (pom.parent.relativePath ?? "../pom.xml");
  if (relative === "" || relative.length > bounds.packageNameLength || posix.isAbsolute(relative)) return undefined;
  const named = relative.endsWith(".xml") ? relative : `${relative}/pom.xml`;
  const parent = posix.join(posix.dirname(path), named);
  return parent === ".." || parent.startsWith("../") ? undefined : parent;
}

/**
 * The pom with what it inherits. A file whose coordinates are not those of the parent is another project, as Maven takes
 * it.
 *
 * @returns `missing`: the parent that was not to be had
 */
export function withParents(
  own: Pom,
  path: string,
  read: (path: string) => Pom | undefined,
): { readonly pom: Pom; readonly missing?: Coordinates } {
  let pom = own;
  let [child, at] = [own, path];
  for (let height = 0; child.parent !== undefined; height++) {
    const place = parentPath(child, at);
    const parent = place === undefined || height >= HIGHEST ? undefined : read(place);
    if (place === undefined || parent === undefined || !isParent(parent, child.parent)) {
      return { pom, missing: child.parent };
    }
    pom = inherit(pom, parent);
    [child, at] = [parent, place];
  }
  return { pom };
}

function isParent({ coordinates, parent }: Pom, named: Coordinates): boolean {
  const group = coordinates.groupId ?? parent?.groupId;
  const version = coordinates.version ?? parent?.version;
  if (group !== named.groupId || coordinates.artifactId !== named.artifactId) return false;
  // Versions that a build settles (`${revision}`) are written alike in both.
  return version === named.version;
}

/** Of properties and of what is managed the child's own counts first; dependencies are joined, the child's first. */
function inherit(child: Pom, parent: Pom): Pom {
  const properties = new Map([...parent.properties, ...child.properties]);
  const [dependencies, managed] = [
    [...child.dependencies, ...parent.dependencies],
    // Of two for one artifact the last counts.
    [...parent.managed, ...child.managed],
  ];
  const over = Math.max(dependencies.length, managed.length, properties.size) > bounds.packages;
  return {
    ...child,
    properties,
    dependencies: dependencies.slice(0, bounds.packages),
    managed: managed.slice(-bounds.packages),
    inProfiles: child.inProfiles + parent.inProfiles,
    overBound: child.overBound || parent.overBound || over,
  };
}
