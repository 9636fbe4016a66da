/** A store in memory, for tests of what uses one: as the real one in all but that nothing outlives it. */
import { readClock } from "../core/clock.ts";
import { parseDigest } from "../core/digest.ts";
import { Problem } from "../core/problem.ts";
import type {
  Change,
  ImageKey,
  ImageStore,
  Job,
  JobQueue,
  ListedImage,
  Locks,
  ScannedImage,
  Store,
  StoredAuditEntry,
} from "./model.ts";
import { MAX_ATTEMPTS, pauseSeconds } from "./queue-bounds.ts";

export interface MemoryStore extends Store {
  /** From now on every question throws `store.unavailable`, until it is called with false. */
  fail(isFailing: boolean): void;
  /** What was written to the audit log, oldest first. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  /** What a lost connection brings about. */
  lose(): void;
}

interface Known {
  readonly key: ImageKey;
  mediaType: string;
  pushedAt: Date;
  seenAt: Date;
  isThere: boolean;
  /** → when it was seen to have it */
  readonly tags: Map<string, Date>;
  scan?: ScannedImage;
  blobs: readonly string[];
  children: readonly string[];
  document?: Buffer;
}

interface Waiting {
  readonly key: string;
  job: Job;
  priority: number;
  due: number;
  worker?: string;
  until?: number;
  isGivenUp?: boolean;
}

/** @param now - what the queue's leases go by */
export function memoryStore(now: () => Date = () => readClock()): MemoryStore {
  let isFailing = false;
  const listeners = new Set<(change: Change) => void>();
  const entries: Readonly<Record<string, unknown>>[] = [];
  const tell = (change: Change): void => {
    for (const listener of [...listeners]) listener(change);
  };
  const ask = async (): Promise<void> => {
    if (!isFailing) return;
    throw new Problem({ kind: "unavailable", code: "store.unavailable", place: "store", cause: "connection refused" });
  };
  const images = memoryImages(ask, tell);
  const jobs = memoryJobs(ask, tell, now);
  const locks = memoryLocks(ask);
  return {
    images: images.store,
    jobs: jobs.queue,
    locks: locks.locks,
    audit: {
      write: (entry) => void entries.push(structuredClone(entry)),
      flush: ask,
      list: async ({ before, limit }) => {
        await ask();
        const all = entries.map(
          (entry, at): StoredAuditEntry => ({ id: String(at + 1), at: entry.time as Date, entry }),
        );
        return all
          .filter(({ id }) => before === undefined || Number(id) < Number(before))
          .reverse()
          .slice(0, limit);
      },
      lost: 0,
    },
    changes: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    ping: ask,
    counts: async () => {
      await ask();
      const there = images.known().filter(({ isThere }) => isThere);
      const scanned = there.map(listed).filter(({ scannedAt }) => scannedAt !== undefined);
      const oldest = jobs.oldestDue();
      return {
        images: there.length,
        scanned: scanned.length,
        failing: scanned.filter(({ failing }) => failing > 0).length,
        unknown: scanned.filter(({ unknown }) => unknown > 0).length,
        gone: images.known().length - there.length,
        claims: locks.claims(),
        audit: entries.length,
        jobs: await jobs.queue.counts(),
        ...(oldest === undefined ? {} : { oldestDue: oldest }),
      };
    },
    retain: ask,
    close: async () => {},
    fail: (to) => {
      isFailing = to;
    },
    entries,
    lose: () => tell({ kind: "unknown" }),
  };
}

