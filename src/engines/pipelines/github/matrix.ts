/** `strategy.matrix`: what `matrix.NAME` may be. */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Field, Text } from "../field.ts";
import type { Source } from "../source.ts";
import type { Matrix, MatrixAxis } from "./model.ts";
import { fieldsAt, isNothing, keysOf, optional } from "./nodes.ts";

const STRATEGY = new Set(["matrix", "fail-fast", "max-parallel"]);

export function matrixAt(source: Source, strategy: PlacedNode | undefined): Matrix | undefined {
  if (strategy === undefined || isNothing(strategy)) return undefined;
  if (strategy.kind === "scalar") return computed(source, strategy);
  const node = keysOf(source, strategy, "strategy", STRATEGY)?.get("matrix");
  if (node === undefined || isNothing(node)) return undefined;
  if (node.kind === "scalar") return computed(source, node);
  const keys = keysOf(source, node, "matrix");
  if (keys === undefined) return undefined;
  const include = combinations(source, keys.get("include"));
  const axes = keys.entries.flatMap(({ key, value }): MatrixAxis[] => {
    if (key.text === "include" || key.text === "exclude") return [];
    return [
      { name: key.text, place: source.placeOf(key), ...valuesOf(source, value), scalars: scalarsOf(source, value) },
    ];
  });
  return {
    place: source.placeOf(node),
    scalars: scalarsOf(source, node),
    axes,
    include: include.listed,
    includeUnknown: include.unknown,
    exclude: combinations(source, keys.get("exclude")).listed,
  };
}

function computed(source: Source, node: PlacedNode): Matrix {
  const text = node.kind === "scalar" ? source.textOf(node) : undefined;
  if (text !== undefined && text.expressions.length === 0) source.skip(node, "matrix is a text without an expression");
  return {
    place: source.placeOf(node),
    ...optional("computed", text),
    scalars: text === undefined ? [] : [text],
    axes: [],
    include: [],
    includeUnknown: true,
    exclude: [],
  };
}

function valuesOf(source: Source, node: PlacedNode): Pick<MatrixAxis, "values" | "unknown"> {
  if (node.kind !== "sequence") return { values: [], unknown: true };
  const values = node.items.flatMap((item) => (item.kind === "scalar" ? [source.textOf(item)] : []));
  const fixed = values.filter(({ expressions }) => expressions.length === 0);
  return { values: fixed, unknown: fixed.length < node.items.length };
}

function combinations(
  source: Source,
  node: PlacedNode | undefined,
): { listed: (readonly Field[])[]; unknown: boolean } {
  if (node === undefined || isNothing(node)) return { listed: [], unknown: false };
  if (node.kind !== "sequence") return { listed: [], unknown: true };
  const listed = node.items.flatMap((item) =>
    item.kind === "map" ? [fieldsAt(source, item, "a combination", "nested")] : [],
  );
  const nested = listed.some((fields) => fields.some(({ value }) => value === undefined));
  return { listed, unknown: nested || listed.length < node.items.length };
}

function scalarsOf(source: Source, node: PlacedNode): Text[] {
  switch (node.kind) {
    case "scalar":
      return isNothing(node) ? [] : [source.textOf(node)];
    case "sequence":
      return node.items.flatMap((item) => scalarsOf(source, item));
    case "map":
      return node.entries.flatMap(({ value }) => scalarsOf(source, value));
  }
}
