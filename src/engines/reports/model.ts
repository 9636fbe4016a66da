/** What reports of other scanners say, as facts: whose word it is, as of when, and of what. */
import type { Digest } from "../../core/digest.ts";
import type { Confidence } from "../../core/finding.ts";
import type { Severity } from "../../core/severity.ts";
import type { EpssScore, Exploited } from "../vulnerability/model.ts";

/** What one tool said in one file. */
export interface ScannerReport {
  /** The file, as the caller named it. */
  readonly place: string;
  /** `Trivy JSON`, `SARIF 2.1.0`. */
  readonly format: string;
  readonly tool: ReportedTool;
  /** ISO 8601, UTC: the report's own date, of several the oldest; absent where it states none. */
  readonly observedAt?: string;
  readonly targets: readonly ReportedTarget[];
  /** What it holds and this program does not take over: `licenses` → 3. */
  readonly unread: Readonly<Record<string, number>>;
}

export interface ReportedTool {
  readonly name: string;
  /** Absent where the report does not state it. */
  readonly version?: string;
}

/** One thing that was scanned. */
export interface ReportedTarget {
  readonly subject: ReportedSubject;
  readonly flaws: readonly ReportedFlaw[];
  readonly results: readonly ReportedResult[];
  /** What the tool itself set aside, by the reason in its own word: `ignored` → 3. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/** What joins it to an asset. A tag joins nothing: it points to another image tomorrow. */
export type ReportedSubject =
  | {
      readonly kind: "image";
      /** What the report calls it. */
      readonly name: string;
      /** Of the config; one that is stated and is none is not here. */
      readonly config?: Digest;
      /** Of its manifest, or of an index that led to it. */
      readonly manifests: readonly Digest[];
    }
  /** A directory or repository: paths are from there. */
  | { readonly kind: "tree"; readonly name: string };

/** A known vulnerability of a package. */
export interface ReportedFlaw {
  /** The tool's own id first. */
  readonly ids: readonly [string, ...string[]];
  readonly package: ReportedPackage;
  /** Where the package is, without a leading slash; absent where the report does not say. */
  readonly path?: string;
  readonly severity: Severity;
  /** As the report lists them: what mends it; none where it says that nothing does, absent where it does not say. */
  readonly fixed?: readonly string[];
  readonly title: string;
  readonly references: readonly string[];
}

export interface ReportedPackage {
  /** Type of its package-url (`deb`, `npm`); absent where the report's word for it is not known. */
  readonly type?: string;
  /** As package-urls name it within its type: `@scope/name`, `group/artifact`. */
  readonly name: string;
  readonly version: string;
  /** As the report states it, where it is one; else of the rest, without a namespace that the report does not state. */
  readonly purl?: string;
}

/** Anything else that a tool found. */
export interface ReportedResult {
  readonly kind: "result" | "secret";
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** From the root of what was scanned, without a leading slash; absent where it leads out of there, or is not stated. */
  readonly path?: string;
  /** As the report writes a place that is none in what was scanned. */
  readonly outside?: string;
  readonly line?: number;
  readonly column?: number;
  readonly references: readonly string[];
}

/** Whose word a finding is. */
export interface ReportedBy {
  readonly tool: ReportedTool;
  /** ISO 8601, UTC. */
  readonly observedAt?: string;
  readonly place: string;
  readonly severity: Severity;
}

/** What one or several reports say of one flaw of one package. */
export interface ImportedFlaw extends ReportedFlaw {
  readonly by: readonly [ReportedBy, ...ReportedBy[]];
  readonly exploited?: Exploited;
  readonly epss?: EpssScore;
}

/** What one or several reports say under one rule of one file. */
export interface ImportedResult extends ReportedResult {
  /** The path is one of an image's root filesystem. */
  readonly inImage: boolean;
  readonly by: readonly [ReportedBy, ...ReportedBy[]];
  /** In the order of the report, the first of them; none where it states none. */
  readonly lines: readonly { readonly line: number; readonly column?: number }[];
  /** How often it is stated. */
  readonly count: number;
  /** Its severity is unknown, and other results of the rule in the file have one. */
  readonly besideRated?: true;
}
