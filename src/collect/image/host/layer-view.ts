/**
 * A host's file system in the layers of an image. An ordinary scan forgets most files, and what a host's configuration
 * names may be anywhere: so the layers of what looks like a node are walked once more, for owners and modes.
 */
import { compareText } from "../../../core/order.ts";
import type { OpenImage } from "../../../engines/oci/image.ts";
import { readLayer } from "../../../engines/oci/layer.ts";
import { cleanPath } from "../../../engines/oci/path.ts";
import type { TarEntry } from "../../../engines/oci/tar.ts";
import { createMergedTree } from "../../../engines/oci/tree.ts";
import { bounds } from "../bounds.ts";
import type { LayerScan } from "../layer-scan.ts";
import { isConfiguration, isHostRecord } from "./places.ts";
import { createHostGaps, type HostEntry, type HostView, isDevice } from "./view.ts";

/** What one entry states; one object for all that are alike, but for those with a text. */
interface Stated {
  readonly type: "file" | "directory";
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly layer: number;
  text?: string;
}

/** Whether something of a node, or of a control plane, is in the layers. */
export function looksLikeHost(scans: readonly LayerScan[]): boolean {
  return scans.some(({ records }) => records.some(isHostRecord));
}

/** @throws Problem what reading a layer throws */
export async function layerView(image: OpenImage, signal: AbortSignal): Promise<HostView> {
  const tree = createMergedTree<Stated>(() => true);
  // Runtimes mount it, and few images have it.
  tree.apply(0, { type: "directory", path: "dev", link: "" });
  let textBytes = 0;
  for (const layer of image.layers) {
    const alike = new Map<string, Stated>();
    const texts = new Map<TarEntry, Stated>();
    await readLayer(
      image.store,
      layer,
      {
        entry(entry) {
          const path = cleanPath(entry.name);
          if (path === undefined || path === "") return false;
          const { type, link } = entry;
          if (type !== "file" && type !== "directory") {
            const isEmptyLink = (type === "symlink" || type === "hardlink") && link === "";
            tree.apply(layer.index, { type: isEmptyLink ? "other" : type, path, link });
            return false;
          }
          const wanted =
            type === "file" && !entry.sparse && entry.size <= bounds.hostConfigurationBytes && isConfiguration(path);
          if (wanted) textBytes += entry.size;
          const isRead = wanted && textBytes <= bounds.hostConfigurationsBytes;
          const payload = stated(entry, type, layer.index, isRead ? undefined : alike);
          tree.apply(layer.index, { type, path, link, payload });
          if (isRead) texts.set(entry, payload);
          return isRead;
        },
        content(entry, bytes) {
          const payload = texts.get(entry);
          if (payload !== undefined) payload.text = bytes.toString("utf8");
        },
      },
      { signal },
    );
  }

  const entries = new Map<string, Stated | undefined>(
    tree.directories().map(({ path, payload }): [string, Stated | undefined] => [path, payload]),
  );
  for (const { path, payload } of tree.files()) entries.set(path, payload);
  const symlinks = new Set(tree.symlinks());
  const gaps = createHostGaps(bounds.hostGaps);
  let names: ReadonlyMap<string, readonly string[]> | undefined;

  function find(path: string): HostEntry | undefined {
    const real = tree.resolve(path);
    if (real !== undefined && entries.has(real)) return { path: real, ...(entries.get(real) ?? MADE) };
    const dangling = symlinkOn(path, (link) => {
      const target = tree.resolve(link);
      return target === undefined || !(entries.has(target) || isDevice(target));
    });
    if (dangling !== undefined) gaps.add(path, `the symlink /${dangling} leads to nothing in the image`);
    return undefined;
  }

  /** The first symlink on a path, as it is written, that is so. */
  function symlinkOn(path: string, isSo: (link: string) => boolean): string | undefined {
    for (let slash = path.indexOf("/"); ; slash = path.indexOf("/", slash + 1)) {
      const part = slash < 0 ? path : path.slice(0, slash);
      if (symlinks.has(part) && isSo(part)) return part;
      if (slash < 0) return undefined;
    }
  }

  return {
    find,
    list(path) {
      const folder = find(path);
      if (folder?.type !== "directory") return [];
      names ??= namesIn([...entries.keys(), ...symlinks]);
      return names.get(folder.path) ?? [];
    },
    read({ path }) {
      const text = entries.get(path)?.text;
      if (text === undefined) gaps.add(path, "not read, so files that it names are not looked up");
      return text;
    },
    gaps: () => gaps.all(),
  };
}

/** Of each folder the names in it, sorted. */
function namesIn(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths.toSorted(compareText)) {
    const slash = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(0, slash));
    const names = folders.get(folder);
    if (names === undefined) folders.set(folder, [path.slice(slash + 1)]);
    else names.push(path.slice(slash + 1));
  }
  return folders;
}

/** A folder that no layer has an entry for: whoever unpacks them makes it so. */
const MADE = { type: "directory", mode: 0o755, owner: 0, group: 0 } as const;

function stated(entry: TarEntry, type: Stated["type"], layer: number, alike: Map<string, Stated> | undefined): Stated {
  const { mode } = entry;
  // It stays root's, who unpacks it, where the header says -1 (chown(2)).
  const owner = Math.max(0, entry.uid);
  const group = Math.max(0, entry.gid);
  const key = `${type} ${mode} ${owner} ${group}`;
  const known = alike?.get(key);
  if (known !== undefined) return known;
  const made: Stated = { type, mode, owner, group, layer };
  alike?.set(key, made);
  return made;
}
