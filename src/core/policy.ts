import { createHash } from "node:crypto";
import type { Category } from "./category.ts";
import { type Digest, parseDigest } from "./digest.ts";
import type { Enforcement } from "./enforcement.ts";
import type { Exception } from "./exception.ts";
import type { GateEnforcement, RegistryEnforcement } from "./gate-enforcement.ts";
import type { RatedSeverity } from "./severity.ts";
import type { UnknownEntry } from "./unknown-entry.ts";
import { isObject } from "./untyped.ts";

/** What each layer adds to the policy: it declares its slice here, beside its settings (`policy.ts` of its room). */
// biome-ignore lint/suspicious/noEmptyInterface: core knows no layer
export interface PolicySlices {}

/** A policy as the runner uses it: every default filled in. The file's form is in collect/policy/. */
export interface Policy extends PolicySlices {
  readonly thresholds: Thresholds;
  /** Enforcement of checks that do not pass, by gate. */
  readonly enforcement: {
    /** The commands, by their exit code. */
    readonly ci: Enforcement;
    /** Requests to a cluster, by their answer. */
    readonly admission: GateEnforcement;
    /** Pulls from a registry, and pushes to it. */
    readonly registry: RegistryEnforcement;
  };
  /** What a finding of unknown severity counts as; `unknown` (the default) makes the threshold's verdict unknown. */
  readonly unknownSeverity: RatedSeverity | "unknown";
  readonly exceptionLimits: ExceptionLimits;
  readonly exceptions: readonly Exception[];
  /** Unknowns that the exit code does not count. */
  readonly unknown: readonly UnknownEntry[];
  /** Patterns (core/glob.ts) over paths from the scanned directory: what they match is not scanned. */
  readonly exclude: readonly string[];
  /** Where the policy came from, and whether the caller vouched for it (`--policy`). */
  readonly origin: PolicyOrigin;
}

/** Limits above which an exception is too broad. */
export interface ExceptionLimits {
  /** Days from now to the last on which it holds. */
  readonly maxDays: number;
  /** Different flaws whose findings one exception takes out of one run. */
  readonly maxFlaws: number;
  /** Whether one that is over them, or names no id, no package and no asset, is a finding. */
  readonly broad: "allow" | "report";
}

/** By category; one that has none of its own has that of configuration. */
export type Thresholds = Readonly<Record<"vulnerability" | "configuration", Threshold>> &
  Readonly<Partial<Record<Category, Threshold>>>;

export function thresholdOf({ thresholds }: Pick<Policy, "thresholds">, category: Category): Threshold {
  return thresholds[category] ?? thresholds.configuration;
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
  /** The one that the caller chose (`--environment`). */
  readonly environment?: string;
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
export function policyDigest({ origin: _, exceptions, unknown, ...policy }: Policy): Digest {
  const stated = {
    ...policy,
    exceptions: exceptions.map(({ source: __, ...exception }) => exception),
    // A policy without any is what it was before there were some.
    ...(unknown.length === 0 ? {} : { unknown: unknown.map(({ source: __, ...entry }) => entry) }),
  };
  const text = JSON.stringify(stated, (key, value: unknown) =>
    key === "statedAt"
      ? undefined
      : isObject(value)
        ? Object.fromEntries(statedEntries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  );
  return parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`) as Digest;
}

/** A file counts as it is written: where that is on one machine is no part of the policy. */
function statedEntries(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  const resolved = Object.hasOwn(value, "written") ? ["file", "ca"] : [];
  return Object.entries(value).filter(([key]) => !resolved.includes(key));
}
