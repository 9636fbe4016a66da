/**
 * What one layer holds: its entries in archive order and the facts of the files that analysers want. Depends on the
 * layer's content, the analysers and the bounds alone, so it is cached under those and serves every image with the
 * layer.
 */

import type { Gap } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { createPermissionsReader, type LayerPermissions } from "../../engines/contents/permissions/stated.ts";
import type { BlobStore } from "../../engines/oci/blob.ts";
import { bounds as ociBounds } from "../../engines/oci/bounds.ts";
import { type ReadLayerOptions, readLayer } from "../../engines/oci/layer.ts";
import type { LayerThreads } from "../../engines/oci/layer-threads.ts";
import type { Layer } from "../../engines/oci/model.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry, TarVisitor, Wanted } from "../../engines/oci/tar.ts";
import type { TreeEntry } from "../../engines/oci/tree.ts";
import type { LayerSecretsReader } from "../secrets/layer.ts";
import { bounds } from "./bounds.ts";
import { createFileAnalysis } from "./file-analysis.ts";

export interface LayerScan {
  /**
   * One text an entry: a letter (see `letters`), the path, and for links a NUL and the target. Strings and not
   * objects, for a layer may have a million.
   */
  readonly records: readonly string[];
  /** Facts of the records with the letter W, in their order. */
  readonly facts: readonly FileFacts[];
  /** Which records have permissions that matter; absent where none has. */
  readonly permissions?: LayerPermissions;
  /** Without the layer's number, which is another in another image. */
  readonly gaps: readonly Gap[];
}

const letters = { file: "F", directory: "D", symlink: "S", hardlink: "H", other: "O" } as const;
const types = { F: "file", W: "file", D: "directory", S: "symlink", H: "hardlink", O: "other" } as const;

/** Files that no analyser would want but that a link with a wanted name leads to: path → the analyser's. */
export type ExtraFiles = ReadonlyMap<string, Analyser>;

export interface ScanLayerOptions extends ReadLayerOptions {
  /** Sees the bytes of every file. */
  readonly secrets?: LayerSecretsReader;
}

/** Reads a layer in one pass. Throws what readLayer throws; what it returns was verified against both digests. */
export async function scanLayer(store: BlobStore, layer: Layer, options: ScanLayerOptions = {}): Promise<LayerScan> {
  const { visitor, finish } = createLayerReader(placeOf(store, layer), options.secrets);
  await readLayer(store, layer, visitor, options);
  return finish();
}

/** The same by other threads; undefined where it is to be read by {@link scanLayer}. */
export async function scanLayerByThreads(
  store: BlobStore,
  layer: Layer,
  threads: LayerThreads,
  options: ScanLayerOptions = {},
): Promise<LayerScan | undefined> {
  const { visitor, finish } = createLayerReader(placeOf(store, layer), options.secrets);
  return (await threads.read(layer, visitor, options)) ? finish() : undefined;
}

function placeOf(store: BlobStore, layer: Layer): string {
  return `layer ${layer.index + 1} of ${store.place}`;
}

interface LayerReader {
  readonly visitor: TarVisitor;
  /** @throws Problem `contents.too-many-packages` */
  finish(): LayerScan;
}

