import type { Basis } from "../../core/basis.ts";
import type { Evaluations } from "../../core/evaluations.ts";

export interface BasisPlaces {
  /** Each once, in the order of the evaluations. */
  readonly all: readonly Basis[];
  /** Its index among them. */
  placeOf(basis: Basis | undefined): number | undefined;
}

/** A hundred thousand evaluations rest on the same few: they are written once, and named by their places. */
export function basisPlaces(evaluations: Evaluations): BasisPlaces {
  const all: Basis[] = [];
  const places = new Map<Basis, number>();
  const equal = new Map<string, number>();
  for (const { basis } of evaluations) {
    if (basis === undefined || places.has(basis)) continue;
    const { tool, policy, databases } = basis;
    const key = JSON.stringify([
      tool?.name,
      tool?.version,
      policy,
      databases.map(({ label, asOf, detail }) => [label, asOf, detail]),
    ]);
    let place = equal.get(key);
    if (place === undefined) {
      place = all.push(basis) - 1;
      equal.set(key, place);
    }
    places.set(basis, place);
  }
  return { all, placeOf: (basis) => (basis === undefined ? undefined : places.get(basis)) };
}
