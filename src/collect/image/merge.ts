/** Layer scans, lowest first → the wanted files of the merged tree with their histories. */
import type { Gap } from "../../core/evidence.ts";
import type { Analyser, FileHistory, RemovedHistory } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import { toolsOf } from "../../engines/contents/base/tools.ts";
import type { FileFacts, Permissions, Tool } from "../../engines/contents/model.ts";
import { createMergedPermissions } from "../../engines/contents/permissions/merged.ts";
import { createMergedTree } from "../../engines/oci/tree.ts";
import type { TreeFile } from "../../engines/oci/tree-nodes.ts";
import { entriesOf, type LayerScan } from "./layer-scan.ts";
import { createLocator, linksToFollow, type WantedLink } from "./links.ts";

/** A file that has to be read after all, because a link with a wanted name leads to it. */
export interface MissingFile {
  readonly layer: number;
  readonly path: string;
  readonly analyser: Analyser;
}

export interface Merged {
  readonly files: FileHistory[];
  /** Wanted files that a layer took away, as lower layers hold them. */
  readonly removed: RemovedHistory[];
  /** Shells, package managers and dynamic loaders. */
  readonly tools: Tool[];
  readonly permissions: Permissions;
  readonly gaps: Gap[];
}

/**
 * Merges the scans. `read` is called with the files that links lead to and nobody read, nearly always none.
 */
export async function mergeLayers(
  scans: readonly LayerScan[],
  read: (missing: readonly MissingFile[]) => Promise<(FileFacts | undefined)[]>,
): Promise<Merged> {
  const tree = createMergedTree<FileFacts>((path) => analyserFor(path) !== undefined);
  const permissions = createMergedPermissions((path) => tree.resolve(path));
  const gaps: Gap[] = [];
  for (const [layer, scan] of scans.entries()) {
    const stated = new Map(scan.permissions?.entries);
    let refused = 0;
    let at = 0;
    for (const entry of entriesOf(scan)) {
      if (tree.apply(layer, entry)) permissions.apply(layer, entry, stated.get(at));
      else refused += 1;
      at += 1;
    }
    const own = [...scan.gaps];
    if (refused > 0) {
      own.push({
        code: "oci.path",
        reason: `${refused} entries stand below a loop of symlinks or too deep to be reached, or are whiteouts that runtimes read in different ways`,
      });
    }
    for (const gap of own) gaps.push({ ...gap, reason: `layer ${layer + 1}: ${gap.reason}` });
  }

  const links = linksToFollow(tree);
  const missing: { file: MissingFile; link: WantedLink }[] = [];
  const locate = createLocator(scans, tree, new Set(links.map((link) => link.target)));
  for (const link of links) {
    const file = locate(link.target, link.layer ?? scans.length - 1);
    if (file !== undefined) missing.push({ file: { ...file, analyser: link.analyser }, link });
    else if (link.unread !== undefined) tree.fill(link.unread, deadLink);
  }

  const extra: FileHistory[] = [];
  if (missing.length > 0) {
    const contents = await read(missing.map(({ file }) => file));
    for (const [i, { file, link }] of missing.entries()) {
      const facts = contents[i] ?? deadLink;
      if (link.unread !== undefined) tree.fill(link.unread, facts);
      else extra.push({ path: link.path, versions: [{ layer: file.layer, facts }] });
    }
  }
  return {
    files: [...tree.files().map(historyOf), ...extra],
    removed: tree.removed().map(({ file, layer }) => ({ ...historyOf(file), removedIn: layer })),
    tools: toolsOf(scans.map(({ records }) => records)),
    permissions: { paths: permissions.finish(), gaps: scans.flatMap(permissionGaps) },
    gaps,
  };
}

/** Apart from the others: what is not known of permissions says nothing of packages. */
function permissionGaps({ permissions }: LayerScan, layer: number): Gap[] {
  const more = permissions?.more ?? 0;
  if (more === 0) return [];
  return [
    {
      code: "contents.permissions",
      reason: `layer ${layer + 1}: the permissions of ${more} more files and directories are not read`,
    },
  ];
}

const deadLink: FileFacts = {
  kind: "unreadable",
  code: "oci.link",
  reason: "a link to a file that is not there or that cannot be read",
};

function historyOf(file: TreeFile<FileFacts>): FileHistory {
  const versions: { layer: number; facts: FileFacts }[] = [];
  for (let at: TreeFile<FileFacts> | undefined = file; at !== undefined; at = at.previous) {
    versions.push({ layer: at.layer, facts: at.payload });
  }
  return { path: file.path, versions: versions.reverse() };
}
