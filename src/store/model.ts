/** What is kept over time: evaluations, assets, relations, documents, jobs and the audit log; PostgreSQL or PGlite. */
import type { Digest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Relation } from "../core/relation.ts";

/** Throws a Problem `store.*` where the database fails: callers make *unknown* of it. */
export interface Store {
  readonly images: ImageStore;
  readonly jobs: JobQueue;
  readonly locks: Locks;
  readonly audit: AuditLog;
  readonly changes: Changes;
  /** Answers within its time-outs where the database does: for readiness. */
  ping(): Promise<void>;
  counts(): Promise<StoreCounts>;
  /** Takes away what nobody asks for any more; any replica may, and two at once do no harm. */
  retain(rules: Retention): Promise<void>;
  /** What waits to be written is written first. Again does nothing. */
  close(): Promise<void>;
}

/** What other processes, and this one, made different. */
export interface Changes {
  /**
   * A listener that throws ends the process: it is a bug.
   *
   * @returns what ends it
   */
  subscribe(listener: (change: Change) => void): () => void;
}

export type Change =
  /** Something of the image was written: its verdicts, its tags, that it is gone. */
  | { readonly kind: "image"; readonly key: ImageKey }
  /** There is a job that is due. */
  | { readonly kind: "job" }
  /** What changed meanwhile nobody knows (the connection was lost, or is back): forget everything. */
  | { readonly kind: "unknown" };

export interface StoreCounts {
  /** That are there. */
  readonly images: number;
  readonly scanned: number;
  readonly failing: number;
  readonly unknown: number;
  readonly gone: number;
  readonly claims: number;
  readonly audit: number;
  readonly jobs: Readonly<Record<"waiting" | "leased" | "failed", number>>;
  /** Since when the job that has waited longest is due. */
  readonly oldestDue?: Date;
}

export interface Retention {
  readonly now: Date;
  readonly auditDays: number;
  /** Of images that are gone: what was known of them. */
  readonly goneDays: number;
  /** Of jobs that were given up. */
  readonly failedDays: number;
  /** Of digests that were seen running. */
  readonly runningDays: number;
}

/** An image in a repository, by the digest of its manifest or index. */
export interface ImageKey {
  readonly repository: string;
  readonly digest: Digest;
}

export interface ScannedImage extends ImageKey {
  readonly scannedAt: Date;
  /** Of the advisory database that it was matched against; what changes it makes a re-scan due. */
  readonly databaseDigest: string;
  /** Of the policy's parts that a scan reads. */
  readonly policyDigest: string;
  readonly evaluations: readonly Evaluation[];
  readonly relations: readonly Relation[];
  /** When the image says it was made. */
  readonly createdAt?: Date;
}

export interface ImageStore {
  /** Replaces what an earlier complete scan said; one that is older than what is stored changes nothing. */
  save(image: ScannedImage): Promise<void>;
  get(key: ImageKey): Promise<ScannedImage | undefined>;
  /** Of many at once. */
  getMany(keys: readonly ImageKey[]): Promise<readonly ScannedImage[]>;
  /**
   * Pushed or deleted: what is there, for reconciliation with the engine's catalogue. A tag is taken from the digest that had it,
   * unless it was seen there later.
   */
  saw(key: ImageKey & { readonly tag?: string; readonly mediaType: string; readonly at: Date }): Promise<void>;
  /**
   * With a tag that alone; without one the image with its tags and blobs. Of a scan nothing is forgotten but by
   * {@link Store.retain}.
   *
   * @param key - `asOf`: when it was found to be gone; what was seen after that stays
   */
  gone(key: ImageKey & { readonly tag?: string; readonly asOf?: Date }): Promise<void>;
  /** Of one image that is there. */
  find(key: ImageKey): Promise<ListedImage | undefined>;
  /** In pages by key: what is stored of each image that is there. */
  list(page: { readonly after?: ImageKey; readonly limit: number }): Promise<readonly ListedImage[]>;
  /** Blob → manifests that reference it, so that a blob is served only with a permitted one. */
  saveBlobs(key: ImageKey, blobs: readonly Digest[], children: readonly Digest[]): Promise<void>;
  manifestsWith(repository: string, blob: Digest): Promise<readonly Digest[]>;
  parentsOf(repository: string, child: Digest): Promise<readonly Digest[]>;
  /** The SBOM (our own lossless form, gzipped) that a re-scan reads in place of layers. */
  saveDocument(key: ImageKey, kind: "sbom", bytes: Buffer): Promise<void>;
  document(key: ImageKey, kind: "sbom"): Promise<Buffer | undefined>;
  /** Digests that run somewhere, as other parts observed them; for the grace of what runs already. */
  runs(digest: Digest, since: Date): Promise<boolean>;
  savesRunning(digests: readonly Digest[], at: Date, scope: string): Promise<void>;
}

export interface ListedImage extends ImageKey {
  readonly mediaType: string;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  readonly scannedAt?: Date;
  readonly databaseDigest?: string;
  readonly policyDigest?: string;
  readonly failing: number;
  readonly unknown: number;
}

export interface Job {
  readonly id: string;
  readonly kind: "scan" | "rescan" | "mirror" | "reconcile";
  /** Small JSON. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** A table with leases: a job is done at least once, and by one worker at a time. */
export interface JobQueue {
  /**
   * One that waits already under the same key is not added twice: it is made as urgent as the new one, and is about what that
   * is about. One that is being done is no hindrance: the new one is done after it.
   */
  add(
    jobs: readonly (Pick<Job, "kind" | "about"> & {
      readonly key: string;
      readonly notBefore?: Date;
      readonly priority?: number;
    })[],
  ): Promise<void>;
  /** Up to so many that are due, leased for so long. */
  take(worker: string, limit: number, leaseMilliseconds: number): Promise<readonly Job[]>;
  /** @returns false: the lease was lost, and whoever has it now does the job */
  extend(job: Job, worker: string, leaseMilliseconds: number): Promise<boolean>;
  done(job: Job, worker: string): Promise<boolean>;
  /** It comes again later (each time twice as late), or is given up after so many attempts and kept as failed. */
  failed(job: Job, worker: string, reason: string): Promise<void>;
  counts(): Promise<Readonly<Record<"waiting" | "leased" | "failed", number>>>;
}

/** Over all replicas. */
export interface Locks {
  /**
   * It ends with the process that holds it.
   *
   * @param lost - called where the database no longer knows of it, so that another may hold it
   * @returns what ends it; undefined: another holds it, in this process or elsewhere
   */
  tryHold(name: string, lost?: () => void): Promise<(() => Promise<void>) | undefined>;
  /**
   * The first of all replicas to claim a name gets it, for good: the tags that never move.
   *
   * @returns what holds the name now; equal to `value` where it is ours
   */
  claim(name: string, value: string): Promise<string>;
  release(name: string, value: string): Promise<void>;
}

export interface AuditLog {
  /** Batched; flushed within a second and on close. Where the database does not take them, the newest are kept, to a bound. */
  write(entry: Readonly<Record<string, unknown>>): void;
  /** Resolves when what was written before is stored. */
  flush(): Promise<void>;
  /** The newest first. */
  list(page: { readonly before?: string; readonly limit: number }): Promise<readonly StoredAuditEntry[]>;
  /** Entries that were given up since the start, since the database did not take them in time. */
  readonly lost: number;
}

export interface StoredAuditEntry {
  /** What `before` takes for the next page. */
  readonly id: string;
  readonly at: Date;
  readonly entry: Readonly<Record<string, unknown>>;
}
