/** Links with wanted names, and where the files that they lead to were written: nobody knew to read those. */
import type { Analyser } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { wellKnownPaths } from "../../engines/contents/well-known.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import type { MergedTree, UnreadLink } from "../../engines/oci/tree.ts";
import { type LayerScan, unreadEntries } from "./layer-scan.ts";

/** A link with a wanted name. */
export interface WantedLink {
  readonly path: string;
  /** Where it leads to in the merged tree. */
  readonly target: string;
  readonly analyser: Analyser;
  /** Of a hard link, which keeps the content that its layer saw. */
  readonly layer?: number;
  readonly unread?: UnreadLink;
}

export function linksToFollow(tree: MergedTree<FileFacts>): WantedLink[] {
  const links: WantedLink[] = [];
  for (const unread of tree.unreadLinks()) {
    const { path, target, layer } = unread;
    const analyser = analyserFor(path);
    if (analyser !== undefined) links.push({ path, target, analyser, layer, unread });
  }
  const present = new Set(tree.files().map((file) => file.path));
  for (const path of new Set([...wellKnownPaths, ...wantedBehind(tree.symlinks())])) {
    const target = tree.resolve(path);
    const analyser = analyserFor(path);
    if (target === undefined || analyser === undefined || target === path || present.has(target)) continue;
    links.push({ path, target, analyser });
  }
  return links;
}

/** What Python reads of a folder of metadata, which may be a link as well. */
const IN_METADATA = ["METADATA", "PKG-INFO"] as const;

/** Of symlinks those with a wanted name, and the wanted files of those that may be a folder of Python's metadata. */
function wantedBehind(symlinks: readonly string[]): string[] {
  return symlinks.flatMap((path) => {
    if (analyserFor(path)?.id !== "pypi") return analyserFor(path) === undefined ? [] : [path];
    return [path, ...IN_METADATA.map((name) => `${path}/${name}`)];
  });
}

/** Where an entry of an archive put a file of the merged tree: `path` may lead there through symlinks. */
interface Written {
  readonly layer: number;
  readonly path: string;
  /** Of a hard link, where that leads to. */
  readonly target?: string;
}

/** Hard links to hard links that are followed; archivers write none. */
const HOPS = 4;

/** Tells which entry, at most as high as a layer, wrote a target; undefined where none did. */
export function createLocator(
  scans: readonly LayerScan[],
  tree: MergedTree<FileFacts>,
  targets: ReadonlySet<string>,
): (target: string, highest: number) => Written | undefined {
  const entries = new Map<string, Written[]>();
  let wanted = targets;
  for (let hop = 0; hop <= HOPS && wanted.size > 0; hop++) {
    const further = new Set<string>();
    for (const [real, found] of entriesAt(wanted, scans, tree)) {
      entries.set(real, found);
      for (const { target } of found) if (target !== undefined && !entries.has(target)) further.add(target);
    }
    wanted = further;
  }
  return (target, highest) => {
    let at: string | undefined = target;
    let layer = highest;
    for (let hop = 0; hop <= HOPS && at !== undefined; hop++) {
      const found: Written | undefined = entries.get(at)?.findLast((entry) => entry.layer <= layer);
      if (found === undefined || found.target === undefined) return found;
      at = found.target;
      layer = found.layer;
    }
    return undefined;
  };
}

/** The entries, lowest layer first, that are at these paths of the merged tree: one pass, for links may be many. */
function entriesAt(
  targets: ReadonlySet<string>,
  scans: readonly LayerScan[],
  tree: MergedTree<FileFacts>,
): Map<string, Written[]> {
  const names = new Set([...targets].map((path) => path.slice(path.lastIndexOf("/") + 1)));
  const found = new Map<string, Written[]>();
  for (const [layer, scan] of scans.entries()) {
    for (const { path, link } of unreadEntries(scan, names)) {
      const real = targets.has(path) ? path : tree.resolve(path);
      if (real === undefined || !targets.has(real)) continue;
      const target = link === undefined ? undefined : tree.resolve(cleanPath(link) ?? "");
      const entry = { layer, path, ...(target === undefined ? {} : { target }) };
      const others = found.get(real);
      if (others === undefined) found.set(real, [entry]);
      else others.push(entry);
    }
  }
  return found;
}
