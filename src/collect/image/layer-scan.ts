/**
 * What one layer holds: its entries in archive order and the facts of the files that analysers want. Depends on the
 * layer's content, the analysers and the bounds alone, so it is cached under those and serves every image with the
 * layer.
 */
import { bounds } from "../../core/bounds.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import type { BlobStore } from "../../engines/oci/blob.ts";
import { type ReadLayerOptions, readLayer } from "../../engines/oci/layer.ts";
import type { Layer } from "../../engines/oci/model.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry } from "../../engines/oci/tar.ts";
import type { TreeEntry } from "../../engines/oci/tree.ts";
import { createFileAnalysis } from "./file-analysis.ts";

export interface LayerScan {
  /**
   * One text an entry: a letter (see `letters`), the path, and for links a NUL and the target. Strings and not
   * objects, for a layer may have a million.
   */
  readonly records: readonly string[];
  /** Facts of the records with the letter W, in their order. */
  readonly facts: readonly FileFacts[];
  readonly gaps: readonly Gap[];
}

const letters = { file: "F", directory: "D", symlink: "S", hardlink: "H", other: "O" } as const;
const types = { F: "file", W: "file", D: "directory", S: "symlink", H: "hardlink", O: "other" } as const;

/** Files that no analyser would want but that a link with a wanted name leads to: path → the analyser's. */
export type ExtraFiles = ReadonlyMap<string, Analyser>;

/** Reads a layer in one pass. Throws what readLayer throws; what it returns was verified against both digests. */
export async function scanLayer(store: BlobStore, layer: Layer, options: ReadLayerOptions = {}): Promise<LayerScan> {
  const records: string[] = [];
  const files = createFileAnalysis<TarEntry>();
  let refusedPaths = 0;
  let sparse = 0;

  await readLayer(
    store,
    layer,
    {
      entry(entry) {
        const path = cleanPath(entry.name);
        if (path === undefined || entry.link.length > bounds.pathBytes) {
          refusedPaths += 1;
          return false;
        }
        if (path === "") return false;
        if ((entry.type === "symlink" || entry.type === "hardlink") && entry.link !== "") {
          records.push(`${letters[entry.type]}${path}\0${entry.link}`);
          return false;
        }
        const analyser = entry.type === "file" ? analyserFor(path) : undefined;
        if (analyser === undefined) {
          const isLink = entry.type === "symlink" || entry.type === "hardlink";
          records.push(letters[isLink ? "other" : entry.type] + path);
          return false;
        }
        if (entry.sparse) {
          sparse += 1;
          records.push(`F${path}`);
          return false;
        }
        records.push(`W${path}`);
        return files.expect(entry, path, analyser, entry.size);
      },
      content: (entry, bytes) => files.content(entry, bytes),
    },
    options,
  );

  const gaps: Gap[] = [];
  const where = `layer ${layer.index + 1}`;
  if (refusedPaths > 0) {
    gaps.push({
      code: "oci.path",
      reason: `${refusedPaths} entries of ${where} have paths over the bounds (${bounds.pathBytes} bytes, ${bounds.pathDepth} deep)`,
    });
  }
  if (sparse > 0)
    gaps.push({ code: "oci.sparse", reason: `${sparse} wanted files of ${where} are sparse, which is not read` });
  return { records, facts: files.finish(), gaps };
}

/** Reads named files of a layer again: what hard links or symlinks with wanted names lead to. */
export async function readExtraFiles(
  store: BlobStore,
  layer: Layer,
  extra: ExtraFiles,
  options: ReadLayerOptions = {},
): Promise<Map<string, FileFacts>> {
  const files = createFileAnalysis<TarEntry>();
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
        return files.expect(entry, path, analyser, entry.size);
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

/** True where the layer itself has a file at this path. */
export function hasFile(scan: LayerScan, path: string): boolean {
  return scan.records.includes(`F${path}`);
}