function createLayerReader(place: string, secrets: LayerSecretsReader | undefined): LayerReader {
  const records: string[] = [];
  const files = createFileAnalysis<TarEntry>(place);
  const permissionsReader = createPermissionsReader();
  let refusedPaths = 0;
  let sparse = 0;
  let nameLength = 0;
  /** The file whose first bytes decide whether its analyser wants it, and its record. */
  let looked: { readonly path: string; readonly analyser: Analyser; readonly at: number } | undefined;

  function record(text: string): void {
    nameLength += text.length;
    if (nameLength > bounds.namesLength) {
      throw new Problem({
        kind: "input",
        code: "oci.layer",
        place,
        cause: `its paths have more than ${bounds.namesLength} characters together`,
      });
    }
    records.push(text);
  }

  return {
    visitor: {
      entry(entry) {
        const path = cleanPath(entry.name);
        if (path === undefined || entry.link.length > ociBounds.pathBytes) {
          refusedPaths += 1;
          return false;
        }
        if (path === "") return false;
        permissionsReader.see(entry, records.length);
        if ((entry.type === "symlink" || entry.type === "hardlink") && entry.link !== "") {
          record(`${letters[entry.type]}${path}\0${entry.link}`);
          return false;
        }
        const analyser = entry.type === "file" ? analyserFor(path, isExecutable(entry.mode)) : undefined;
        if (analyser === undefined) {
          const isLink = entry.type === "symlink" || entry.type === "hardlink";
          record(letters[isLink ? "other" : entry.type] + path);
          return false;
        }
        if (entry.sparse) {
          sparse += 1;
          record(`F${path}`);
          return false;
        }
        if (analyser.startsRight !== undefined) {
          record(`F${path}`);
          looked = { path, analyser, at: records.length - 1 };
          return "peek";
        }
        record(`W${path}`);
        return files.expect(entry, path, analyser, entry.size) && wantedBy(analyser);
      },
      peek(entry, first) {
        if (looked?.analyser.startsRight?.(first) !== true) return false;
        records[looked.at] = `W${looked.path}`;
        return files.expect(entry, looked.path, looked.analyser, entry.size) && wantedBy(looked.analyser);
      },
      content: (entry, bytes) => files.content(entry, bytes),
      ...(secrets === undefined ? {} : { data: secrets.data }),
    },
    finish() {
      const gaps: Gap[] = [];
      if (refusedPaths > 0) {
        gaps.push({
          code: "oci.path",
          reason: `${refusedPaths} entries have paths that exceed the limits (${ociBounds.pathBytes} bytes, ${ociBounds.pathDepth} deep)`,
        });
      }
      if (sparse > 0) gaps.push({ code: "oci.sparse", reason: `${sparse} wanted files are sparse, which is not read` });
      const permissions = permissionsReader.finish();
      return { records, facts: files.finish(), gaps, ...(permissions === undefined ? {} : { permissions }) };
    },
  };
}

/** What waits for its companions, keeps its content. */
function wantedBy({ companions }: Analyser): Wanted {
  return companions === undefined ? "lent" : true;
}

/** Any of the three execute bits. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

/** Reads named files of a layer again: what hard links or symlinks with wanted names lead to. */
export async function readExtraFiles(
  store: BlobStore,
  layer: Layer,
  extra: ExtraFiles,
  options: ReadLayerOptions = {},
): Promise<Map<string, FileFacts>> {
  const files = createFileAnalysis<TarEntry>(`layer ${layer.index + 1} of ${store.place}`);
  const paths: string[] = [];
  await readLayer(
    store,
    layer,
    {
      entry(entry) {
        const path = cleanPath(entry.name) ?? "";
        const analyser = entry.type === "file" && !entry.sparse ? extra.get(path) : undefined;
        if (analyser === undefined) return false;
        paths.push(path);
        return files.expect(entry, path, analyser, entry.size) && wantedBy(analyser);
      },
      content: (entry, bytes) => files.content(entry, bytes),
    },
    options,
  );
  const facts = files.finish();
  return new Map(paths.map((path, i) => [path, facts[i] as FileFacts]));
}

/** The entries of a scan, as the merged tree takes them. */
export function* entriesOf(scan: LayerScan): Generator<TreeEntry<FileFacts>> {
  let wanted = 0;
  for (const record of scan.records) {
    const letter = record[0] as keyof typeof types;
    const type = types[letter];
    if (type === "symlink" || type === "hardlink") {
      const nul = record.indexOf("\0");
      yield { type, path: record.slice(1, nul), link: record.slice(nul + 1) };
    } else if (letter === "W") {
      yield { type, path: record.slice(1), link: "", payload: scan.facts[wanted++] as FileFacts };
    } else {
      yield { type, path: record.slice(1), link: "" };
    }
  }
}

/** The files that were not read, and the hard links with where they lead to, whose own name is among these. */
export function* unreadEntries(
  scan: LayerScan,
  names: ReadonlySet<string>,
): Generator<{ readonly path: string; readonly link?: string }> {
  for (const record of scan.records) {
    const letter = record[0];
    if (letter !== "F" && letter !== "H") continue;
    const end = letter === "F" ? record.length : record.indexOf("\0");
    if (!names.has(record.slice(Math.max(0, record.lastIndexOf("/", end)) + 1, end))) continue;
    yield letter === "F" ? { path: record.slice(1) } : { path: record.slice(1, end), link: record.slice(end + 1) };
  }
}
