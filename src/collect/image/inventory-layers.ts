/** What an image or a root file system holds, as it is read: layers read or remembered, merged, catalogued. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { release } from "../../core/release.ts";
import type { Analyser, FileHistory, RemovedHistory } from "../../engines/contents/analyser.ts";
import { analyserFor } from "../../engines/contents/analysers.ts";
import { toolAt } from "../../engines/contents/base/tools.ts";
import { catalogue } from "../../engines/contents/catalogue.ts";
import type { FileFacts, Permissions, Tool } from "../../engines/contents/model.ts";
import { readFolder } from "../../engines/oci/folder.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { Layer } from "../../engines/oci/model.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { secretsOfImage } from "../secrets/image.ts";
import { createLayerSecrets } from "../secrets/layer.ts";
import { bounds } from "./bounds.ts";
import type { ScannedImage } from "./cache.ts";
import { createFileAnalysis, limitOf } from "./file-analysis.ts";
import { hostFilesOf } from "./host/files.ts";
import { folderView } from "./host/folder-view.ts";
import { layerView, looksLikeHost } from "./host/layer-view.ts";
import type { HostView } from "./host/view.ts";
import type { BoundedContext } from "./inventory-context.ts";
import {
  type ExtraFiles,
  isExecutable,
  type LayerScan,
  readExtraFiles,
  type ScanLayerOptions,
  scanLayer,
  scanLayerByThreads,
} from "./layer-scan.ts";
import { mapConcurrent } from "./map-concurrent.ts";
import { type MissingFile, mergeLayers } from "./merge.ts";

/**
 * While one layer's next bytes are inflated on the thread pool, this thread hashes and walks what there is of another.
 * Two would do for two cores; the third fills in where one of them ends. More would only hold more buffers.
 */
const LAYERS_AT_A_TIME = 3;

/** @param unchanged - of each layer, whether its stored bytes are known without reading them */
export async function scanLayers(
  image: OpenImage,
  unchanged: readonly boolean[],
  context: BoundedContext,
): Promise<ScannedImage> {
  const { cache, own } = context;
  const scans: LayerScan[] = [];
  const total = image.layers.reduce((sum, layer) => sum + layer.size, 0);
  const read = image.layers.map(() => 0);
  let done = 0;
  let entries = 0;
  let namesLength = 0;
  let packages = 0;
  const unreadBytes = ({ index, size }: Layer): number => (unchanged[index] ? 0 : size);
  const scanOne = async (layer: Layer, stop: AbortSignal): Promise<LayerScan> => {
    const advance = (bytes: number): void => {
      done += bytes - (read[layer.index] ?? 0);
      read[layer.index] = bytes;
      context.onProgress?.({ name: image.store.place, done, total });
    };
    const remembered = unchanged[layer.index] ? rememberedLayer(layer, context) : undefined;
    const signal = AbortSignal.any([context.signal, stop]);
    const scan = remembered ?? (await readAndRemember(image, layer, { ...context, signal }, advance));
    done += layer.size - (read[layer.index] ?? 0);
    read[layer.index] = layer.size;
    return scan;
  };
  for await (const scan of mapConcurrent(image.layers, LAYERS_AT_A_TIME, scanOne, unreadBytes)) {
    scans.push(scan);
    own?.records.push(scan.records);
    entries += scan.records.length;
    for (const record of scan.records) namesLength += record.length;
    for (const facts of scan.facts) if (facts.kind === "packages") packages += facts.packages.length;
    if (entries > collectBounds.entries || namesLength > bounds.namesLength || packages > bounds.packageRecords) {
      throw tooLarge(image.store.place);
    }
  }
  // Threads end while this one goes on.
  void context.layerThreads?.end();
  const merged = await mergeLayers(scans, (missing) => readMissing(image, missing, context));
  const host = looksLikeHost(scans) ? await layerView(image, context.signal) : undefined;
  const scanned = withHost(finish(merged), host);
  cache?.storeImage(image.configDigest, scanned);
  if (own !== undefined && context.secrets !== undefined) {
    own.whole ??= secretsOfImage(image, own.layers, own.records, context.secrets.scanner);
    cache?.storeSecrets(image.configDigest, keyOf(context), own.whole);
  }
  return scanned;
}

