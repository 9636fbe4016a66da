/** One file on its way through the rules. */
import type { SecretFact } from "./model.ts";

export interface SecretStream {
  /** The chunk must not change until `end`. */
  write(chunk: Buffer): void;
  end(): FileSecrets;
}

export interface FileSecrets {
  /** In order of place. One secret once at each place. */
  readonly secrets: readonly SecretFact[];
  /** How many more there were over the bound. */
  readonly omitted: number;
  /** Bytes that patterns were tried on, all rules together. */
  readonly examined: number;
}
