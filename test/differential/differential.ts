/**
 * What a differential is: one of our readers beside the program that really consumes the format (kubectl, containerd,
 * BuildKit, gpgv, …), both given the same made-up bytes. Where the two readings differ an attacker can hide something.
 */
import type { Random } from "./random.ts";

/** What one side made of the bytes. Values of both sides are compared as text, so each side writes them alike. */
export type Reading =
  | { readonly kind: "value"; readonly value: string }
  /** Ours: ends as *unknown*. The consumer's: it takes nothing of these bytes. */
  | { readonly kind: "refused"; readonly why: string };

export interface Differential {
  /** The reader of ours, one word: `yaml`. The folder's name. */
  readonly reader: string;
  /** Whom it is held against, with its version where one can be asked for. */
  readonly consumer: string;
  /** Programs and folders that must be there; without one it is skipped by name. A path begins with `/`. */
  readonly needs: readonly string[];
  /** It needs an API server: its short run is in test/cluster, with those that do. */
  readonly cluster?: true;
  /** Ends what `consume` keeps running. */
  readonly close?: () => Promise<void>;
  /** How many cases: in the suite, in a few seconds; in `make soak`. */
  readonly cases: { readonly short: number; readonly soak: number };
  /**
   * What it means that we give a value where the consumer refuses: `difference` where being accepted is what an attacker
   * wants (a signature), `harmless` where nothing can be hidden so (nobody deploys what kubectl refuses).
   */
  readonly accepting: "difference" | "harmless";
  /** One case from the seed: mostly valid, with the places where readers part. */
  generate(random: Random): Buffer;
  /** Reads many at once, in order. Starts the consumer once for a batch, not once a case. */
  consume(cases: readonly Buffer[]): Promise<readonly Reading[]>;
  read(bytes: Buffer): Reading | Promise<Reading>;
  /**
   * Differences that stay: what is told apart by `matches` ends as *unknown*, or cannot hide anything, for `reason`.
   * Each is listed with its count.
   */
  readonly known?: readonly {
    readonly reason: string;
    matches(bytes: Buffer, ours: Reading, theirs: Reading): boolean;
  }[];
  /** Cases that were differences once: file name → bytes. They run first, always. */
  readonly regressions?: () => Promise<ReadonlyMap<string, Buffer>> | ReadonlyMap<string, Buffer>;
}
