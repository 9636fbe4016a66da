/** The few small files that say where packages come from and whose keys count: of an image, a folder, this machine. */
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import type { Distribution } from "../../engines/contents/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import { readLayer } from "../../engines/oci/layer.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry } from "../../engines/oci/tar.ts";
import { createMergedTree } from "../../engines/oci/tree.ts";
import { bounds as updatesBounds } from "../../engines/updates/bounds.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";

export interface SourceFiles {
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly keys: readonly KeyFile[];
  readonly gaps: readonly Gap[];
}

const SOURCE_FILES: ReadonlySet<string> = new Set([
  ...["etc/apt/sources.list", "etc/apk/repositories"],
  ...["etc/yum.conf", "etc/dnf/dnf.conf"],
]);
const SOURCE_FOLDERS: Readonly<Record<string, RegExp>> = {
  "etc/apt/sources.list.d": /[.](?:list|sources)$/,
  "etc/apk/repositories.d": /[.]list$/,
  "etc/yum.repos.d": /[.]repo$/,
  "etc/distro.repos.d": /[.]repo$/,
  "etc/zypp/repos.d": /[.]repo$/,
  "etc/zypp/services.d": /[.]service$/,
  "etc/dnf/modules.d": /[.]module$/,
  // Each file is a variable by its name.
  "etc/yum/vars": /^\w+$/,
  "etc/dnf/vars": /^\w+$/,
  "etc/zypp/vars.d": /^\w+$/,
};
const KEY_FILES: ReadonlySet<string> = new Set(["etc/apt/trusted.gpg"]);
const KEY_FOLDERS: ReadonlySet<string> = new Set([
  "usr/share/keyrings",
  "etc/apt/keyrings",
  "etc/apt/trusted.gpg.d",
  "etc/apk/keys",
  "usr/share/apk/keys",
  "etc/pki/rpm-gpg",
  "usr/lib/rpm/gnupg/keys",
]);

function kindOf(path: string): "source" | "key" | undefined {
  if (SOURCE_FILES.has(path)) return "source";
  if (KEY_FILES.has(path)) return "key";
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, Math.max(0, slash));
  if (KEY_FOLDERS.has(folder)) return "key";
  return SOURCE_FOLDERS[folder]?.test(path.slice(slash + 1)) === true ? "source" : undefined;
}

/**
 * Reads them from the layers, once more and for these alone: only who asks for pending updates pays for it.
 *
 * @throws Problem where a layer cannot be read
 */
export async function sourceFilesOfImage(image: OpenImage, signal?: AbortSignal): Promise<SourceFiles> {
  const tree = createMergedTree<Buffer>((path) => kindOf(path) !== undefined);
  /** Links with a wanted name, by any layer: where each leads is known at the end. */
  const links = new Set<string>();
  const taken = createTaken();
  for (const layer of image.layers) {
    const entries: { readonly entry: TarEntry; readonly path: string; bytes?: Buffer }[] = [];
    const asked = new Map<TarEntry, (typeof entries)[number]>();
    await readLayer(
      image.store,
      layer,
      {
        entry(entry) {
          const path = cleanPath(entry.name);
          if (path === undefined || path === "") return false;
          const kind = kindOf(path);
          const mayMatter = kind !== undefined || entry.type !== "file";
          // Other files replace what was there; only what stands in the way of a wanted one can matter.
          if (!mayMatter && !path.includes(".wh.") && !isAbove(path)) return false;
          const record = { entry, path };
          entries.push(record);
          if (kind !== undefined && entry.type === "symlink") links.add(path);
          if (kind === undefined || entry.type !== "file" || entry.sparse || !taken.take(path, entry.size))
            return false;
          asked.set(entry, record);
          return true;
        },
        content(entry, bytes) {
          const record = asked.get(entry);
          if (record !== undefined) record.bytes = bytes;
        },
      },
      signal === undefined ? {} : { signal },
    );
    for (const { entry, path, bytes } of entries) {
      tree.apply(layer.index, {
        type: entry.type,
        path,
        link: entry.link,
        ...(bytes === undefined ? {} : { payload: bytes }),
      });
    }
  }
  const files = new Map(tree.files().map(({ path, payload }) => [path, payload]));
  for (const path of links) {
    const target = tree.resolve(path);
    const bytes = target === undefined ? undefined : files.get(target);
    if (bytes !== undefined && !files.has(path)) files.set(path, bytes);
  }
  return sorted(files, taken.gaps());
}

