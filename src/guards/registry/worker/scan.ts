/**
 * One manifest of the engine, scanned and stored: an image by its layers, an index by all its images, anything else as unknown
 * with the reason. What may pass (an engine that does not answer) is thrown, and the job comes again.
 */
import type { ScanCache } from "../../../collect/image/cache.ts";
import type { Digest } from "../../../core/digest.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { bounds as ociBounds } from "../../../engines/oci/bounds.ts";
import { isImageConfig, type Manifest, parseIndexOrManifest } from "../../../engines/oci/document.ts";
import { openImageAt } from "../../../engines/oci/image.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import { readImage } from "../../../scan/image-reading.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import { rescanJob } from "../jobs.ts";
import type { Engine, StoredManifest } from "../model.ts";
import { decodeDocument, encodeDocument, type KeptDocument, whyOf } from "./document.ts";
import type { EngineImages } from "./engine-images.ts";
import type { JudgingSource } from "./judging.ts";
import {
  type JudgedManifest,
  judgeReading,
  judgeUnreadable,
  nameOf,
  namesOf,
  saveVerdict,
  unionOf,
} from "./verdict.ts";

export interface ScanOptions {
  readonly store: Pick<Store, "images" | "jobs">;
  readonly engine: Pick<Engine, "manifest">;
  readonly images: EngineImages;
  readonly judging: JudgingSource;
  /** Of the guard, as images are named by: `registry.example.com`. */
  readonly host: string;
  /** Of layers that were read: images share them. */
  readonly cache?: ScanCache;
  readonly now: () => Date;
}

export interface ScanAsked {
  readonly signal: AbortSignal;
  /** It was tried often enough: what keeps it from being read is stored as the reason, where nothing better is. */
  readonly isLast: boolean;
}

/** `statement`: what is attested of another image. `known`: as it was read before, by the same advisories and policy. */
export type Scanned = "image" | "index" | "statement" | "unreadable" | "known" | "gone";

/** @throws Problem where something that may pass kept it from being scanned */
export async function scanManifest(key: ImageKey, asked: ScanAsked, options: ScanOptions): Promise<Scanned> {
  try {
    const walk = { ...asked, path: [], left: { manifests: ociBounds.indexEntries } };
    return (await scanAt(key, walk, options))?.scanned ?? "gone";
  } catch (error) {
    const problem = asProblem(error, nameOf({ ...key, host: options.host }));
    if (asked.isLast && isEvidenceProblem(problem) && !asked.signal.aborted) await keepUnknown(key, problem, options);
    throw problem;
  }
}

/** On the way through an index and the indexes in it. */
interface Walk extends ScanAsked {
  readonly path: readonly Digest[];
  readonly left: { manifests: number };
}

/** Undefined: it is gone. */
type ScannedAt = { readonly scanned: Exclude<Scanned, "gone">; readonly judged: JudgedManifest } | undefined;

async function scanAt(key: ImageKey, walk: Walk, options: ScanOptions): Promise<ScannedAt> {
  const { engine, store } = options;
  const place = nameOf({ ...key, host: options.host });
  walk.left.manifests -= 1;
  if (walk.left.manifests < 0) throw inIndex(place, `more than ${ociBounds.indexEntries} manifests in all`);
  const asOf = options.now();
  const found = await engine.manifest(key.repository, { digest: key.digest }, walk.signal);
  if (found instanceof Problem) throw found;
  if (found === undefined) {
    await store.images.gone({ ...key, asOf });
    return undefined;
  }
  await see(key, found, options);
  try {
    const document = parseIndexOrManifest(found.bytes, place);
    if (document.kind === "index") return await scanIndex(key, document.manifests, walk, options);
    await store.images.saveBlobs(key, blobsOf(document), []);
    return (await knownAs(key, options)) ?? (await scanImageAt(key, document, found.mediaType, walk, options));
  } catch (error) {
    const problem = asProblem(error, place);
    walk.signal.throwIfAborted();
    if (!isEvidenceProblem(problem) || mayPass(problem)) throw problem;
    return await keepUnreadable(key, problem, options);
  }
}

/** Whoever pushed past the guard told nobody. */
async function see(key: ImageKey, { mediaType }: StoredManifest, { store, now }: ScanOptions): Promise<void> {
  const { repository, digest } = key;
  if ((await store.images.find(key)) === undefined) {
    await store.images.saw({ repository, digest, mediaType, at: now() });
  }
}

/** What a pull of it asks for, each once. */
function blobsOf({ config, layers }: Manifest): Digest[] {
  return [...new Set([config.digest, ...layers.map(({ digest }) => digest)])];
}

/** Content by digest does not change: what was read and judged by the same is the same. */
async function knownAs(key: ImageKey, { store, judging }: ScanOptions): Promise<ScannedAt | undefined> {
  const known = await store.images.get(key);
  const { database, policy, reading } = await judging.current();
  if (known === undefined || known.databaseDigest !== database || known.policyDigest !== policy) return undefined;
  const bytes = await store.images.document(key, "sbom");
  const document = bytes === undefined ? undefined : await decodeDocument(bytes, key.repository).catch(() => undefined);
  if (document?.kind !== "image" || document.key !== reading) return undefined;
  const { evaluations, relations, scannedAt } = known;
  return { scanned: "known", judged: { evaluations, relations, database, policy, at: scannedAt } };
}

