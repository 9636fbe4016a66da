/**
 * Requests of the OCI distribution specification (1.1) as facts: what a client wants of a registry, read from its method and
 * path alone. Nothing here is judged.
 */
import type { Digest } from "../../../core/digest.ts";

/** What one does with a repository; token scopes call them by the same names. */
export type RepositoryAction = "pull" | "push" | "delete";

/** A reference of a manifest: by tag or by digest. */
export type ManifestReference = { readonly tag: string } | { readonly digest: Digest };

/** One request, by the end of the specification that it is for. */
export type DistributionRequest =
  /** `GET /v2/` */
  | { readonly kind: "ping" }
  /** `GET /v2/_catalog` */
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly repository: string }
  | {
      readonly kind: "manifest";
      readonly repository: string;
      readonly reference: ManifestReference;
      readonly action: RepositoryAction;
    }
  | {
      readonly kind: "blob";
      readonly repository: string;
      readonly digest: Digest;
      readonly action: RepositoryAction;
    }
  | {
      readonly kind: "upload";
      readonly repository: string;
      /** Absent: it begins. */
      readonly session?: string;
      /** `?mount=DIGEST&from=NAME`: another repository's blob is to be shared. */
      readonly mount?: { readonly digest: Digest; readonly from?: string };
      /** `?digest=`: with this request the upload is whole. */
      readonly digest?: Digest;
    }
  | {
      readonly kind: "referrers";
      readonly repository: string;
      readonly digest: Digest;
      /** `?artifactType=` */
      readonly artifactType?: string;
    };
