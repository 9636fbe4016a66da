/**
 * One manifest of the engine, scanned and stored: an image by its layers, an index by all its images, anything else as unknown
 * with the reason. What may pass (an engine that does not answer) is thrown, and the job comes again.
 */
import type { ScanCache } from "../../../collect/image/cache.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../../core/problem.ts";
import type { Relation } from "../../../core/relation.ts";
import { bounds as ociBounds } from "../../../engines/oci/bounds.ts";
import { isImageConfig, type Manifest, parseIndexOrManifest } from "../../../engines/oci/document.ts";
import { openImageAt } from "../../../engines/oci/image.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import { scanUnopened } from "../../../scan/image.ts";
import { evaluateReading, readImage } from "../../../scan/image-reading.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import type { Engine, StoredManifest } from "../model.ts";
import { decodeDocument, encodeDocument, type KeptDocument, whyOf } from "./document.ts";
import type { EngineImages } from "./engine-images.ts";
import type { Judging, JudgingSource } from "./judging.ts";

export interface ScanOptions {
  readonly store: Pick<Store, "images">;
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
    return (await scanAt(key, walk, options)).scanned;
  } catch (error) {
    const problem = asProblem(error, nameOf(key, options));
    if (asked.isLast && isEvidenceProblem(problem) && !asked.signal.aborted) await keepUnknown(key, problem, options);
    throw problem;
  }
}

/** On the way through an index and the indexes in it. */
interface Walk extends ScanAsked {
  readonly path: readonly Digest[];
  readonly left: { manifests: number };
}

/** What it was judged by goes along: an index is as old as the oldest of its images. */
export interface JudgedManifest extends Pick<Judging, "database" | "policy"> {
  readonly evaluations: readonly Evaluation[];
  readonly relations: readonly Relation[];
}

interface ScannedAt extends JudgedManifest {
  readonly scanned: Scanned;
  readonly isStatement: boolean;
}