/** Whether a file at this path would take the place of a folder that wanted files are in. */
function isAbove(path: string): boolean {
  return [...KEY_FOLDERS, ...Object.keys(SOURCE_FOLDERS)].some(
    (folder) => folder === path || folder.startsWith(`${path}/`),
  );
}

/** The same from a folder that is a root file system; links are followed inside it alone. */
export function sourceFilesOfFolder(root: string): SourceFiles {
  const real = realpathSync(root);
  const taken = createTaken();
  const files = new Map<string, Buffer>();
  const add = (path: string) => {
    if (kindOf(path) === undefined) return;
    const at = inside(real, path);
    try {
      if (at === undefined) return;
      const { size } = lstatSync(at);
      if (lstatSync(at).isFile() && taken.take(path, size)) files.set(path, readFileSync(at));
    } catch {
      // What cannot be read vouches for nothing and names nothing.
    }
  };
  for (const path of [...SOURCE_FILES, ...KEY_FILES]) add(path);
  for (const folder of [...Object.keys(SOURCE_FOLDERS), ...KEY_FOLDERS]) {
    const at = inside(real, folder);
    for (const name of at === undefined ? [] : namesIn(at)) add(`${folder}/${name}`);
  }
  return sorted(files, taken.gaps());
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, updatesBounds.keyringFiles);
  } catch {
    return [];
  }
}

/** The real path, or undefined where it leads out of the root. An absolute link means the root's own root. */
function inside(root: string, path: string): string | undefined {
  try {
    const at = realpathSync(join(root, path));
    const prefix = root.endsWith(sep) ? root : root + sep;
    return at === root || at.startsWith(prefix) ? at : undefined;
  } catch {
    return undefined;
  }
}

/** Counts what is held in memory. */
function createTaken() {
  let bytes = 0;
  let count = 0;
  let refused = 0;
  return {
    take(path: string, size: number): boolean {
      const limit = kindOf(path) === "key" ? updatesBounds.keyringBytes : updatesBounds.smallFileBytes;
      const fits =
        size <= limit && bytes + size <= updatesBounds.keyringTotalBytes && count < updatesBounds.keyringFiles;
      if (fits) {
        bytes += size;
        count += 1;
      } else refused += 1;
      return fits;
    },
    gaps: (): Gap[] =>
      refused === 0
        ? []
        : [
            {
              code: "updates.too-many",
              reason: `pending updates: ${refused} files of sources or keys exceed the limits`,
            },
          ],
  };
}

function sorted(files: ReadonlyMap<string, Buffer>, gaps: readonly Gap[]): SourceFiles {
  const all = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sources: all.flatMap(([path, bytes]) =>
      kindOf(path) === "source" ? [{ path, text: bytes.toString("utf8") }] : [],
    ),
    keys: all.flatMap(([path, bytes]) => (kindOf(path) === "key" ? [{ path, bytes }] : [])),
    gaps,
  };
}

/**
 * The keys that this machine has for a distribution: those that are named for it, so that another archive's key, which
 * someone trusted for that archive, does not vouch for the distribution's.
 */
export function machineKeys(distribution: Distribution | undefined, root = "/"): KeyFile[] {
  if (distribution === undefined) return [];
  const { keys } = sourceFilesOfFolder(root);
  return keys.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const isApk = path.startsWith("etc/apk/") || path.startsWith("usr/share/apk/");
    return (
      name.startsWith(`${distribution.id}-`) && !name.includes("removed") && isApk === (distribution.id === "alpine")
    );
  });
}
