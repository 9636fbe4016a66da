/** What the parts of the registry guard hand each other. */
import type { Digest } from "../../core/digest.ts";
import type { Action } from "../../core/enforcement.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import type { ManifestReference, RepositoryAction } from "../../engines/oci/distribution/model.ts";
import type { OpenedTrust } from "../../scan/trust.ts";

/** Who asks, as a token of ours says. Headers of a client never say it. */
export interface Principal {
  /** `user:alice`, `robot:ci`, `github:shop/api`, `kubernetes:NAMESPACE/NAME`, `anonymous`. */
  readonly name: string;
  readonly kind: "user" | "robot" | "workload" | "anonymous" | "internal";
  /**
   * What of the pull policy is not held against it, by the policy's own list of principals: whoever scans or signs an image must
   * be able to read one that is not scanned or signed yet.
   */
  readonly isExempt: boolean;
  /** Which of the policy's environments it pulls for; by the policy's own list. */
  readonly environment?: string;
}

/** What a principal may do, as its token grants it. */
export interface Grant {
  readonly repository: string;
  readonly actions: readonly RepositoryAction[];
}

export interface Identity {
  readonly principal: Principal;
  readonly grants: readonly Grant[];
  readonly mayListCatalog: boolean;
}

/** An answer in place of what was asked for (distribution specification, "Error Codes"). */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 502 | 503;
  readonly code:
    | "DENIED"
    | "UNAUTHORIZED"
    | "NAME_INVALID"
    | "NAME_UNKNOWN"
    | "MANIFEST_INVALID"
    | "MANIFEST_UNKNOWN"
    | "MANIFEST_BLOB_UNKNOWN"
    | "BLOB_UNKNOWN"
    | "DIGEST_INVALID"
    | "SIZE_INVALID"
    | "UNSUPPORTED"
    | "TOOMANYREQUESTS"
    | "UNAVAILABLE";
  /** One line that clients print: what, why, how to fix it. */
  readonly message: string;
  /** For programs: check, image, policy line. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The token service, and what checks its tokens. */
export interface Authenticator {
  /**
   * What the policy says now counts, whatever it said when the token was made.
   *
   * @param catalog - the list of all repositories is asked for
   * @returns the identity, whose grants hold all that is wanted; a 401 with its challenge for what is asked, where other
   *   credentials or another token may help; or a 403
   */
  identify(
    authorization: string | undefined,
    wanted: readonly Grant[],
    now: Date,
    catalog?: boolean,
  ): Promise<Identity | Refusal>;
}

/** What the engine accepts: tokens for it that only the guard can sign. */
export interface EngineTokens {
  /** `Bearer …` for exactly these grants; `catalog` for the list of repositories. */
  authorization(grants: readonly Grant[], catalog?: boolean): string;
}

/** The engine behind the guard, as the guard itself reads and writes it. Never throws: a Problem says what went wrong. */
export interface Engine {
  /** Bytes as the engine holds them, verified against their digest; undefined: there is none. */
  manifest(
    repository: string,
    reference: ManifestReference,
    signal?: AbortSignal,
  ): Promise<StoredManifest | undefined | Problem>;
  /** Where nobody but the guard pushes: the tag now points to it. */
  putManifest(repository: string, reference: ManifestReference, manifest: StoredManifest): Promise<undefined | Problem>;
  hasBlob(repository: string, digest: Digest): Promise<boolean | Problem>;
  tags(repository: string): Promise<readonly string[] | Problem>;
  repositories(): Promise<readonly string[] | Problem>;
}

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Policies as of one reading of their files. */
export interface RegistryPolicySet {
  readonly digest: Digest;
  readonly trustFaults: readonly Problem[];
  /** Undefined: outside of environments. */
  forEnvironment(environment: string | undefined): RegistryPolicy;
}

export interface RegistryPolicy {
  readonly policy: Policy;
  readonly environment?: string;
  readonly digest: Digest;
  readonly trust: OpenedTrust | Problem;
  /** What an evaluation that does not pass brings about at a pull; an unknown one by the policy's own setting. */
  pullAction(evaluation: Evaluation): Action;
  pushAction(evaluation: Evaluation): Action;
  /** `bulkhead.yaml:14`; undefined where a default decides. */
  placeOf(evaluation: Evaluation): string | undefined;
}

export interface PullAsked {
  readonly repository: string;
  readonly principal: Principal;
  readonly now: Date;
  /** Ends when the client's patience does; what is unknown by then is unknown. */
  readonly deadline: AbortSignal;
}

