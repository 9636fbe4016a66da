/** Places within a scalar. */
import type { Place, Text } from "../../../engines/pipelines/model.ts";

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
