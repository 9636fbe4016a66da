/** A bill of materials as facts: what it is about and what it lists, whatever format it is written in. */
import type { Digest } from "../../../core/digest.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { LayerReference } from "../../../core/location.ts";
import type { BaseImage, Inventory } from "../model.ts";

export type SbomFormat = "cyclonedx" | "spdx";

/** What a bill of materials written here is about; its lineage is its name there. */
export type SbomSubject =
  | {
      readonly kind: "image";
      /** The repository without a tag. */
      readonly lineage: string;
      /** What pointed to the image. */
      readonly reference: string;
      readonly configDigest: Digest;
      readonly manifestDigest?: Digest;
      readonly indexDigest?: Digest;
      /** `linux/amd64` */
      readonly platform?: string;
      /** Lowest first. */
      readonly layers: readonly LayerReference[];
      /** What it is built on; absent where that was not recognised. */
      readonly base?: BaseImage;
    }
  | { readonly kind: "folder"; readonly lineage: string };

/** What is written, and what is read back. */
export interface Sbom {
  readonly subject: SbomSubject;
  /** The packages that an upper layer removed are among the others, marked. */
  readonly inventory: Inventory;
  /** Why the inventory may not be all: a document that left this out would look whole. */
  readonly gaps: readonly Gap[];
}

export interface SbomWriteOptions {
  readonly toolVersion: string;
  /** Of the document, where a time was asked for. */
  readonly created?: Date;
  /** When what it is about was made, as the image's config says (RFC 3339): the date where none was asked for. */
  readonly imageCreated?: string;
  /** Who answers for the document: `Organization: NAME (ADDRESS)`, `Person: …`, or a name alone. */
  readonly author?: string;
}

/** What a document of whatever writer says. */
export interface ReadSbom {
  /** `CycloneDX 1.6`, `SPDX-2.3`, `Syft 16.0.0`. */
  readonly format: string;
  /** The subject where the document is ours, else what it calls its subject, if anything. */
  readonly subject: SbomSubject | { readonly kind: "other"; readonly name?: string };
  readonly inventory: Inventory;
  /** What of it could not be read or cannot be judged. */
  readonly gaps: readonly Gap[];
  /** What is wrong with the document and leaves the list of packages as it is. One sentence each. */
  readonly remarks: readonly string[];
}
