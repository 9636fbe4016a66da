/** A document of YAML as fields with their places: what readers of pipelines read. */
import type { Place, Text } from "../field.ts";

export type PlacedNode = PlacedScalar | PlacedMap | PlacedList;

interface PlacedBase {
  /** Of an alias, where its anchor stands: there is what it means. */
  readonly place: Place;
  /** `!reference`; absent where none is written. */
  readonly tag?: string;
}

export interface PlacedScalar extends PlacedBase {
  readonly kind: "scalar";
  readonly text: Text;
}

export interface PlacedMap extends PlacedBase {
  readonly kind: "map";
  /** Each key once, merge keys followed. */
  readonly entries: readonly PlacedEntry[];
}

export interface PlacedEntry {
  readonly key: Text;
  readonly value: PlacedNode;
}

export interface PlacedList extends PlacedBase {
  readonly kind: "list";
  readonly items: readonly PlacedNode[];
}

export function entryOf(map: PlacedMap | undefined, key: string): PlacedEntry | undefined {
  return map?.entries.find((entry) => entry.key.value === key);
}

export function nodeAt(map: PlacedMap | undefined, key: string): PlacedNode | undefined {
  return entryOf(map, key)?.value;
}