function memoryImages(ask: () => Promise<void>, tell: (change: Change) => void) {
  const all = new Map<string, Known>();
  const running = new Map<string, number>();
  const idOf = ({ repository, digest }: ImageKey): string => `${repository}@${digest}`;
  const known = (key: ImageKey): Known => {
    const { repository, digest } = key;
    const found = all.get(idOf(key));
    if (found !== undefined) return found;
    const made: Known = {
      key: { repository, digest },
      mediaType: "",
      pushedAt: new Date(0),
      seenAt: new Date(0),
      isThere: false,
      tags: new Map(),
      blobs: [],
      children: [],
    };
    all.set(idOf(key), made);
    return made;
  };
  const manifests = (repository: string, does: (image: Known) => boolean) =>
    [...all.values()]
      .filter((image) => image.key.repository === repository && does(image))
      .map(({ key }) => key.digest)
      .sort();
  const changed = ({ repository, digest }: ImageKey): void => tell({ kind: "image", key: { repository, digest } });
  const store: ImageStore = {
    save: async (image) => {
      await ask();
      const of = known(image);
      if (of.scan !== undefined && of.scan.scannedAt > image.scannedAt) return;
      of.scan = structuredClone(image);
      changed(image);
    },
    get: async (key) => {
      await ask();
      return structuredClone(all.get(idOf(key))?.scan);
    },
    getMany: async (keys) => {
      await ask();
      return keys.flatMap((key) => structuredClone(all.get(idOf(key))?.scan) ?? []);
    },
    saw: async ({ tag, mediaType, at, ...key }) => {
      await ask();
      const of = known(key);
      of.pushedAt = of.isThere && of.pushedAt < at ? of.pushedAt : at;
      of.isThere = true;
      if (of.seenAt < at) of.seenAt = at;
      of.mediaType = mediaType;
      if (tag !== undefined) {
        const holder = [...all.values()].find(
          (other) => other.key.repository === key.repository && other.tags.has(tag),
        );
        const since = holder?.tags.get(tag);
        if (since === undefined || since <= at) {
          holder?.tags.delete(tag);
          of.tags.set(tag, at);
          if (holder !== undefined && holder !== of) changed(holder.key);
        }
      }
      changed(key);
    },
    gone: async ({ tag, asOf, ...key }) => {
      await ask();
      const of = all.get(idOf(key));
      if (of === undefined) return;
      const seen = tag === undefined ? of.seenAt : of.tags.get(tag);
      if (asOf !== undefined && seen !== undefined && seen > asOf) return;
      if (tag !== undefined) of.tags.delete(tag);
      else {
        of.isThere = false;
        of.tags.clear();
        of.blobs = [];
        of.children = [];
      }
      changed(key);
    },
    find: async (key) => {
      await ask();
      const of = all.get(idOf(key));
      return of?.isThere === true ? listed(of) : undefined;
    },
    list: async ({ after, limit }) => {
      await ask();
      return [...all.values()]
        .filter(({ isThere, key }) => isThere && (after === undefined || compare(key, after) > 0))
        .sort((a, b) => compare(a.key, b.key))
        .slice(0, limit)
        .map(listed);
    },
    saveBlobs: async (key, blobs, children) => {
      await ask();
      const of = known(key);
      of.blobs = [...blobs];
      of.children = [...children];
      changed(key);
    },
    manifestsWith: async (repository, blob) => {
      await ask();
      return manifests(repository, ({ blobs }) => blobs.includes(blob));
    },
    parentsOf: async (repository, child) => {
      await ask();
      return manifests(repository, ({ children }) => children.includes(child));
    },
    saveDocument: async (key, _kind, bytes) => {
      await ask();
      known(key).document = Buffer.from(bytes);
    },
    document: async (key) => {
      await ask();
      return all.get(idOf(key))?.document;
    },
    runs: async (digest, since) => {
      await ask();
      return (running.get(digest) ?? Number.NEGATIVE_INFINITY) >= since.getTime();
    },
    savesRunning: async (digests, at) => {
      await ask();
      for (const digest of digests) {
        if (parseDigest(digest) === undefined) throw new Error("not a digest");
        running.set(digest, Math.max(at.getTime(), running.get(digest) ?? 0));
      }
    },
  };
  return { store, known: () => [...all.values()].filter(({ mediaType }) => mediaType !== "") };
}

function compare(a: ImageKey, b: ImageKey): number {
  if (a.repository !== b.repository) return a.repository < b.repository ? -1 : 1;
  return a.digest < b.digest ? -1 : a.digest === b.digest ? 0 : 1;
}

function listed({ key, mediaType, pushedAt, tags, scan }: Known): ListedImage {
  const of = (verdict: string): number => scan?.evaluations.filter((each) => each.verdict === verdict).length ?? 0;
  return {
    ...key,
    mediaType,
    pushedAt,
    tags: [...tags.keys()].sort(),
    failing: of("fail"),
    unknown: of("unknown"),
    ...(scan === undefined
      ? {}
      : { scannedAt: scan.scannedAt, databaseDigest: scan.databaseDigest, policyDigest: scan.policyDigest }),
  };
}

