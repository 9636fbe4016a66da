/** Layer scans, lowest first → the wanted files of the merged tree with their histories. */
import type { Gap } from "../../core/evidence.ts";
import type { Analyser, FileHistory } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { wellKnownPaths } from "../../engines/contents/well-known.ts";
import { createMergedTree, type MergedTree, type TreeFile, type UnreadLink } from "../../engines/oci/tree.ts";
import { entriesOf, hasFile, type LayerScan } from "./layer-scan.ts";

/** A file that has to be read after all, because a link with a wanted name leads to it. */
export interface MissingFile {
  readonly layer: number;
  readonly path: string;
  readonly analyser: Analyser;
}

export interface Merged {
  readonly files: FileHistory[];
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
  const gaps: Gap[] = [];
  for (const [layer, scan] of scans.entries()) {
    let refused = 0;
    for (const entry of entriesOf(scan)) if (!tree.apply(layer, entry)) refused += 1;
    gaps.push(...scan.gaps);
    if (refused > 0) {
      gaps.push({
        code: "oci.path",
        reason: `${refused} entries of layer ${layer + 1} stand below a loop of symlinks or too deep to be reached`,
      });
    }
  }

  const missing: { file: MissingFile; link?: UnreadLink; at: string }[] = [];
  for (const link of tree.unreadLinks()) {
    const file = locate(scans, link.layer, link.target, analyserFor(link.path));
    if (file !== undefined) missing.push({ file, link, at: link.path });
  }
  const present = new Set(tree.files().map((file) => file.path));
  for (const path of wellKnownPaths) {
    const real = tree.resolve(path);
    if (real === undefined || real === path || present.has(real)) continue;
    const file = locate(scans, scans.length - 1, real, analyserFor(path));
    if (file !== undefined) missing.push({ file, at: path });
  }

  const extra: FileHistory[] = [];
  if (missing.length > 0) {
    const contents = await read(missing.map(({ file }) => file));
    for (const [i, { file, link, at }] of missing.entries()) {
      const facts = contents[i];
      if (facts === undefined) continue;
      if (link !== undefined) tree.fill(link, facts);
      else extra.push({ path: at, versions: [{ layer: file.layer, facts }] });
    }
  }
  return { files: [...histories(tree), ...extra], gaps };
}

function locate(
  scans: readonly LayerScan[],
  highest: number,
  path: string,
  analyser: Analyser | undefined,
): MissingFile | undefined {
  if (analyser === undefined) return undefined;
  for (let layer = highest; layer >= 0; layer--) {
    if (hasFile(scans[layer] as LayerScan, path)) return { layer, path, analyser };
  }
  return undefined;
}

function histories(tree: MergedTree<FileFacts>): FileHistory[] {
  return tree.files().map((file) => {
    const versions: { layer: number; facts: FileFacts }[] = [];
    for (let at: TreeFile<FileFacts> | undefined = file; at !== undefined; at = at.previous) {
      versions.push({ layer: at.layer, facts: at.payload });
    }
    return { path: file.path, versions: versions.reverse() };
  });
}
