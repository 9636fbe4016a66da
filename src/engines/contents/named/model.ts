/** What an image's name and tag alone say of it: facts that its publisher states, and nothing that was read. */
import type { BaseKind } from "../base/model.ts";
import type { Product } from "../lifecycle/table.ts";

export interface NamedContents {
  /** Absent where the name does not tell: images of others, names by digest alone, Windows. */
  readonly kind?: BaseKind;
  /** Why it is that kind, or why that is not known; one sentence without a full stop. */
  readonly why: string;
  /** What of it has a lifecycle, each with the version that the tag states; none where the tag moves from release to release. */
  readonly releases: readonly NamedRelease[];
}

export interface NamedRelease {
  readonly kind: "distribution" | "program";
  readonly product: Product;
  /** As the tag has it: `3.10.2`. */
  readonly version: string;
}
