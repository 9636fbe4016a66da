/** Scalars of nodes. */
import type { Text } from "../field.ts";
import { nodeAt, type PlacedMap, type PlacedNode } from "../yaml/model.ts";

/** Undefined also where it is null, or no scalar. */
export function scalarAt(map: PlacedMap | undefined, key: string): Text | undefined {
  return scalarOf(nodeAt(map, key));
}

export function scalarOf(node: PlacedNode | undefined): Text | undefined {
  return node?.kind === "scalar" && node.text.type !== "null" ? node.text : undefined;
}

/** A scalar, or those of a list, and of lists within it. */
export function textsOf(node: PlacedNode | undefined): Text[] {
  if (node === undefined || node.kind === "map") return [];
  if (node.kind === "list") return node.items.flatMap(textsOf);
  return node.text.type === "null" ? [] : [node.text];
}

/** `{ [key]: text }`, or nothing. */
export function fieldAt<Key extends string>(
  map: PlacedMap | undefined,
  written: string,
  key: Key,
): { readonly [Name in Key]?: Text } {
  const text = scalarAt(map, written);
  return (text === undefined ? {} : { [key]: text }) as { readonly [Name in Key]?: Text };
}
