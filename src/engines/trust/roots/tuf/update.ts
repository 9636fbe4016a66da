/** The client's workflow (TUF specification 1.0, section 5): from where trust begins to target files, by way of the network. */
import { isEvidenceProblem, Problem } from "../../../../core/problem.ts";
import { describeUrl } from "../../../../net/redirect.ts";
import { tufBounds as bounds } from "../bounds.ts";
import { failed } from "./failed.ts";
import { type Fetcher, fetchFile } from "./fetch.ts";
import { type Kept, readKept, trustedRootOf, writeKept } from "./kept.ts";
import type { TufKey } from "./keys.ts";
import type { FileMeta, Metadata, Role, Root, Snapshot, Targets, Timestamp } from "./metadata.ts";
import {
  type Anchor,
  changesCounters,
  firstRoot,
  isDelegated,
  newSnapshot,
  newTargets,
  newTimestamp,
  nextRoot,
  requireFile,
  requireUnexpired,
} from "./rules.ts";

export interface Repository {
  /** The folder of the metadata; targets are in `targets` below it. */
  readonly url: URL;
  readonly anchor: Anchor;
  /** The root file of the anchor's version, where it need not be fetched. */
  readonly root?: Uint8Array;
}

export interface UpdateOptions {
  /** What is kept between two updates. */
  readonly cache: string;
  /** Paths of the targets that are wanted. */
  readonly files: readonly string[];
  /** When the update begins: what expires is held against it. */
  readonly now: Date;
  readonly fetcher: Fetcher;
}

export interface Updated {
  readonly kept: Kept;
  /** Why what an earlier update left could not be used. */
  readonly discarded?: Problem;
  /** Why nothing of this one could be kept: what it came to holds all the same. */
  readonly unkept?: Problem;
}

/**
 * Brings what is kept up to date. Where it fails, what was verified until then is kept nevertheless: a version that was seen
 * once is never gone back behind.
 *
 * @throws Problem `tuf.…`
 */
