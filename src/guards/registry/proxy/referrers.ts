/**
 * Referrers of a manifest (distribution specification, "Listing Referrers"): what the engine lists, and what stands in the tag
 * that is there in place of such a list. An engine without the list gets that tag written by the guard, so that clients find one
 * registry as the next.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { listIn } from "../../../engines/oci/referrers/list.ts";
import { referrersTag } from "../../../engines/oci/referrers/repository.ts";
import type { Engine, StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";
import { digestOf, parsed } from "./engine.ts";
import type { ProxyOptions } from "./options.ts";

export const INDEX = "application/vnd.oci.image.index.v1+json";

/** As it stands in a list: with whatever else its author wrote. */
export interface Entry {
  readonly digest: Digest;
  readonly artifactType?: unknown;
  readonly [field: string]: unknown;
}

/** The manifest that another one is about; undefined where it is about none. */
export function subjectOf(document: unknown): Digest | undefined {
  return parseDigest(valueAt(document, ["subject", "digest"]));
}

export function entriesOf(bytes: Buffer, place: string): readonly Entry[] {
  return listIn(bytes, place).flatMap((each) => {
    const digest = isObject(each) ? parseDigest(each.digest) : undefined;
    return digest === undefined ? [] : [{ ...(each as object), digest }];
  });
}

/** What both lists have, each digest once: the engine computes its own. */
export function merged(lists: readonly (readonly Entry[])[], artifactType: string | undefined): readonly Entry[] {
  const all = new Map<Digest, Entry>();
  for (const entry of lists.flat()) if (!all.has(entry.digest)) all.set(entry.digest, entry);
  const entries = [...all.values()];
  return artifactType === undefined ? entries : entries.filter((each) => each.artifactType === artifactType);
}

/** What the tag lists; nothing where there is none. */
export async function inTag(
  engine: Engine,
  repository: string,
  subject: Digest,
  signal?: AbortSignal,
): Promise<readonly Entry[] | Problem> {
  const tag = referrersTag(subject);
  const index = await engine.manifest(repository, { tag }, signal);
  if (index === undefined) return [];
  if (index instanceof Problem) return index;
  try {
    return entriesOf(index.bytes, `${repository}:${tag}`);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** As the specification has it entered: with the manifest's own type, or its config's. */
export function entryOf({ mediaType, digest, bytes }: StoredManifest): Entry {
  const document = parsed(bytes);
  const [own, config, annotations] = [["artifactType"], ["config", "mediaType"], ["annotations"]].map((path) =>
    valueAt(document, path),
  );
  const artifactType = own === undefined || own === "" ? config : own;
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

export interface ReferrerLists {
  add(repository: string, subject: Digest, manifest: StoredManifest): Promise<undefined | Problem>;
  remove(repository: string, subject: Digest, digest: Digest): Promise<undefined | Problem>;
  /** While the tag of a list is written by somebody else's hand. */
  alone<T>(repository: string, tag: string, work: () => Promise<T>): Promise<T | Problem>;
}

export function createReferrerLists({ engine, locks }: Pick<ProxyOptions, "engine" | "locks">): ReferrerLists {
  /** Ends of what is under way in this process, by the lock's name: between replicas alone is looked again and again. */
  const turns = new Map<string, Promise<unknown>>();

  async function alone<T>(repository: string, tag: string, work: () => Promise<T>): Promise<T | Problem> {
    const name = `referrers ${repository}:${tag}`;
    const before = turns.get(name) ?? Promise.resolve();
    const turn = before.then(() => held(name, work));
    const end = turn.catch(() => undefined);
    turns.set(name, end);
    try {
      return await turn;
    } finally {
      if (turns.get(name) === end) turns.delete(name);
    }
  }

  async function held<T>(name: string, work: () => Promise<T>): Promise<T | Problem> {
    const until = performance.now() + bounds.listMilliseconds;
    const { least, most } = bounds.listPauseMilliseconds;
    try {
      for (;;) {
        const release = await locks.tryHold(name);
        if (release !== undefined) {
          try {
            return await work();
          } finally {
            await release();
          }
        }
        if (performance.now() > until) {
          const cause = `another replica has held it for ${bounds.listMilliseconds} ms`;
          return new Problem({ kind: "unavailable", code: "registry.referrers", place: name, cause });
        }
        await delay(least + Math.random() * (most - least));
      }
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  async function change(
    repository: string,
    subject: Digest,
    next: (entries: readonly Entry[]) => readonly Entry[] | undefined,
  ): Promise<undefined | Problem> {
    const tag = referrersTag(subject);
    return await alone(repository, tag, async () => {
      const entries = await inTag(engine, repository, subject);
      if (entries instanceof Problem) return entries;
      const manifests = next(entries);
      if (manifests === undefined) return undefined;
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
      if (bytes.length > bounds.manifestBytes) {
        const cause = `the list of referrers is over ${bounds.manifestBytes} bytes`;
        return new Problem({ kind: "input", code: "registry.referrers", place: `${repository}:${tag}`, cause });
      }
      return await engine.putManifest(repository, { tag }, { digest: digestOf(bytes), mediaType: INDEX, bytes });
    });
  }

  return {
    alone,
    add: (repository, subject, manifest) =>
      change(repository, subject, (entries) =>
        entries.some(({ digest }) => digest === manifest.digest) ? undefined : [...entries, entryOf(manifest)],
      ),
    remove: (repository, subject, gone) =>
      change(repository, subject, (entries) => {
        const left = entries.filter(({ digest }) => digest !== gone);
        return left.length === entries.length ? undefined : left;
      }),
  };
}
