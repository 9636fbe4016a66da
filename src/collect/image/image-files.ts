/**
 * The files of an image and the lists of packages' files, for who asks of single files whose they are. An ordinary scan
 * forgets both, so the layers are walked once more.
 */
import { Problem } from "../../core/problem.ts";
import { DIVERSIONS, type Diversion, readDiversions } from "../../engines/contents/file-lists/distribution.ts";
import type { FileList, FileListReader, ImageFiles, Start } from "../../engines/contents/file-lists/model.ts";
import { fileListReaderFor } from "../../engines/contents/file-lists/readers.ts";
import { HEAD_BYTES, startOf } from "../../engines/contents/file-lists/start.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import { readLayer } from "../../engines/oci/layer.ts";
import type { Layer } from "../../engines/oci/model.ts";
import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry } from "../../engines/oci/tar.ts";
import { createMergedTree, type MergedTree } from "../../engines/oci/tree.ts";
import type { TreeFile } from "../../engines/oci/tree-nodes.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { bounds } from "./bounds.ts";

/** What is kept of a file; of nearly all nothing, and then one object stands for them. */
interface Kept {
  /** Of a list, or a file beside one. */
  bytes?: Buffer;
  /** The first bytes of a program. */
  head?: Buffer;
}

/**
 * @param programs - base names of programs that were run: their first bytes tell how they are started
 * @throws Problem what reading a layer throws, and `oci.entries` for more entries than an image may have
 */
