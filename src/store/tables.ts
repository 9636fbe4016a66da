/** The tables as kysely knows them; src/store/migrations/ makes them. */
import type { Generated } from "kysely";

export interface Tables {
  readonly migration: {
    readonly number: number;
    readonly name: string;
    readonly oldest: number;
    readonly applied_at: Generated<Date>;
  };
  /** What was pushed, or is known of without that. */
  readonly image: {
    readonly id: Generated<string>;
    readonly repository: string;
    readonly digest: string;
    /** Null: it was never seen to be there. */
    readonly media_type: string | null;
    readonly pushed_at: Date | null;
    readonly seen_at: Date | null;
    readonly is_there: Generated<boolean>;
    readonly gone_at: Date | null;
  };
  readonly tag: {
    readonly repository: string;
    readonly name: string;
    readonly image_id: string;
    readonly seen_at: Date;
  };
  /** The last complete scan of an image. */
  readonly scan: {
    readonly image_id: string;
    readonly scanned_at: Date;
    readonly database_digest: string;
    readonly policy_digest: string;
    readonly created_at: Date | null;
    readonly failing: number;
    readonly unknown: number;
    /** JSON: what its evaluations have in common. */
    readonly shared: string;
    /** Digest of the rows of its evaluations. */
    readonly contents: string;
  };
  readonly evaluation: {
    readonly image_id: string;
    readonly key: string;
    readonly position: number;
    readonly check_id: string;
    readonly verdict: "pass" | "fail" | "unknown";
    /** JSON: all of it but what `scan.shared` has. */
    readonly body: string;
  };
  readonly relation: {
    readonly image_id: string;
    readonly position: number;
    readonly type: string;
    readonly from_kind: string;
    readonly from_id: string;
    readonly to_kind: string;
    readonly to_id: string;
    readonly body: string;
  };
  /** What a manifest or an index references. */
  readonly reference: {
    readonly image_id: string;
    readonly repository: string;
    readonly digest: string;
    readonly kind: "blob" | "child";
  };
  readonly document: {
    readonly image_id: string;
    readonly kind: string;
    readonly bytes: Buffer;
    readonly saved_at: Generated<Date>;
  };
  /** Digests that run somewhere. */
  readonly running: {
    readonly digest: string;
    readonly scope: string;
    readonly seen_at: Date;
  };
  readonly job: {
    readonly id: Generated<string>;
    readonly key: string;
    readonly kind: string;
    /** JSON */
    readonly about: string;
    readonly priority: Generated<number>;
    readonly not_before: Generated<Date>;
    readonly attempts: Generated<number>;
    /** Null: nobody does it. */
    readonly worker: string | null;
    readonly leased_until: Date | null;
    /** Null: it was not given up. */
    readonly failed_at: Date | null;
    readonly reason: string | null;
    readonly added_at: Generated<Date>;
  };
  readonly claim: {
    readonly name: string;
    readonly value: string;
    readonly claimed_at: Generated<Date>;
  };
  readonly audit: {
    readonly id: Generated<string>;
    readonly at: Date;
    /** JSON */
    readonly entry: string;
  };
}
