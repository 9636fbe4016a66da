/** Places within a scalar. */
import type { Expression, Place, PlacedExpression, Text } from "../../../engines/pipelines/model.ts";

/**
 * The line of what stands at an offset of a scalar's value. Only a literal block has one line of the file for each of its own;
 * of other forms it is the scalar's.
 */
export function placeWithin({ place, style, value }: Text, offset: number): Place {
  if (style !== "literal") return place;
  let line = place.line + 1;
  for (let at = value.indexOf("\n"); at >= 0 && at < offset; at = value.indexOf("\n", at + 1)) line++;
  return { ...place, line, column: 1 };
}

/** Expressions of one text. */
const LOOKED_THROUGH = 200;

/** The line of a part of an expression that goes over several lines of a literal block; none where it is the expression's own. */
export function placesOfPart(text: Text, expression: PlacedExpression, part: Expression): readonly Place[] {
  if (text.style !== "literal" || expression.bare || isOfOneLine(expression)) return [];
  // All before it are looked through for each.
  if (text.expressions.length > LOOKED_THROUGH) return [];
  let from = 0;
  for (const one of text.expressions) {
    const start = text.value.indexOf("${{", from);
    if (start < 0) return [];
    const source = text.value.indexOf(one.source, start + 3);
    if (source < 0) return [];
    if (one === expression) {
      const place = placeWithin(text, source + part.start);
      return place.line === expression.place.line ? [] : [place];
    }
    from = source + one.source.length;
  }
  return [];
}

/** Characters around an expression of one line: three and two of braces, and a space on both sides. */
const BRACES = 7;

/** With a space on both sides within its braces, as nearly all are. */
function isOfOneLine({ source, place }: PlacedExpression): boolean {
  return place.end - place.start <= source.length + BRACES && !source.includes("\n");
}
