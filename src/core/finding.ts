import { hash } from "node:crypto";
import type { Location } from "./location.ts";
import type { Severity } from "./severity.ts";
import { detached } from "./strings.ts";

/** What a check says: the finding without what the runner adds. */
export interface FindingDraft {
  /**
   * What it is about within the asset, stable over rebuilds: no digest, version or line in it.
   * `CVE-2021-44906 pkg:npm/minimist at app/node_modules/minimist`.
   */
  readonly subject: string;
  readonly severity: Severity;
  /** How sure it is that it is what it says, whatever its severity; absent where nothing tells. */
  readonly confidence?: Confidence;
  /** One line, without the subject's location. */
  readonly title: string;
  readonly detail?: string;
  readonly locations: readonly [Location, ...Location[]];
  /** What an exception can name, and what machines join on. */
  readonly matches: FindingKeys;
  readonly fix?: Fix;
  /** Which part of an image it is in; absent where the image's base is not known. */
  readonly origin?: "base" | "application";
  /** Of a package: whether what was watched ever loaded it; absent where nothing was watched. */
  readonly loaded?: Loaded;
  /** Where it stands among findings of its severity, and why; absent where nothing tells it from others. */
  readonly priority?: Priority;
  /** Shown beside the finding: name → value, in this order. */
  readonly evidence: Readonly<Record<string, string>>;
  readonly references?: readonly string[];
  /**
   * What it is about can be exchanged for something else without its subject telling: a password in the place of another. No
   * baseline knows it.
   */
  readonly unrecorded?: true;
}

/** Whether workloads that were watched opened or ran a file of a package. No verdict follows from it. */
export interface Loaded {
  readonly state: LoadedState;
  /** `/usr/lib/libssl.so.3 was opened`, `no file of it was opened in 26.0 h`, or why it is unknown. */
  readonly reason: string;
  /** ISO 8601: until when that was watched; absent where that is not told. */
  readonly observedAt?: string;
  /** That is longer ago than the policy allows. */
  readonly stale?: true;
}

export type LoadedState = (typeof loadedStates)[number];

/** `not loaded` only where it was watched from its containers' start on, and nothing was missed. */
export const loadedStates = ["loaded", "unknown", "not loaded"] as const;

export type Confidence = (typeof confidences)[number];

/** `high`: it is that; `medium`: it looks like it; `low`: it may be. */
export const confidences = ["high", "medium", "low"] as const;

/** What is known of a finding beyond its severity. */
export interface Priority {
  /** The higher comes first. */
  readonly score: number;
  /** Known to be exploited; the policy may let that alone decide. */
  readonly exploited: boolean;
  /** FIRST's probability (0 to 1) that it is exploited within 30 days; absent where there is none. */
  readonly epss?: number;
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

/** How much is known of what else a change does, best known first; only what is `safe` is made unasked. */
export const fixGrades = ["safe", "likely", "needs knowledge"] as const;

export type FixGrade = (typeof fixGrades)[number];

/**
 * `safe`: something ran that shows that the image builds, starts and serves as before; `likely`: nothing speaks against it,
 * and nobody tried; `needs knowledge`: whether it may be made stands nowhere in what was read.
 */
export interface Graded {
  readonly grade: FixGrade;
  /** Why it has that grade: half a sentence without a full stop. */
  readonly reason: string;
}

/** What people do, an upgrade and what is said in words, has no grade: changes have. */
export type Fix =
  | {
      readonly kind: "upgrade";
      readonly text: string;
      /** Lowest version without the flaw. */
      readonly version: string;
    }
  | { readonly kind: "instruction"; readonly text: string }
  | (Graded & {
      /** A change of files that was proven: applied, the finding is gone and no new one is there. */
      readonly kind: "edit";
      readonly text: string;
      /** Of one file each, none overlapping another. */
      readonly edits: readonly [TextEdit, ...TextEdit[]];
    })
  | (Graded & {
      /** A change of fields of the object that the finding is in, which the source text or a patch can be made of. */
      readonly kind: "patch";
      readonly text: string;
      readonly patches: readonly [FieldPatch, ...FieldPatch[]];
    });

/** One change of an object, in order: what a step of the path is missing is made. */
export interface FieldPatch {
  /** From the object's root: `["spec", "containers", 0, "securityContext", "privileged"]`. */
  readonly path: readonly (string | number)[];
  /** `set`: the field has this value from now on; `add`: the value is appended to the list; `remove`: the field goes. */
  readonly op: "set" | "add" | "remove";
  /** Plain data, as JSON would hold it; absent with `remove`. */
  readonly value?: unknown;
}

/** Puts `replacement` where `start` to `end` is: offsets in UTF-16 units of the file's text. */
export interface TextEdit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export interface Finding extends FindingDraft {
  readonly check: string;
  /** 32 hex digits of sha256 over check, lineage and subject. */
  readonly fingerprint: string;
  /** At or over the policy's threshold: this is what makes the evaluation fail. */
  readonly overThreshold: boolean;
}

/** check + lineage + subject; see the design's rules of evidence. */
export function fingerprintOf(check: string, lineage: string, subject: string): string {
  // As text it is made four times as fast as a buffer; one that is cut from the whole would keep all of it in memory.
  return detached(hash("sha256", JSON.stringify([check, lineage, subject]), "hex").slice(0, 32));
}
