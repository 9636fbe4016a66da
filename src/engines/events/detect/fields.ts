/** Fields by their names, for what reads them apart from a condition. */
import type { Extract } from "../fields/field.ts";
import type { Fields } from "../fields/registry.ts";

/** @throws Error in one sentence where there is no such field */
export function readerOf<Event>(fields: Fields<Event>): (name: string) => Extract<Event> {
  return (name) => {
    const found = fields.find(name);
    if ("problem" in found) throw new Error(found.problem);
    return found.field.bind(found.argument);
  };
}