function memoryJobs(ask: () => Promise<void>, tell: (change: Change) => void, now: () => Date) {
  let last = 0;
  let all: Waiting[] = [];
  const isLeased = ({ until }: Waiting): boolean => until !== undefined && until > now().getTime();
  const held = (job: Job, worker: string): Waiting | undefined =>
    all.find((each) => each.job.id === job.id && each.worker === worker && each.isGivenUp !== true);
  const giveUp = (of: Waiting): void => {
    all = all.filter((each) => each === of || each.key !== of.key || each.isGivenUp !== true);
    delete of.worker;
    delete of.until;
    of.isGivenUp = true;
  };
  const queue: JobQueue = {
    add: async (jobs) => {
      await ask();
      for (const { key, kind, about, notBefore, priority = 0 } of jobs) {
        const due = (notBefore ?? now()).getTime();
        const same = all.find((each) => each.key === key && each.worker === undefined && each.isGivenUp !== true);
        if (same === undefined) all.push({ key, job: { id: String(++last), kind, about, attempts: 0 }, priority, due });
        else {
          same.job = { ...same.job, about };
          same.priority = Math.max(priority, same.priority);
          same.due = Math.min(due, same.due);
        }
      }
      if (jobs.length > 0) tell({ kind: "job" });
    },
    take: async (worker, limit, leaseMilliseconds) => {
      await ask();
      const time = now().getTime();
      const taken: Waiting[] = [];
      for (const each of all) {
        const isAbandoned = each.worker !== undefined && !isLeased(each) && each.job.attempts >= MAX_ATTEMPTS;
        if (isAbandoned) giveUp(each);
      }
      const due = all
        .filter((each) => each.isGivenUp !== true && each.due <= time && !isLeased(each))
        .sort((a, b) => b.priority - a.priority || a.due - b.due || Number(a.job.id) - Number(b.job.id));
      for (const each of due) {
        if (taken.length === limit) break;
        const isHeld = (other: Waiting): boolean => other.key === each.key && other.worker !== undefined;
        if (each.worker === undefined && all.some(isHeld)) continue;
        each.worker = worker;
        each.until = time + leaseMilliseconds;
        each.job = { ...each.job, attempts: each.job.attempts + 1 };
        taken.push(each);
      }
      return taken.map(({ job }) => job);
    },
    extend: async (job, worker, leaseMilliseconds) => {
      await ask();
      const of = held(job, worker);
      if (of === undefined) return false;
      of.until = now().getTime() + leaseMilliseconds;
      return true;
    },
    done: async (job, worker) => {
      await ask();
      const of = held(job, worker);
      if (of === undefined) return false;
      all = all.filter((each) => each !== of && !(each.key === of.key && each.isGivenUp === true));
      return true;
    },
    failed: async (job, worker) => {
      await ask();
      const of = held(job, worker);
      if (of === undefined) return;
      delete of.worker;
      delete of.until;
      const isAnother = all.some((each) => each !== of && each.key === of.key && each.isGivenUp !== true);
      if (isAnother) all = all.filter((each) => each !== of);
      else if (of.job.attempts >= MAX_ATTEMPTS) giveUp(of);
      else of.due = now().getTime() + 1_000 * pauseSeconds(of.job.attempts);
    },
    counts: async () => {
      await ask();
      const failed = all.filter(({ isGivenUp }) => isGivenUp === true).length;
      const leased = all.filter(isLeased).length;
      return { waiting: all.length - failed - leased, leased, failed };
    },
  };
  const oldestDue = (): Date | undefined => {
    const due = all.filter((each) => each.isGivenUp !== true && !isLeased(each)).map((each) => each.due);
    return due.length === 0 ? undefined : new Date(Math.min(...due));
  };
  return { queue, oldestDue };
}

function memoryLocks(ask: () => Promise<void>) {
  const held = new Set<string>();
  const claims = new Map<string, string>();
  const locks: Locks = {
    tryHold: async (name) => {
      await ask();
      if (held.has(name)) return undefined;
      held.add(name);
      return async () => void held.delete(name);
    },
    claim: async (name, value) => {
      await ask();
      const holds = claims.get(name) ?? value;
      claims.set(name, holds);
      return holds;
    },
    release: async (name, value) => {
      await ask();
      if (claims.get(name) === value) claims.delete(name);
    },
  };
  return { locks, claims: () => claims.size };
}
