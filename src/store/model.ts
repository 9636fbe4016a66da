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
  close(): Promise<void>;
}

/** An image in a repository, by the digest of its manifest. */
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
  /** Pushed or deleted: what is there, for reconciliation with the engine's catalogue. */
  saw(key: ImageKey & { readonly tag?: string; readonly mediaType: string; readonly at: Date }): Promise<void>;
  gone(key: ImageKey & { readonly tag?: string }): Promise<void>;
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
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  readonly scannedAt?: Date;
  readonly databaseDigest?: string;
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
  /** One that waits already under the same key is not added twice. */
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
  /** It comes again later, or is given up after so many attempts and kept as failed. */
  failed(job: Job, worker: string, reason: string): Promise<void>;
  counts(): Promise<Readonly<Record<"waiting" | "leased" | "failed", number>>>;
}

/** Over all replicas. */
export interface Locks {
  /** Undefined: another holds it. It ends with the process that holds it. */
  tryHold(name: string): Promise<(() => Promise<void>) | undefined>;
  /**
   * The first of all replicas to claim a name gets it, for good: the tags that never move.
   *
   * @returns what holds the name now; equal to `value` where it is ours
   */
  claim(name: string, value: string): Promise<string>;
  release(name: string, value: string): Promise<void>;
}

export interface AuditLog {
  /** Batched; flushed within a second and on close. */
  write(entry: Readonly<Record<string, unknown>>): void;
}
