import type { Threads } from "../../core/threads.ts";
import type { LayerThreads } from "../../engines/oci/layer-threads.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { KeyedScanner } from "../secrets/scanner.ts";
import type { ScanCache } from "./cache.ts";

export interface InventoryContext {
  readonly now: Date;
  readonly cache?: ScanCache;
  /** Looks for secrets in the same pass; absent: they are not looked for. */
  readonly secrets?: KeyedScanner;
  /** Read large layers; absent: there is one thread. */
  readonly threads?: Threads;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** How far a scan is; `done` and `total` count bytes of an image's stored layers, or entries of a folder. */
export interface ScanProgress {
  readonly name: string;
  readonly done: number;
  readonly total?: number;
  /** Of the total; absent: bytes. */
  readonly unit?: "files";
}

/** The secrets of the layers that have been read. */
export interface SecretsSoFar {
  /** By the layer's index. */
  readonly layers: (FoundSecrets | undefined)[];
  readonly records: (readonly string[])[];
  /** Once all have been. */
  whole?: FoundSecrets;
}

export type BoundedContext = InventoryContext & {
  readonly signal: AbortSignal;
  /** Where the secrets go, where they are looked for. */
  readonly own?: SecretsSoFar;
  readonly layerThreads?: LayerThreads;
};
