/** The merged tree of an image with every file's content, where the program itself keeps what analysers want. */
import { readLayer } from "../../src/engines/oci/layer.ts";
import { openImage } from "../../src/engines/oci/open.ts";
import { cleanPath } from "../../src/engines/oci/path.ts";
import type { TarEntry } from "../../src/engines/oci/tar.ts";
import { createMergedTree, type MergedTree } from "../../src/engines/oci/tree.ts";

export interface MergedImage {
  readonly tree: MergedTree<Buffer>;
  /** Paths of all symlinks that the layers bring. */
  readonly symlinks: readonly string[];
}

export async function mergedImage(reference: string): Promise<MergedImage> {
  const { image } = await openImage(reference);
  const tree = createMergedTree<Buffer>(() => true);
  const symlinks = new Set<string>();
  try {
    for (const layer of image.layers) {
      const entries: TarEntry[] = [];
      const contents = new Map<TarEntry, Buffer>();
      await readLayer(image.store, layer, {
        entry(entry) {
          entries.push(entry);
          return entry.type === "file";
        },
        content: (entry, bytes) => contents.set(entry, bytes),
      });
      for (const entry of entries) {
        const path = cleanPath(entry.name);
        if (path === undefined) continue;
        const payload = contents.get(entry);
        if (entry.type === "symlink") symlinks.add(path);
        tree.apply(layer.index, {
          type: entry.type,
          path,
          link: entry.link,
          ...(payload === undefined ? {} : { payload }),
        });
      }
    }
  } finally {
    await image.store.close();
  }
  return { tree, symlinks: [...symlinks] };
}
