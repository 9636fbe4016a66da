/** What checks over reports of other scanners are handed: what those alone found. */
import type { Check } from "../../core/check.ts";
import type { ImportedFlaw, ImportedResult } from "../../engines/reports/model.ts";

/** Of one image. Partial always where this program did not scan the image: what no report names may be there all the same. */
export interface ImportedImageFacts {
  readonly flaws: readonly ImportedFlaw[];
}

export type ImportedImageCheck = Check<ImportedImageFacts> & { readonly subject: "imported-image" };

/** Of one file of the directory, a lockfile mostly, as for an image. */
export interface ImportedFileFacts {
  readonly flaws: readonly ImportedFlaw[];
}

export type ImportedFileCheck = Check<ImportedFileFacts> & { readonly subject: "imported-file" };

/** Of one image, or of the directory. */
export interface ImportedResultsFacts {
  readonly results: readonly ImportedResult[];
}

export type ImportedResultsCheck = Check<ImportedResultsFacts> & { readonly subject: "imported-results" };

/** Of one image, or of the directory. Partial where this program did not look for secrets there. */
export interface ImportedSecretsFacts {
  readonly secrets: readonly ImportedResult[];
}

export type ImportedSecretsCheck = Check<ImportedSecretsFacts> & { readonly subject: "imported-secrets" };
