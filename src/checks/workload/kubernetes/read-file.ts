import type { ManifestGap } from "../../../engines/kubernetes/model.ts";

/** One file of manifests, and what of it was not read. */
export interface ReadFile {
  readonly path: string;
  readonly gaps: readonly ManifestGap[];
}