async function scanAt(key: ImageKey, walk: Walk, options: ScanOptions): Promise<ScannedAt> {
  const { engine, store } = options;
  const place = nameOf(key, options);
  walk.left.manifests -= 1;
  if (walk.left.manifests < 0) throw inIndex(place, `more than ${ociBounds.indexEntries} manifests in all`);
  const found = await engine.manifest(key.repository, { digest: key.digest }, walk.signal);
  if (found instanceof Problem) throw found;
  if (found === undefined) {
    await store.images.gone(key);
    return { scanned: "gone", isStatement: false, evaluations: [], relations: [], database: "", policy: "" };
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
  const { evaluations, relations } = known;
  return { scanned: "known", isStatement: false, evaluations, relations, database, policy };
}

async function scanIndex(
  key: ImageKey,
  manifests: readonly Descriptor[],
  walk: Walk,
  options: ScanOptions,
): Promise<ScannedAt> {
  const place = nameOf(key, options);
  const children = [...new Set(manifests.map(({ digest }) => digest))];
  await options.store.images.saveBlobs(key, [], children);
  const path = [...walk.path, key.digest];
  if (path.length > ociBounds.indexDepth)
    throw inIndex(place, `more than ${ociBounds.indexDepth} indexes within indexes`);
  const scanned: ScannedAt[] = [];
  const images: Digest[] = [];
  for (const digest of children) {
    walk.signal.throwIfAborted();
    if (path.includes(digest)) throw inIndex(place, "an index that points to itself");
    const child = await scanAt({ repository: key.repository, digest }, { ...walk, path }, options);
    // Told by what it holds: whatever its entry says of it, all else that is here can be pulled, and counts.
    if (child.scanned === "gone" || child.isStatement) continue;
    images.push(digest);
    scanned.push(child);
  }
  if (images.length === 0) throw inIndex(place, "holds no image that is here");
  const found = { scanned: "index", isStatement: false, ...unionOf(scanned) } as const;
  return await keep(key, found, { kind: "index", images }, options);
}

/** Of an index: all that is found of its images, by the oldest of what they were judged by. */
export function unionOf(images: readonly JudgedManifest[]): JudgedManifest {
  const policies = new Set(images.map(({ policy }) => policy));
  const [policy = ""] = policies;
  return {
    evaluations: images.flatMap(({ evaluations }) => evaluations),
    relations: images.flatMap(({ relations }) => relations),
    database: images.map(({ database }) => database).sort()[0] ?? "",
    policy: policies.size === 1 ? policy : "",
  };
}

async function scanImageAt(
  key: ImageKey,
  manifest: Manifest,
  mediaType: string,
  { signal }: ScanAsked,
  options: ScanOptions,
): Promise<ScannedAt> {
  const name = nameOf(key, options);
  const { config, layers } = manifest;
  if (!isImageConfig(config.mediaType)) throw notAnImage(name, `its config is ${said(config)}`);
  if (layers.length > 0 && layers.every(isStatement)) {
    throw new Problem({ kind: "input", code: STATEMENT, place: name, cause: "holds attestations, not an image" });
  }
  const images = options.images(key.repository, signal);
  try {
    const image = await openImageAt(images, { digest: key.digest, mediaType }, undefined);
    const before = await options.judging.current();
    const named = { image, name, lineage: `${options.host}/${key.repository}`, reference: name };
    const { cache, now } = options;
    const reading = await readImage(named, {
      now: now(),
      signal,
      secrets: before.context.secrets,
      ...(cache === undefined ? {} : { cache }),
    });
    signal.throwIfAborted();
    const [gap] = reading.inventory.state === "absent" ? reading.inventory.gaps : [];
    if (gap !== undefined && mayPass(gap)) {
      throw new Problem({ kind: "unavailable", code: gap.code, place: name, cause: gap.reason });
    }
    // Another database may have come in the place of the one that there was while the layers were read.
    const judged = evaluateKept(reading, await options.judging.current(), now());
    const document = { kind: "image", key: before.reading, reading } as const;
    return await keep(key, { scanned: "image", isStatement: false, ...judged }, document, options);
  } finally {
    await images.close();
  }
}

/** An image by what was read of it, now or long ago. */
export function evaluateKept(
  reading: Extract<KeptDocument, { kind: "image" }>["reading"],
  { context, database, policy }: Judging,
  now: Date,
): JudgedManifest {
  const relations: Relation[] = [];
  const { evaluations } = evaluateReading(reading, {
    ...context,
    now,
    onRelations: (found) => relations.push(...found),
  });
  return { evaluations, relations, database, policy };
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
  const judged = evaluateUnreadable(key, problem, options.host, await options.judging.current(), options.now());
  const document: KeptDocument = { kind: "unreadable", why: whyOf(problem) };
  const isStatement = problem.code === STATEMENT;
  return await keep(
    key,
    { scanned: isStatement ? "statement" : "unreadable", isStatement, ...judged },
    document,
    options,
  );
}

/** Every evaluation that there would be, unknown with the reason. */
export function evaluateUnreadable(
  key: ImageKey,
  problem: Problem,
  host: string,
  { context, database, policy }: Judging,
  now: Date,
): JudgedManifest {
  const asset = unopenedImage(nameOf(key, { host }), { lineage: `${host}/${key.repository}` });
  return { evaluations: scanUnopened(asset, problem, { ...context, now }), relations: [], database, policy };
}

/**
 * What an earlier scan found is worth more than that this one could not be made. Nothing is kept from which it could be judged
 * anew: it is due until it is read.
 */
async function keepUnknown(key: ImageKey, problem: Problem, options: ScanOptions): Promise<void> {
  const { store, host, judging, now } = options;
  if ((await store.images.get(key)) !== undefined) return;
  const judged = evaluateUnreadable(key, problem, host, await judging.current(), now());
  await saveVerdict(store.images, key, { ...judged, database: "" }, undefined, now());
}

async function keep(
  key: ImageKey,
  found: ScannedAt,
  document: KeptDocument,
  { store, now }: ScanOptions,
): Promise<ScannedAt> {
  // First: without it a verdict could not be reached again, and without a verdict nobody asks for it.
  await store.images.saveDocument(key, "sbom", await encodeDocument(document));
  await saveVerdict(store.images, key, found, document, now());
  return found;
}

export async function saveVerdict(
  images: Store["images"],
  { repository, digest }: ImageKey,
  { evaluations, relations, database, policy }: JudgedManifest,
  document: KeptDocument | undefined,
  scannedAt: Date,
): Promise<void> {
  const created = document?.kind === "image" ? dateOf(document.reading.image.config.created) : undefined;
  await images.save({
    ...{ repository, digest, scannedAt, evaluations, relations },
    databaseDigest: database,
    policyDigest: policy,
    ...(created === undefined ? {} : { createdAt: created }),
  });
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

export function nameOf({ repository, digest }: ImageKey, { host }: Pick<ScanOptions, "host">): string {
  return `${host}/${repository}@${digest}`;
}
