/** Which packages the files are of that were loaded, by the lists of package managers. */
import { posix } from "node:path";
import type { FileOwner, ImageFiles, Package } from "../../engines/contents/model.ts";
import type { Hit } from "./wanted.ts";

export interface Claims {
  /** What of each package was loaded. */
  readonly hits: ReadonlyMap<Package, readonly Hit[]>;
  /** Packages of which a list of files is there. */
  readonly listed: ReadonlySet<Package>;
  /** Packages of which at least the folders are stated. */
  readonly roughly: ReadonlySet<Package>;
  /** Files that an installer's own list says are of a package of a language. */
  readonly exactly: ReadonlySet<string>;
  /** Packages that a dynamic loader is of. */
  readonly loaders: ReadonlySet<Package>;
  /** Folder → the packages whose files are in it, where their metadata states no more. */
  readonly folders: ReadonlyMap<string, readonly Package[]>;
}

/** Documents are installed beside a program, and reading them does not run it. */
const DOCUMENTS = /^usr\/share\/(?:doc|man|info|licenses|lintian)\//;

/** By the names that every libc gives it: `ld-linux-x86-64.so.2`, `ld-musl-aarch64.so.1`, `ld64.so.1`. */
const LOADER = /^ld(?:-linux|-musl|64|\.so)[^/]*$/;

export function claimsOf(packages: readonly Package[], files: ImageFiles, wanted: ReadonlyMap<string, Hit>): Claims {
  const names = new Set([...wanted.keys()].map((path) => posix.basename(path)));
  const find = finder(packages);
  const diverted = new Map(files.diversions.map(({ from, to, by }) => [from, { to, by }]));
  const parents = new Map<string, string | undefined>();
  const realOf = (path: string): string | undefined => {
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, Math.max(0, slash));
    if (!parents.has(parent)) parents.set(parent, parent === "" ? "" : files.resolve(parent));
    const real = parents.get(parent);
    return real === undefined ? undefined : `${real === "" ? "" : `${real}/`}${path.slice(slash + 1)}`;
  };
  const hits = new Map<Package, Hit[]>();
  const listed = new Set<Package>();
  const roughly = new Set<Package>();
  const exactly = new Set<string>();
  const loaders = new Set<Package>();
  const folders = new Map<string, Package[]>();
  for (const list of files.lists()) {
    const owners = find(list.owner);
    if (owners.length === 0) continue;
    const isExact = list.folders === undefined;
    for (const owner of owners) (isExact ? listed : roughly).add(owner);
    for (const folder of list.folders ?? []) {
      const real = files.resolve(folder);
      if (real !== undefined) folders.set(real, [...(folders.get(real) ?? []), ...owners]);
    }
    for (const stated of list.files) {
      const moved = diverted.get(stated);
      for (const owner of owners) {
        const path = moved !== undefined && owner.type === "deb" && moved.by !== owner.name ? moved.to : stated;
        const name = path.slice(path.lastIndexOf("/") + 1);
        if (LOADER.test(name)) loaders.add(owner);
        if (!names.has(name)) continue;
        const real = realOf(path);
        const hit = real === undefined ? undefined : wanted.get(real);
        if (real === undefined || hit === undefined || DOCUMENTS.test(real)) continue;
        if (isExact && owner.type === "pypi") exactly.add(real);
        const own = hits.get(owner);
        const seen = isReplaced(real, owner, files) ? replaced(real, hit) : hit;
        if (own === undefined) hits.set(owner, [seen]);
        else own.push(seen);
      }
    }
  }
  return { hits, listed, roughly, exactly, loaders, folders };
}

/** A later layer than the package's wrote it: with the same content, or with another. */
function isReplaced(path: string, { layer }: Package, files: ImageFiles): boolean {
  const wrote = files.layerOf(path);
  return layer !== undefined && wrote !== undefined && wrote > layer;
}

function replaced(path: string, { executed }: Hit): Hit {
  return { reason: `/${path}, which a later layer wrote, was ${executed ? "run" : "opened"}`, changed: true, executed };
}

/** What a list's owner is in the inventory. */
function finder(packages: readonly Package[]): (owner: FileOwner) => readonly Package[] {
  const byName = Map.groupBy(packages, ({ type, name }) => `${type} ${name}`);
  const byPath = Map.groupBy(packages, ({ path }) => path);
  const byFolder = Map.groupBy(packages, ({ path }) => posix.dirname(path));
  return (owner) => {
    if (owner.kind === "declared") return byPath.get(owner.path) ?? byFolder.get(owner.path) ?? [];
    const named = byName.get(`${owner.type} ${owner.name}`) ?? [];
    return named.filter(
      ({ version, architecture }) =>
        (owner.version === undefined || owner.version === version) &&
        (owner.architecture === undefined || architecture === undefined || owner.architecture === architecture),
    );
  };
}
