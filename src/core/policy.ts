import { createHash } from "node:crypto";
import type { Category } from "./category.ts";
import { type Digest, parseDigest } from "./digest.ts";
import type { Exception } from "./exception.ts";
import type { RatedSeverity } from "./severity.ts";
import { isObject } from "./untyped.ts";

/** A policy as the runner uses it: every default filled in. The file's form is in collect/policy/. */
export interface Policy {
  readonly thresholds: Readonly<Record<Category, Threshold>>;
  /** What a finding of unknown severity counts as; `unknown` (the default) makes the threshold's verdict unknown. */
  readonly unknownSeverity: RatedSeverity | "unknown";
  readonly advisories: {
    /** Days after a source's own date (its asOf) on which what it says still counts as current. */
    readonly maxAgeDays: number;
  };
  readonly licenses: LicensePolicy;
  /** Where images may come from: `registry.example.com`, `ghcr.io/acme/*` (see core/glob.ts); empty is anywhere. */
  readonly registries: readonly string[];
  readonly bases: {
    readonly accept: readonly BaseKind[];
  };
  readonly rebuild: {
    /** Days after its creation on which an image still counts as freshly built. */
    readonly maxAgeDays: number;
  };
  readonly secrets: {
    /**
     * Files of rules in gitleaks' form (TOML): an absolute path, or `git:REF:PATH`. They only add: an allow list in one
     * acts on the rules of that file alone, since the file may be of the tree under review.
     */
    readonly rules: readonly string[];
  };
  readonly rotation: {
    readonly secrets: {
      /** Days after which the data of a cluster's Secret must have changed. Absent: its age is not judged. */
      readonly maxAgeDays?: number;
    };
  };
  readonly exceptionLimits: ExceptionLimits;
  readonly exceptions: readonly Exception[];
  /** Where the policy came from, and whether the caller vouched for it (`--policy`). */
  readonly origin: PolicyOrigin;
}

/** SPDX ids, any case, or patterns over them: `GPL-*`. */
export interface LicensePolicy {
  /** Empty: every licence that is not denied. */
  readonly allow: readonly string[];
  /** Wins over `allow`. */
  readonly deny: readonly string[];
  /** What becomes of packages whose licence is stated nowhere, or is none that SPDX lists. */
  readonly unknown: UnknownLicense;
}

export type UnknownLicense = (typeof unknownLicenses)[number];

/** From the loosest to the strictest. */
export const unknownLicenses = ["allow", "report", "deny"] as const;

export type BaseKind = (typeof baseKinds)[number];

/** What an image is built on, from the least in it to the most. */
export const baseKinds = ["scratch", "static", "distroless", "wolfi", "alpine", "slim", "full"] as const;

/** From where on an exception is too broad. */
export interface ExceptionLimits {
  /** Days from now to the last on which it holds. */
  readonly maxDays: number;
  /** Different flaws whose findings one exception takes out of one run. */
  readonly maxFlaws: number;
  /** Whether one that is over them, or names no id, no package and no asset, is a finding. */
  readonly broad: "allow" | "report";
}

export interface Threshold {
  readonly severity: RatedSeverity;
  /** True: findings without a fix stay under the threshold. */
  readonly fixableOnly: boolean;
  /** True: what is known to be exploited is over the threshold whatever its severity. Absent: false. */
  readonly exploited?: boolean;
}

export type PolicyOrigin =
  | { readonly kind: "default" }
  /** Found in the tree under review: its author may be the attacker. */
  | ({ readonly kind: "tree"; readonly path: string } & Partial<PolicyChain>)
  /** Named by `--policy`. */
  | ({ readonly kind: "trusted"; readonly name: string } & Pick<PolicyChain, "loosened"> & Partial<PolicyChain>);

export interface PolicyChain {
  /** The files that it extends, the closest first. */
  readonly extended: readonly string[];
  /**
   * What a file of the chain tried to loosen of what one above it has locked; and, of a trusted policy, what the tree's
   * own file did.
   */
  readonly loosened: readonly LoosenedKey[];
}

export interface LoosenedKey {
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly trusted: string;
  readonly wanted: string;
}

/** Of what is in force, whichever files state it, in whatever order: sha256 over its keys sorted. */
export function policyDigest({ origin: _, exceptions, ...policy }: Policy): Digest {
  const stated = { ...policy, exceptions: exceptions.map(({ source: __, ...exception }) => exception) };
  const text = JSON.stringify(stated, (_key, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`) as Digest;
}

export const defaultPolicy: Policy = {
  thresholds: {
    vulnerability: { severity: "critical", fixableOnly: true, exploited: false },
    configuration: { severity: "high", fixableOnly: false },
  },
  unknownSeverity: "unknown",
  advisories: { maxAgeDays: 7 },
  licenses: { allow: [], deny: [], unknown: "allow" },
  registries: [],
  bases: { accept: baseKinds.filter((kind) => kind !== "full") },
  rebuild: { maxAgeDays: 7 },
  secrets: { rules: [] },
  rotation: { secrets: {} },
  exceptionLimits: { maxDays: 365, maxFlaws: 20, broad: "report" },
  exceptions: [],
  origin: { kind: "default" },
};