function keyOf({ secrets }: BoundedContext): string {
  return secrets?.key ?? "";
}

/** Undefined where a part of what is wanted is not remembered. */
function rememberedLayer(layer: Layer, context: BoundedContext): LayerScan | undefined {
  const { cache, own } = context;
  const scan = cache?.layer(layer.diffId);
  if (scan === undefined || own === undefined) return scan;
  const secrets = cache?.secrets(layer.diffId, keyOf(context));
  if (secrets === undefined) return undefined;
  own.layers[layer.index] = secrets;
  return scan;
}

function tooLarge(place: string): Problem {
  return new Problem({
    kind: "input",
    code: "oci.entries",
    place,
    cause: `its layers together have more than ${collectBounds.entries} entries, ${bounds.namesLength} characters of paths or ${bounds.packageRecords} packages`,
  });
}

async function readAndRemember(
  image: OpenImage,
  layer: Layer,
  context: BoundedContext,
  onProgress: (bytes: number) => void,
): Promise<LayerScan> {
  const stampBefore = await image.store.stamp?.(layer.digest).catch(() => undefined);
  const { cache, own, layerThreads } = context;
  let options = scanOptions(image, context, onProgress);
  let scan: LayerScan | undefined;
  if (layerThreads !== undefined) scan = await scanLayerByThreads(image.store, layer, layerThreads, options);
  if (scan === undefined) {
    // Of a layer that was not read whole nothing counts, and where nobody wants it any more it is not read again.
    context.signal.throwIfAborted();
    options = scanOptions(image, context, onProgress);
    scan = await scanLayer(image.store, layer, options);
  }
  const secrets = options.secrets?.finish();
  if (secrets !== undefined) {
    if (own !== undefined) own.layers[layer.index] = secrets;
    cache?.storeSecrets(layer.diffId, keyOf(context), secrets);
  }
  if (cache !== undefined) {
    cache.storeLayer(layer.diffId, scan);
    cache.storeVerified(layer.digest, layer.diffId);
    const stampAfter = await image.store.stamp?.(layer.digest).catch(() => undefined);
    if (stampBefore !== undefined && stampBefore === stampAfter) cache.storeStamp(stampBefore, layer.digest);
  }
  return scan;
}

function scanOptions(
  image: OpenImage,
  { own, secrets, signal }: BoundedContext,
  onProgress: (bytes: number) => void,
): ScanLayerOptions {
  const options = { signal, onProgress };
  if (own === undefined || secrets === undefined) return options;
  return { ...options, secrets: createLayerSecrets(secrets.scanner, image.store.place) };
}

async function readMissing(
  image: OpenImage,
  missing: readonly MissingFile[],
  context: BoundedContext,
): Promise<(FileFacts | undefined)[]> {
  const found = new Map<MissingFile, FileFacts | undefined>();
  // Two analysers may be led to one file.
  for (const files of Map.groupBy(missing, ({ layer, analyser }) => `${layer} ${analyser.id}`).values()) {
    const layer = image.layers[files[0]?.layer ?? 0] as Layer;
    const extra: ExtraFiles = new Map(files.map((file) => [file.path, file.analyser]));
    const facts = await readExtraFiles(image.store, layer, extra, { signal: context.signal });
    for (const file of files) found.set(file, facts.get(file.path));
  }
  return missing.map((file) => found.get(file));
}

