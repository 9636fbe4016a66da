import type { Listing } from "./listing.ts";
import type { ReadSbom } from "./sbom.ts";

/** What a format's reader makes of a document: the listing, and what the document is about. */
export interface ReadDocument {
  /** `CycloneDX 1.6`, `SPDX-2.3`, `Syft 16.0.0`. */
  readonly format: string;
  readonly subject: ReadSbom["subject"];
  readonly listing: Listing;
}
