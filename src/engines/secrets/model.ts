import type { Gap } from "../../core/evidence.ts";
/** Secrets as facts: what checks may know of them. Nothing here holds the text of a secret. */
import type { RatedSeverity } from "../../core/severity.ts";
import type { SecretConfidence } from "./rule.ts";

/** One secret at one place. */
export interface SecretFact {
  /** The rule's id: `github-personal-access-token`. */
  readonly rule: string;
  readonly title: string;
  readonly confidence: SecretConfidence;
  /** Of the rule; a documentation example keeps it, and says `wellKnown`. */
  readonly severity: RatedSeverity;
  /** Its first characters and its length: `ghp_…(40)`; never more than a third of it. */
  readonly redacted: string;
  /** Tells two secrets apart without telling either; see fingerprint.ts. */
  readonly fingerprint: string;
  /** Relative, with forward slashes; the field of an image's config: `config.Env[3]`. */
  readonly path: string;
  /** From 1; absent in files that are no text. */
  readonly line?: number;
  /** From 1, in characters; absent in files that are no text. */
  readonly column?: number;
  /** From 0: where the secret begins, in bytes of the file (of its UTF-8 form, where it is in UTF-16). */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** Whether the format's own checksum or structure holds; "unsure" where it has none. */
  readonly validity: "valid" | "unsure";
  /** An example that documentation prints, a placeholder, a password for this machine alone. */
  readonly wellKnown?: boolean;
  /** A comment beside it that allows it. */
  readonly allowed?: SecretAllowance;
  /** The commit that brought it, where history was read. */
  readonly commit?: SecretCommit;
  /** From 0: the image's layer that brought it. */
  readonly layer?: number;
  /** From 0: the step of the image's history that states it, where it stands in the image's configuration. */
  readonly step?: number;
  /** Where that step is written, where the Dockerfile is known. */
  readonly dockerfile?: { readonly path: string; readonly line: number };
  /** A higher layer, or a later commit, replaces or deletes the file: the secret is there all the same. */
  readonly hidden?: boolean;
  /** The rule's own. */
  readonly reference: string;
}

/** `bulkhead:allow RULE until 2027-01-31 reason…`, or `gitleaks:allow`, which has no room for a reason. */
export interface SecretAllowance {
  readonly by: "bulkhead" | "gitleaks";
  readonly reason?: string;
  /** ISO 8601 date: the last day on which it holds. */
  readonly until?: string;
}

export interface SecretCommit {
  readonly id: string;
  readonly author: string;
  /** ISO 8601, UTC; absent where the commit states none that can be read. */
  readonly date?: string;
}

/** What was looked at and what came of it. */
export interface SecretsFound {
  readonly secrets: readonly SecretFact[];
  readonly files: number;
  readonly bytes: number;
  /** What of the files was not looked at, for nobody writes there: machine code, pictures. Absent: nothing. */
  readonly left?: readonly LeftOut[];
}

export interface LeftOut {
  /** `machine code and symbols of programs`, `ar archives` */
  readonly what: string;
  readonly files: number;
  readonly bytes: number;
}

/** What was found where somebody looked, and what could not be looked at. */
export interface FoundSecrets {
  readonly found: SecretsFound;
  readonly gaps: readonly Gap[];
  /** Folders that were not looked into, of the names that are skipped: paths below the root. */
  readonly skipped?: readonly string[];
}