/** What may be pulled. It answers within its deadline, and a HEAD exactly as the GET. */
export interface PullGate {
  /**
   * Resolves the reference once, judges what it came to, and says which bytes are to be sent: never what the tag points to a
   * moment later.
   */
  manifest(
    asked: PullAsked & { readonly reference: ManifestReference },
  ): Promise<Decision & { readonly manifest?: StoredManifest }>;
  /** A blob is served only where a manifest references it that this principal may pull. */
  blob(asked: PullAsked & { readonly digest: Digest }): Promise<Decision>;
  /** Of what is listed (tags, referrers): nothing is hidden that may be pulled. */
  referrers(asked: PullAsked & { readonly digest: Digest; readonly artifactType?: string }): Promise<Decision>;
}

export interface PushAsked {
  readonly repository: string;
  readonly principal: Principal;
  /** Of its token: from which other repositories it may take blobs. */
  readonly grants: readonly Grant[];
  readonly now: Date;
}

/** What may be pushed. */
export interface PushGate {
  /**
   * Judges and holds the tag until `end` is called: of two pushes to one immutable tag, from whichever replica, one is refused.
   */
  manifest(
    asked: PushAsked & { readonly reference: ManifestReference; readonly manifest: StoredManifest },
  ): Promise<Decision & { end?(outcome: "stored" | "failed"): Promise<void> }>;
  upload(
    asked: PushAsked & {
      /** Of the whole blob, as far as the request tells: where its range ends, or its own length. */
      readonly bytes?: number;
      readonly mount?: { readonly digest: Digest; readonly from?: string };
    },
  ): Promise<UploadDecision>;
  /** `end` is called with what the engine made of it. */
  remove(
    asked: PushAsked & { readonly target: ManifestReference | { readonly blob: Digest } },
  ): Promise<Decision & { end?(outcome: "removed" | "failed"): Promise<void> }>;
}

export interface UploadDecision extends Decision {
  /** False: `mount` and `from` are taken out of the query, and it becomes an ordinary upload. */
  readonly mounts: boolean;
  /** Where the length is not told beforehand: bytes of a blob after which the upload is cut off with 413. */
  readonly mostBytes: number;
}

/** What was decided, with all that it rests on: what the audit log and the metrics are made of. */
export interface Decision {
  readonly action: "allow" | "refuse";
  /** `policy`, `exempt`, `grace` (already runs), `break-glass`, `dry-run`, `grant`. */
  readonly basis: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Each thing that does not pass, worst first. */
  readonly outcomes: readonly Outcome[];
  /** Present exactly where it is refused. */
  readonly refusal?: Refusal;
  /** Shown to clients as `Warning` headers. */
  readonly warnings: readonly string[];
  readonly digest?: Digest;
}

export interface Outcome {
  readonly check: string;
  readonly verdict: "fail" | "unknown";
  readonly action: Action;
  readonly message: string;
  readonly fix?: string;
  readonly place?: string;
}

/** Namespaces that stand for other registries. */
export interface Upstreams {
  /** Undefined: the repository is our own. */
  of(repository: string): { readonly name: string } | undefined;
  /**
   * The repository of ours that a client means who asks us in another registry's place, and so names it without the namespace.
   * Undefined: the one that it names.
   *
   * @param asked - `host`: by which it asks, with a port where it wrote one; `ns`: of the query, as containerd has it
   */
  meant(repository: string, asked: { readonly host?: string; readonly ns?: string }): string | undefined;
  /**
   * Sees to it that the engine holds what is asked for, fetched, verified and aged as the policy wants, its referrers with it.
   * What is there is served when the upstream is not. The pull gate is then asked for the decision's digest, where it has one: a
   * tag may name another one a moment later.
   */
  ensure(asked: PullAsked & { readonly reference: ManifestReference }): Promise<Decision>;
  /** Whether an image has the blob that is let through: one that somebody else was let have may be in the engine as well. */
  blob(asked: PullAsked & { readonly digest: Digest }): Promise<Decision>;
}

/** A line of the audit log: every decision. */
export interface AuditEntry {
  readonly time: Date;
  readonly principal: string;
  readonly operation: string;
  readonly repository: string;
  readonly reference?: string;
  readonly decision: Pick<Decision, "action" | "basis" | "reason" | "digest"> & { readonly checks: readonly string[] };
}