export async function scanFolder(root: string, context: BoundedContext): Promise<ScannedImage> {
  const files = createFileAnalysis<string>(`dir:${root}`);
  const paths: string[] = [];
  const gaps: Gap[] = [];
  const tools: Tool[] = [];
  let unlisted = 0;
  let firstUnlisted = "";
  let links = 0;
  let firstLink = "";
  /** Of the file that was last asked for. */
  let analyser: Analyser | undefined;
  await readFolder(
    root,
    {
      wanted(path, mode) {
        const tool = toolAt(path);
        if (tool !== undefined) tools.push({ kind: tool, path });
        analyser = analyserFor(path) ?? (mayBeProgram(path) ? analyserFor(path, isExecutable(mode())) : undefined);
        if (analyser === undefined) return undefined;
        const { startsRight } = analyser;
        return { maxBytes: limitOf(analyser), ...(startsRight === undefined ? {} : { startsRight }) };
      },
      file(path, content) {
        if (analyser === undefined) return;
        paths.push(path);
        files.expect(path, path, analyser, Buffer.isBuffer(content) ? content.length : 0);
        if (!Buffer.isBuffer(content)) files.failed(path, content.unreadable);
        else if (files.content(path, content)) release(content);
      },
      link(path, target) {
        const wanting = analyserFor(path);
        if (wanting === undefined) return;
        const real = linkTarget(path, target() ?? "");
        // A file that the same analyser reads where it is, or none at all.
        if (analyserFor(real) === wanting || !existsSync(join(root, real))) return;
        if (links === 0) firstLink = `/${path}`;
        links += 1;
      },
      unlisted(path, cause) {
        if (unlisted === 0) firstUnlisted = `/${path}: ${cause}`;
        unlisted += 1;
      },
    },
    {
      signal: context.signal,
      onProgress: (entries) => context.onProgress?.({ name: `dir:${root}`, done: entries }),
    },
  );
  if (unlisted > 0) {
    gaps.push({ code: "oci.folder", reason: `${unlisted} directories could not be listed, first ${firstUnlisted}` });
  }
  if (links > 0) {
    gaps.push({
      code: "oci.link",
      reason: `${links} wanted files are links, which are not followed, first ${firstLink}`,
    });
  }
  const facts = files.finish();
  const scanned = finish({
    files: paths.map((path, i) => ({ path, versions: [{ facts: facts[i] as FileFacts }] })),
    removed: [],
    tools: tools.sort((a, b) => (a.path < b.path ? -1 : 1)),
    gaps,
  });
  return withHost(scanned, folderView(root));
}

function withHost({ inventory, gaps }: ScannedImage, view: HostView | undefined): ScannedImage {
  const host = view === undefined ? undefined : hostFilesOf(view, inventory.accounts);
  return { inventory: host === undefined ? inventory : { ...inventory, host }, gaps };
}

/** Where a symlink of a root file system leads in it, as it is written: other links on the way are not followed. */
function linkTarget(path: string, target: string): string {
  return posix.join("/", target.startsWith("/") ? target : posix.join(posix.dirname(path), target)).slice(1);
}

/** Spares most files of a machine the look at their mode: a program's name has no ending, or a library's. */
function mayBeProgram(path: string): boolean {
  const dot = path.lastIndexOf(".");
  return (
    dot <= path.lastIndexOf("/") ||
    !/^\.(?:js|ts|mjs|cjs|json|md|txt|py|pyc|h|c|html|css|map|svg|png|gz|mo)$/.test(path.slice(dot))
  );
}

function finish({
  files,
  removed,
  tools,
  permissions,
  gaps,
}: {
  readonly files: readonly FileHistory[];
  readonly removed: readonly RemovedHistory[];
  readonly tools: readonly Tool[];
  readonly permissions?: Permissions;
  readonly gaps: readonly Gap[];
}): ScannedImage {
  const catalogued = catalogue(files, removed);
  const inventory = { ...catalogued.inventory, tools, ...(permissions === undefined ? {} : { permissions }) };
  return { inventory, gaps: [...gaps, ...catalogued.gaps] };
}