export async function readImageFiles(
  image: OpenImage,
  programs: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ImageFiles> {
  const tree = createMergedTree<Kept>(() => true);
  const reading: Reading = { tree, programs, links: [], kept: new Map(), keptBytes: 0, entries: 0 };
  for (const layer of image.layers) await readOne(image, layer, reading, signal);
  const files = new Map(tree.files().map((file): [string, TreeFile<Kept>] => [file.path, file]));
  const names = linkedNames(reading, files);
  return {
    resolve: (path) => tree.resolve(path),
    layerOf: (path) => files.get(path)?.layer,
    namesOf: (path) => names.get(path) ?? [],
    startOf: (path) => startedBy(files.get(path)?.payload),
    lists: () => listsIn(files),
    diversions: diversionsIn(files.get(DIVERSIONS)?.payload.bytes),
  };
}

interface Reading {
  readonly tree: MergedTree<Kept>;
  readonly programs: ReadonlySet<string>;
  /** Hard links, as they are written. */
  readonly links: { readonly layer: number; readonly path: string; readonly link: string }[];
  /** By the path of the entry: what a later layer writes anew is held no longer. */
  readonly kept: Map<string, Kept>;
  keptBytes: number;
  entries: number;
}

const NOTHING: Kept = {};

async function readOne(
  image: OpenImage,
  layer: Layer,
  reading: Reading,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { tree, programs, links } = reading;
  const contents = new Map<TarEntry, Kept>();
  let head: { readonly entry: TarEntry; readonly pieces: Buffer[]; length: number; readonly kept: Kept } | undefined;
  await readLayer(
    image.store,
    layer,
    {
      entry(entry) {
        head = undefined;
        const path = cleanPath(entry.name);
        if (path === undefined || path === "") return false;
        if (++reading.entries > collectBounds.entries) throw tooMany(image.store.place);
        const { type, link } = entry;
        if (type !== "file") {
          const isLink = type === "symlink" || type === "hardlink";
          if (type === "hardlink" && links.length < bounds.hardLinks) links.push({ layer: layer.index, path, link });
          tree.apply(layer.index, { type: isLink && link === "" ? "other" : type, path, link });
          return false;
        }
        const wanted = !entry.sparse && isWanted(path, entry.size, reading);
        const isProgram = !wanted && !entry.sparse && programs.has(path.slice(path.lastIndexOf("/") + 1));
        const kept = wanted || isProgram ? keep(path, wanted ? entry.size : HEAD_BYTES, reading) : NOTHING;
        tree.apply(layer.index, { type, path, link, payload: kept });
        if (isProgram && kept !== NOTHING) head = { entry, pieces: [], length: 0, kept };
        if (!wanted || kept === NOTHING) return false;
        contents.set(entry, kept);
        return true;
      },
      content(entry, bytes) {
        const kept = contents.get(entry);
        if (kept !== undefined) kept.bytes = bytes;
      },
      data(entry, bytes) {
        if (head?.entry !== entry || head.length >= HEAD_BYTES) return;
        // Whoever reads on writes over these bytes.
        head.pieces.push(Buffer.from(bytes.subarray(0, HEAD_BYTES - head.length)));
        head.length += bytes.length;
        head.kept.head = Buffer.concat(head.pieces);
      },
    },
    signal === undefined ? {} : { signal },
  );
}

function isWanted(path: string, size: number, reading: Reading): boolean {
  if (path === DIVERSIONS) return size <= bounds.fileListsBytes;
  const reader = readerFor(path);
  return reader !== undefined && size <= reader.maxBytes && reading.keptBytes + size <= bounds.fileListsBytes;
}

/** A database's log is wanted as the database is. */
function readerFor(path: string): FileListReader | undefined {
  return fileListReaderFor(path) ?? fileListReaderFor(path.replace(/-(?:wal|journal)$/, ""));
}

/** Gives up what an entry of the same path held before. */
function keep(path: string, size: number, reading: Reading): Kept {
  const before = reading.kept.get(path);
  if (before !== undefined) {
    reading.keptBytes -= (before.bytes?.length ?? 0) + (before.head?.length ?? 0);
    delete before.bytes;
    delete before.head;
  }
  if (reading.keptBytes + size > bounds.fileListsBytes) return NOTHING;
  reading.keptBytes += size;
  const kept: Kept = {};
  reading.kept.set(path, kept);
  return kept;
}

function tooMany(place: string): Problem {
  return new Problem({
    kind: "input",
    code: "oci.entries",
    place,
    cause: `its layers together have more than ${collectBounds.entries} entries`,
  });
}

function startedBy(kept: Kept | undefined): Start {
  return kept?.head === undefined ? { kind: "unknown" } : startOf(kept.head);
}

function* listsIn(files: ReadonlyMap<string, TreeFile<Kept>>): Generator<FileList & { readonly path: string }> {
  for (const [path, { payload, layer }] of files) {
    const reader = payload.bytes === undefined ? undefined : fileListReaderFor(path);
    if (reader === undefined || payload.bytes === undefined) continue;
    const companions = new Map<string, Buffer>();
    for (const name of reader.companions?.(path) ?? []) {
      const beside = files.get(name);
      if (beside?.payload.bytes !== undefined && beside.layer === layer) companions.set(name, beside.payload.bytes);
    }
    try {
      for (const list of reader.read({ path, bytes: payload.bytes, companions })) yield { ...list, path };
    } catch (error) {
      // The packages whose lists come after it have none, and are unknown for it.
      if (!(error instanceof Problem)) throw error;
    }
  }
}

function diversionsIn(bytes: Buffer | undefined): readonly Diversion[] {
  return bytes === undefined ? [] : readDiversions(bytes);
}

/** Real path → the other names of the same file. */
function linkedNames(
  { links, tree }: Reading,
  files: ReadonlyMap<string, TreeFile<Kept>>,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const { layer, path, link } of links) {
    const [one, other] = [tree.resolve(path), tree.resolve(cleanPath(link) ?? "")];
    if (one === undefined || other === undefined || one === other) continue;
    // What was written anew since is another file.
    if (files.get(one)?.layer !== layer || files.get(other)?.layer !== layer) continue;
    const group = names.get(one) ?? names.get(other) ?? new Set<string>();
    for (const name of [one, other]) names.set(name, group.add(name));
  }
  return new Map([...names].map(([name, group]) => [name, [...group].filter((other) => other !== name)]));
}
