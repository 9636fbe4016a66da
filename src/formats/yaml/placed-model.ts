/** Values of YAML with their places and styles. */

export type PlacedNode = PlacedScalar | PlacedMap | PlacedSequence;

/** Offsets in UTF-16 units of the whole text; `end` is exclusive, and of a collection in block style that of its last value. */
interface PlacedBase {
  readonly start: number;
  readonly end: number;
  /** As it is written and resolved: `!reference`, `tag:yaml.org,2002:str`; absent without one. */
  readonly tag?: string;
}

export interface PlacedScalar extends PlacedBase {
  readonly kind: "scalar";
  /** Escapes and folds done; of what is plain, as written. */
  readonly text: string;
  readonly type: "string" | "boolean" | "number" | "null";
  readonly style: ScalarStyle;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

export interface PlacedMap extends PlacedBase {
  readonly kind: "map";
  /** In order, keys that are there twice among them. */
  readonly entries: readonly PlacedEntry[];
}

export interface PlacedEntry {
  readonly key: PlacedScalar;
  /** Of an alias: the value that has the name, which stands at its anchor. */
  readonly value: PlacedNode;
  /** Where the alias stands. */
  readonly alias?: { readonly start: number; readonly end: number };
}

export interface PlacedSequence extends PlacedBase {
  readonly kind: "sequence";
  readonly items: readonly PlacedNode[];
  /** Where the aliases among the items stand, by their index; absent where there are none. */
  readonly aliases?: ReadonlyMap<number, { readonly start: number; readonly end: number }>;
}

export interface PlacedReading {
  /** `null` where the document holds nothing, undefined where it cannot be read. */
  readonly node: PlacedNode | null | undefined;
  /** One sentence without a full stop. */
  readonly fault?: { readonly offset: number; readonly reason: string };
}

export interface PlacedLimits {
  /** Values within values. */
  readonly depth: number;
  /** Values of the document, with its aliases followed. */
  readonly values: number;
  /** Characters of a document that is left to the library, which is some ten times slower. */
  readonly slowLength: number;
}
