/** Images as facts: what checks may know of them. Field names follow the OCI image specification. */
import type { Digest } from "../../core/digest.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One entry of the config's history. */
export interface HistoryStep {
  /** As written in the config: `/bin/sh -c apk add curl` or `RUN /bin/sh -c … # buildkit`. */
  readonly createdBy: string;
  readonly created?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** The image configuration, checked and with its defaults filled in. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created?: string;
  readonly user: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly workingDir: string;
  /** Lowest layer first. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryStep[];
}

/** One layer of an image and what is known of it before it is read. */
export interface Layer {
  /** From 0, the lowest. */
  readonly index: number;
  readonly diffId: Digest;
  /** The blob's own digest; equal to diffId where the layer is stored plain and was never given another. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the blob as stored. */
  readonly size: number;
  /** Absent where the history is missing or does not fit the layers. */
  readonly history?: HistoryStep & { readonly index: number };
}

export type * from "./server/model.ts";
export type * from "./server/probe-model.ts";