async function scanIndex(
  key: ImageKey,
  manifests: readonly Descriptor[],
  walk: Walk,
  options: ScanOptions,
): Promise<ScannedAt> {
  const place = nameOf({ ...key, host: options.host });
  const at = options.now();
  const children = [...new Set(manifests.map(({ digest }) => digest))];
  await options.store.images.saveBlobs(key, [], children);
  const path = [...walk.path, key.digest];
  if (path.length > ociBounds.indexDepth)
    throw inIndex(place, `more than ${ociBounds.indexDepth} indexes within indexes`);
  const judged: JudgedManifest[] = [];
  const images: Digest[] = [];
  for (const digest of children) {
    walk.signal.throwIfAborted();
    if (path.includes(digest)) throw inIndex(place, "an index that points to itself");
    const child = await scanAt({ repository: key.repository, digest }, { ...walk, path }, options);
    // Told by what it holds: whatever its entry says of it, all else that is here can be pulled, and counts.
    if (child === undefined || child.scanned === "statement") continue;
    images.push(digest);
    judged.push(child.judged);
  }
  if (images.length === 0) throw inIndex(place, "holds no image that is here");
  return await keep(key, "index", unionOf(judged, at), { kind: "index", images }, options);
}

async function scanImageAt(
  key: ImageKey,
  manifest: Manifest,
  mediaType: string,
  { signal }: ScanAsked,
  options: ScanOptions,
): Promise<ScannedAt> {
  const names = namesOf({ ...key, host: options.host });
  const { name } = names;
  const { config, layers } = manifest;
  if (!isImageConfig(config.mediaType)) throw notAnImage(name, `its config is ${said(config)}`);
  if (layers.length > 0 && layers.every(isStatement)) {
    throw new Problem({ kind: "input", code: STATEMENT, place: name, cause: "holds attestations, not an image" });
  }
  const images = options.images(key.repository, signal);
  try {
    const image = await openImageAt(images, { digest: key.digest, mediaType }, undefined);
    const before = await options.judging.current();
    const { cache, now } = options;
    const reading = await readImage(
      { image, ...names },
      {
        now: now(),
        signal,
        secrets: before.context.secrets,
        ...(cache === undefined ? {} : { cache }),
      },
    );
    signal.throwIfAborted();
    const [gap] = reading.inventory.state === "absent" ? reading.inventory.gaps : [];
    if (gap !== undefined && mayPass(gap)) {
      throw new Problem({ kind: "unavailable", code: gap.code, place: name, cause: gap.reason });
    }
    // Another database may have come in the place of the one that there was while the layers were read.
    const judging = await options.judging.current();
    const judged = judgeReading({ ...key, host: options.host }, reading, judging, now());
    return await keep(key, "image", judged, { kind: "image", key: before.reading, reading }, options);
  } finally {
    await images.close();
  }
}

const STATEMENT = "oci.attestation";

function isStatement({ mediaType }: Descriptor): boolean {
  return mediaType === "application/vnd.in-toto+json";
}

function notAnImage(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.not-an-image", place, cause });
}

function inIndex(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.index", place, cause });
}

function said({ mediaType }: Descriptor): string {
  return `${mediaType === "" ? "of no media type" : mediaType.slice(0, 120)}: an artifact, not a container image`;
}

/** Nothing of the image: of the engine, the network, the database, or this process. */
function mayPass({ code }: { readonly code: string }): boolean {
  return /^(?:registry|store|collect|net)\./.test(code);
}

async function keepUnreadable(key: ImageKey, problem: Problem, options: ScanOptions): Promise<ScannedAt> {
  const { host, judging, now } = options;
  const at = now();
  const judged = judgeUnreadable({ ...key, host }, problem, await judging.current(), at);
  const document: KeptDocument = { kind: "unreadable", why: whyOf(problem) };
  return await keep(key, problem.code === STATEMENT ? "statement" : "unreadable", judged, document, options);
}

/**
 * What an earlier scan found is worth more than that this one could not be made. Nothing is kept from which it could be judged
 * anew: it is due until it is read.
 */
async function keepUnknown(key: ImageKey, problem: Problem, options: ScanOptions): Promise<void> {
  const { store, host, judging, now } = options;
  if ((await store.images.get(key)) !== undefined) return;
  const judged = judgeUnreadable({ ...key, host }, problem, await judging.current(), now());
  await saveVerdict(store.images, key, { ...judged, database: "" }, undefined);
}

async function keep(
  key: ImageKey,
  scanned: Exclude<Scanned, "gone">,
  judged: JudgedManifest,
  document: KeptDocument,
  { store, judging }: ScanOptions,
): Promise<ScannedAt> {
  // First: without it a verdict could not be reached again, and without a verdict nobody asks for it.
  await store.images.saveDocument(key, "sbom", await encodeDocument(document));
  await saveVerdict(store.images, key, judged, document);
  // What all was judged by anew in between, without this one, since it was not there yet.
  const { database, policy } = await judging.current();
  if (judged.database < database || judged.policy !== policy) await store.jobs.add([rescanJob(key)]);
  return { scanned, judged };
}
