/** Places within a scalar. */
import type { Expression, Place, PlacedExpression, Text } from "../../../engines/pipelines/model.ts";

/**
 * The line of what stands at an offset of a scalar's value. Only a literal block has one line of the file for each of its own;
 * of other forms it is the scalar's.
 */
export function placeWithin(text: Text, offset: number): Place {
  const { place, style } = text;
  if (style !== "literal") return place;
  return { ...place, line: place.line + 1 + linesBefore(layoutOf(text).lineEnds, offset), column: 1 };
}

/** The line of a part of an expression that goes over several lines of a literal block; none where it is the expression's own. */
export function placesOfPart(text: Text, expression: PlacedExpression, part: Expression): readonly Place[] {
  if (text.style !== "literal" || expression.bare) return [];
  const start = layoutOf(text).sources.get(expression);
  if (start === undefined) return [];
  const place = placeWithin(text, start + part.start);
  return place.line === expression.place.line ? [] : [place];
}

/** Where expressions stand in a scalar's value, with their braces; absent of what is not found there. */
export function offsetOf(text: Text, expression: PlacedExpression): number | undefined {
  return layoutOf(text).starts.get(expression);
}

interface Layout {
  readonly lineEnds: readonly number[];
  readonly starts: ReadonlyMap<PlacedExpression, number>;
  /** Of what is between the braces. */
  readonly sources: ReadonlyMap<PlacedExpression, number>;
}

/** A script may have thousands of expressions: each text is gone through once. */
const layouts = new WeakMap<Text, Layout>();

function layoutOf(text: Text): Layout {
  const known = layouts.get(text);
  if (known !== undefined) return known;
  const { value, expressions } = text;
  const lineEnds: number[] = [];
  for (let at = value.indexOf("\n"); at >= 0; at = value.indexOf("\n", at + 1)) lineEnds.push(at);
  const starts = new Map<PlacedExpression, number>();
  const sources = new Map<PlacedExpression, number>();
  let from = 0;
  for (const one of expressions) {
    const start = value.indexOf("${{", from);
    const source = start < 0 ? -1 : value.indexOf(one.source, start + 3);
    if (source < 0) break;
    starts.set(one, start);
    sources.set(one, source);
    from = source + one.source.length;
  }
  const layout = { lineEnds, starts, sources };
  layouts.set(text, layout);
  return layout;
}

function linesBefore(lineEnds: readonly number[], offset: number): number {
  let [low, high] = [0, lineEnds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lineEnds[middle] ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
