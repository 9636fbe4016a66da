import { listsBySubject } from "../checks/lists/by-subject.ts";
import { identities } from "../checks/lists/identities.ts";
import type { CheckDescription } from "../core/check.ts";
import { compareText } from "../core/order.ts";

/**
 * The descriptions of these checks, in the order of their ids; ids of no check have none.
 *
 * What a check says of itself stands in its module, which is loaded with the others of its subject: those that were run are loaded.
 */
export async function descriptionsOf(ids: Iterable<string>): Promise<CheckDescription[]> {
  const wanted = new Set(ids);
  const subjects = new Set(identities.filter(({ id }) => wanted.has(id)).map(({ subject }) => subject));
  const lists = await Promise.all([...subjects].map((subject) => listsBySubject[subject]?.() ?? []));
  return lists
    .flat()
    .filter(({ id }) => wanted.has(id))
    .sort((one, other) => compareText(one.id, other.id));
}
