/** Endpoints that every rule treats alike are one class, so that what is computed is computed once for all of them. */
import { split } from "./atoms.ts";
import type { Endpoint } from "./endpoint-model.ts";

export interface Classes {
  /** Of each endpoint its class, from 0 in the order of their first members. */
  readonly classOf: Int32Array;
  /** Of each class its endpoints, sorted. */
  readonly members: readonly (readonly number[])[];
}

/** @param sets - of every rule: whom it selects, and each side of its peers @param names - of ports, which rules use */
export function classify(
  endpoints: readonly Endpoint[],
  sets: Iterable<Int32Array>,
  names: ReadonlySet<string>,
): Classes {
  const ids = new Map<string, number>();
  const rough = Int32Array.from(endpoints, (endpoint, index) => {
    const key = roughKey(endpoint, index, names);
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
  const next = { id: ids.size };
  const seen = new Set<Int32Array>();
  for (const set of sets) {
    if (seen.has(set)) continue;
    seen.add(set);
    split(rough, set, next);
  }
  const order = new Map<number, number>();
  const members: number[][] = [];
  const classOf = rough.map((id, index) => {
    let own = order.get(id);
    if (own === undefined) {
      own = members.length;
      order.set(id, own);
      members.push([]);
    }
    (members[own] as number[]).push(index);
    return own;
  });
  return { classOf, members };
}

/** What counts beside the rules' sets: ports by name, and the node. Addresses and names are cut by the rules already. */
function roughKey(endpoint: Endpoint, index: number, names: ReadonlySet<string>): string {
  if (endpoint.kind !== "pods") return `${index}`;
  const { namedPorts, host, node } = endpoint;
  const named = [...namedPorts].filter(([key]) => names.has(key.slice(key.indexOf("/") + 1)));
  return JSON.stringify([named.sort(), host, node]);
}

/** Sorted classes of some endpoints. */
export function classesOf({ classOf }: Classes, indices: Int32Array): Int32Array {
  const found = new Set<number>();
  for (const index of indices) found.add(classOf[index] as number);
  return Int32Array.from(found).sort();
}
