/** Sigstore instances by name: the newest trusted root that is known of each without asking anybody, and the asking. */
import { join } from "node:path";
import { isEvidenceProblem, type Problem } from "../../../core/problem.ts";
import type { HttpClient } from "../../../net/client.ts";
import type { SigstoreRoot } from "../model.ts";
import { tufBounds } from "./bounds.ts";
import { carried, carriedRoot, type Instance } from "./carried/carried.ts";
import { readTrustedRoot } from "./trusted-root.ts";
import { failed } from "./tuf/failed.ts";
import { type Kept, readKept, trustedRootOf } from "./tuf/kept.ts";
import { keyOf } from "./tuf/keys.ts";
import type { Anchor } from "./tuf/rules.ts";
import { type Repository, updateRepository } from "./tuf/update.ts";

export { type Instance, instances } from "./carried/carried.ts";

/** The target that every Sigstore instance publishes. */
export const TRUSTED_ROOT = "trusted_root.json";

export interface KnownRoot extends SigstoreRoot {
  /** When its repository last said that it is current; of the carried one when that was written. */
  readonly asOf: string;
  readonly from: "carried" | "cache";
  /** Why what was kept of an update could not be used. */
  readonly discarded?: Problem;
}

/** The file that keeps what was fetched of an instance. */
export function cacheFile(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}

/**
 * The trusted root of an instance without the network: that of the last update, verified again from the carried keys, or
 * the carried one where that is newer.
 *
 * @param folder - of what updates keep; may be missing
 */
export function knownRoot(instance: Instance, folder: string): KnownRoot {
  const own: KnownRoot = { ...carriedRoot(instance), from: "carried" };
  try {
    const kept = readKept(cacheFile(folder, instance), anchorOf(instance));
    const root = kept === undefined ? undefined : rootIn(kept, instance);
    return root === undefined || root.asOf < own.asOf ? own : root;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { ...own, discarded: error };
  }
}

function rootIn({ files, checkedAt }: Kept, name: string): KnownRoot | undefined {
  const bytes = files.get(TRUSTED_ROOT);
  if (bytes === undefined || checkedAt === undefined) return undefined;
  const read = readTrustedRoot(bytes);
  if ("fault" in read) throw failed("tuf.form", `${name} ${TRUSTED_ROOT}`, read.fault);
  return { name, document: read.document, asOf: checkedAt, from: "cache" };
}

export function anchorOf(instance: Instance): Anchor {
  const { version, threshold, keys } = carried[instance].repository;
  return { version, threshold, keys: keys.map(keyOf) };
}

export interface UpdateRequest {
  readonly folder: string;
  readonly now: Date;
  readonly client: HttpClient;
  /** Where the repository's files are, in the place of its own address. */
  readonly mirror?: URL;
}

export interface UpdatedRoot {
  readonly root: KnownRoot;
  /** Of the repository's root. */
  readonly rootVersion: number;
  /** ISO 8601, UTC: by when the repository must have spoken again. */
  readonly validUntil: string;
  /** Why it could not be kept: the next one that needs it has to ask again. */
  readonly unkept?: Problem;
}

/** Asks an instance's TUF repository for its trusted root. @throws Problem `tuf.…` */
export async function updateInstance(instance: Instance, request: UpdateRequest): Promise<UpdatedRoot> {
  const url = request.mirror ?? new URL(carried[instance].repository.url);
  return await updateRoot(instance, { url, anchor: anchorOf(instance) }, request);
}

/**
 * The same of any repository, as of a private instance.
 *
 * @param name - of what is kept of it
 */
export async function updateRoot(name: string, repository: Repository, request: UpdateRequest): Promise<UpdatedRoot> {
  const signal = AbortSignal.timeout(tufBounds.updateMilliseconds);
  const { kept, discarded, unkept } = await updateRepository(repository, {
    cache: cacheFile(request.folder, name),
    files: [TRUSTED_ROOT],
    now: request.now,
    fetcher: { client: request.client, signal },
  });
  const root = rootIn(kept, name);
  const { timestamp } = kept;
  if (root === undefined || timestamp === undefined)
    throw failed("tuf.missing", name, "the update has no trusted root");
  return {
    root: { ...root, ...(discarded === undefined ? {} : { discarded }) },
    rootVersion: trustedRootOf(kept).signed.version,
    validUntil: new Date(timestamp.signed.expires).toISOString(),
    ...(unkept === undefined ? {} : { unkept }),
  };
}
