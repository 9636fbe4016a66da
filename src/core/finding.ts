import { createHash } from "node:crypto";
import type { Location } from "./location.ts";
import type { Severity } from "./severity.ts";

/** What a check says: the finding without what the runner adds. */
export interface FindingDraft {
  /**
   * What it is about within the asset, stable over rebuilds: no digest, version or line in it.
   * `CVE-2021-44906 pkg:npm/minimist at app/node_modules/minimist`.
   */
  readonly subject: string;
  readonly severity: Severity;
  /** One line, without the subject's location. */
  readonly title: string;
  readonly detail?: string;
  readonly locations: readonly [Location, ...Location[]];
  /** What an exception can name, and what machines join on. */
  readonly matches: FindingKeys;
  readonly fix?: Fix;
  /** Where it stands among findings of its severity, and why; absent where nothing tells it from others. */
  readonly priority?: Priority;
  /** Shown beside the finding: name → value, in this order. */
  readonly evidence: Readonly<Record<string, string>>;
  readonly references?: readonly string[];
}

/** What is known of a finding beyond its severity. */
export interface Priority {
  /** The higher comes first. */
  readonly score: number;
  /** Known to be exploited; the policy may let that alone decide. */
  readonly exploited: boolean;
  /** The strongest reason in a word or two, for a column; absent where it is not worth one. */
  readonly mark?: string;
  /** `exploited in the wild (KEV 2021-11-03)`, `EPSS 0.97 (99th percentile)`: strongest first. */
  readonly reasons: readonly string[];
}

/** The names that exceptions match on. */
export interface FindingKeys {
  /** Advisory ids and aliases, or the check's id; the one to show comes first. */
  readonly ids: readonly string[];
  /** Package name, where the finding is about one. */
  readonly package?: string;
  readonly version?: string;
  readonly purl?: string;
  /** Path in the image or the tree, without a leading slash. */
  readonly path?: string;
}

export type Fix =
  | {
      readonly kind: "upgrade";
      readonly text: string;
      /** Lowest version without the flaw. */
      readonly version: string;
    }
  | { readonly kind: "instruction"; readonly text: string };

export interface Finding extends FindingDraft {
  readonly check: string;
  /** 32 hex digits of sha256 over check, lineage and subject. */
  readonly fingerprint: string;
  /** At or over the policy's threshold: this is what makes the evaluation fail. */
  readonly overThreshold: boolean;
}

/** check + lineage + subject; see the design's rules of evidence. */
export function fingerprintOf(check: string, lineage: string, subject: string): string {
  return createHash("sha256")
    .update(JSON.stringify([check, lineage, subject]))
    .digest("hex")
    .slice(0, 32);
}
