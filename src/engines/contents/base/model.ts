/** What an image is built on, as facts. */
import type { Digest } from "../../../core/digest.ts";

export type BaseKind = (typeof baseKinds)[number];

/** What an image is built on, from the least in it to the most. */
export const baseKinds = ["scratch", "static", "distroless", "wolfi", "alpine", "slim", "full"] as const;

/** A shell, a package manager or the loader of dynamically linked programs that is there. */
export interface Tool {
  readonly kind: "shell" | "package-manager" | "loader";
  /** Relative to the root, without a leading slash. */
  readonly path: string;
  /** Index of the layer that brought it; absent in a folder. */
  readonly layer?: number;
}

/** From the strongest to the weakest: what told the base. */
export type RecognisedBy = "chain" | "annotation" | "history" | "os-release" | "contents";

/**
 * How far the name and the number of layers can be believed: `certain` is proven by digests, `stated` is what the
 * builder wrote, `likely` follows from several signs, `guess` from one. The kind is always read from the contents.
 */
export type Confidence = "certain" | "stated" | "likely" | "guess";

export interface BaseImage {
  readonly kind: BaseKind;
  /** `docker.io/library/debian:13-slim`; of a base that only its contents tell, the distribution: `debian 13`. */
  readonly name?: string;
  /** Of its manifest or index, where someone states it. */
  readonly digest?: Digest;
  /** How many of the lowest layers are the base's; 0 where there is none, and in a folder. */
  readonly layers: number;
  readonly by: RecognisedBy;
  readonly confidence: Confidence;
  /** ISO 8601: when its last layer was made. */
  readonly created?: string;
  /** What of the contents makes it this kind, one sentence without a full stop. */
  readonly why: string;
}

/** A base that was read before, with what recognises it. */
export interface KnownBase {
  readonly name: string;
  readonly digest?: Digest;
  /** Chain id of its top layer (OCI image specification, config.md, "Layer ChainID"). */
  readonly chainId: Digest;
  readonly layers: number;
  readonly kind: BaseKind;
  readonly created?: string;
}