export async function updateRepository(repository: Repository, options: UpdateOptions): Promise<Updated> {
  const { anchor } = repository;
  const { cache } = options;
  let before: Kept | undefined;
  let discarded: Problem | undefined;
  try {
    before = readKept(cache, anchor);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    discarded = error;
  }
  const progress: Progress = { kept: before };
  const keep = (): Problem | undefined => {
    try {
      if (progress.kept !== undefined && progress.kept !== before) writeKept(cache, progress.kept, anchor);
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  };
  let kept: Kept;
  try {
    kept = await run(repository, options, progress);
  } catch (error) {
    // Why it failed says more than that this could not be kept.
    keep();
    throw error;
  }
  const unkept = keep();
  return {
    kept,
    ...(discarded === undefined ? {} : { discarded }),
    ...(unkept === undefined ? {} : { unkept }),
  };
}

interface Progress {
  kept: Kept | undefined;
}

async function run(repository: Repository, options: UpdateOptions, progress: Progress): Promise<Kept> {
  const { files: wanted, now } = options;
  let kept = await updateRoot(repository, options, progress);
  const root = trustedRootOf(kept).signed;
  const step = (more: Partial<Kept>): Kept => {
    progress.kept = { ...kept, ...more };
    return progress.kept;
  };
  const timestamp = await fetchTimestamp(repository, options, root, kept.timestamp);
  kept = step({ timestamp });
  const snapshot = await fetchSnapshot(repository, options, root, timestamp.signed, kept.snapshot);
  kept = step({ snapshot });
  const top = { role: root.roles.targets, keys: root.keys, name: "targets" };
  const targets = await fetchTargets(repository, options, root, snapshot.signed, top, kept.targets);
  const files = new Map<string, Uint8Array>();
  for (const path of wanted) {
    files.set(
      path,
      await fetchTarget(repository, options, { root, snapshot: snapshot.signed, targets }, path, kept.files),
    );
  }
  // Those of delegated roles are handed over and not kept: what is kept must be verifiable by the top-level targets.
  const own = new Map([...files].filter(([path]) => targets.signed.targets.has(path)));
  const whole = step({ targets, files: own, checkedAt: now.toISOString() });
  return { ...whole, files };
}

/** Section 5.3. */
async function updateRoot(repository: Repository, options: UpdateOptions, progress: Progress): Promise<Kept> {
  const { url } = repository;
  const { fetcher, now } = options;
  let kept: Kept = progress.kept ?? { roots: [await beginning(repository, fetcher)], files: new Map() };
  progress.kept = kept;
  for (let count = 0; ; count += 1) {
    const { signed: before } = trustedRootOf(kept);
    const place = at(url, `${before.version + 1}.root.json`);
    const bytes = await fetchFile(place, bounds.rootBytes, fetcher);
    if (bytes === undefined) break;
    if (count >= bounds.rootVersions) {
      throw failed("tuf.bound", describeUrl(url), `more than ${bounds.rootVersions} new versions of the root`);
    }
    const next = nextRoot(bytes, before, describeUrl(place));
    kept = { ...(changesCounters(before, next.signed) ? withoutCounters(kept) : kept), roots: [...kept.roots, next] };
    progress.kept = kept;
  }
  const { signed: root } = trustedRootOf(kept);
  requireUnexpired(root.expires, now, describeUrl(at(url, `${root.version}.root.json`)));
  return kept;
}

async function beginning({ url, anchor, root }: Repository, fetcher: Fetcher): Promise<Metadata<Root>> {
  if (root !== undefined) return firstRoot(root, anchor, "the initial root");
  const place = at(url, `${anchor.version}.root.json`);
  return firstRoot(await need(place, bounds.rootBytes, fetcher), anchor, describeUrl(place));
}

/** Section 5.3.11: what was counted with the old keys may have been an attacker's. */
function withoutCounters({ timestamp: _, snapshot: __, ...others }: Kept): Kept {
  return others;
}

async function fetchTimestamp(
  { url }: Repository,
  { fetcher, now }: UpdateOptions,
  root: Root,
  before: Metadata<Timestamp> | undefined,
): Promise<Metadata<Timestamp>> {
  const place = at(url, "timestamp.json");
  return newTimestamp(await need(place, bounds.timestampBytes, fetcher), root, before, now, describeUrl(place));
}

async function fetchSnapshot(
  { url }: Repository,
  { fetcher, now }: UpdateOptions,
  root: Root,
  timestamp: Timestamp,
  before: Metadata<Snapshot> | undefined,
): Promise<Metadata<Snapshot>> {
  const { version, length = bounds.snapshotBytes } = timestamp.snapshot;
  const place = at(url, root.consistentSnapshot ? `${version}.snapshot.json` : "snapshot.json");
  const same = before?.signed.version === version ? Buffer.from(before.text) : undefined;
  const bytes = same ?? (await need(place, Math.min(length, bounds.snapshotBytes), fetcher));
  return newSnapshot(bytes, root, timestamp, before, now, describeUrl(place));
}

interface By {
  readonly role: Role;
  readonly keys: ReadonlyMap<string, TufKey>;
  readonly name: string;
}

async function fetchTargets(
  { url }: Repository,
  { fetcher, now }: UpdateOptions,
  root: Root,
  snapshot: Snapshot,
  by: By,
  before?: Metadata<Targets>,
): Promise<Metadata<Targets>> {
  const meta = snapshot.meta.get(`${by.name}.json`);
  if (meta === undefined)
    throw failed("tuf.mismatch", describeUrl(at(url, `${by.name}.json`)), "the snapshot does not name it");
  const place = at(url, root.consistentSnapshot ? `${meta.version}.${by.name}.json` : `${by.name}.json`);
  const same = before?.signed.version === meta.version ? Buffer.from(before.text) : undefined;
  const limit = Math.min(meta.length ?? bounds.targetsBytes, bounds.targetsBytes);
  const bytes = same ?? (await need(place, limit, fetcher));
  return newTargets(bytes, snapshot, by, now, describeUrl(place));
}

interface Tree {
  readonly root: Root;
  readonly snapshot: Snapshot;
  readonly targets: Metadata<Targets>;
}

/** Section 5.7. */
async function fetchTarget(
  repository: Repository,
  options: UpdateOptions,
  tree: Tree,
  path: string,
  there: ReadonlyMap<string, Uint8Array>,
): Promise<Uint8Array> {
  if (path.length > bounds.pathLength) throw failed("tuf.bound", path, `longer than ${bounds.pathLength} characters`);
  const folder = path.split("/");
  // In a URL they would lead elsewhere.
  if (folder.some((part) => part === "" || part === "." || part === "..")) {
    throw failed("tuf.missing", path, "not a path of a target");
  }
  const meta = await findTarget(repository, options, tree, path);
  const name = folder.pop() ?? "";
  const hash = meta.hashes.get("sha256") ?? meta.hashes.get("sha512");
  const file = tree.root.consistentSnapshot && hash !== undefined ? `${hash}.${name}` : name;
  const place = at(repository.url, "targets", ...folder, file);
  if (meta.length > bounds.fileBytes)
    throw failed("tuf.bound", describeUrl(place), `larger than ${bounds.fileBytes} bytes`);
  const same = there.get(path);
  if (same !== undefined && holds(same, meta)) return same;
  const bytes = await need(place, meta.length, options.fetcher);
  requireFile(bytes, meta, describeUrl(place));
  return bytes;
}

function holds(bytes: Uint8Array, meta: FileMeta): boolean {
  try {
    requireFile(bytes, meta, "");
    return true;
  } catch (error) {
    if (isEvidenceProblem(error)) return false;
    throw error;
  }
}

/** Section 5.6.7: depth first, in order; each role once. */
async function findTarget(
  repository: Repository,
  options: UpdateOptions,
  tree: Tree,
  path: string,
): Promise<Required<FileMeta>> {
  const visited = new Set(["targets"]);
  const search = async ({ signed }: Metadata<Targets>): Promise<Required<FileMeta> | "end" | undefined> => {
    const meta = signed.targets.get(path);
    if (meta !== undefined) return meta;
    for (const delegation of signed.delegations) {
      if (!isDelegated(delegation, path) || visited.has(delegation.name)) continue;
      if (visited.size > bounds.delegations)
        throw failed("tuf.bound", path, `more than ${bounds.delegations} delegated roles`);
      visited.add(delegation.name);
      const by = { role: delegation, keys: signed.keys, name: delegation.name };
      const found = await search(await fetchTargets(repository, options, tree.root, tree.snapshot, by));
      if (found !== undefined) return found;
      if (delegation.terminating) return "end";
    }
    return undefined;
  };
  const found = await search(tree.targets);
  if (found === undefined || found === "end") throw failed("tuf.missing", path, "the repository has no such target");
  return found;
}

async function need(url: URL, limit: number, fetcher: Fetcher): Promise<Buffer> {
  const bytes = await fetchFile(url, limit, fetcher);
  if (bytes === undefined) throw failed("tuf.missing", describeUrl(url), "not in the repository");
  return bytes;
}

/** A name is one part of the path, whatever characters a role or a target has in it. */
function at(url: URL, ...names: readonly string[]): URL {
  const base = url.href.endsWith("/") ? url.href : `${url.href}/`;
  return new URL(names.map(encodeURIComponent).join("/"), base);
}
