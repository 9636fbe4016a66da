import type { Text } from "../field.ts";

/** Every text that is a value of some part of a file, in the order of its fields. */
export function textsIn(part: unknown): Text[] {
  const found: Text[] = [];
  collect(part, found);
  return found;
}

/** Files are trees: no part holds another that holds it. */
function collect(part: unknown, found: Text[]): void {
  if (typeof part !== "object" || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) collect(item, found);
  } else if (isText(part)) found.push(part);
  else for (const value of Object.values(part)) collect(value, found);
}

function isText(part: object): part is Text {
  return "expressions" in part && "style" in part;
}
