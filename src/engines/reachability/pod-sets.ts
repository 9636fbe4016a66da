/** Sets of workloads, as selectors pick them. Equal choices are one set; indices are those of the endpoints. */
import type { PodEndpoint } from "./endpoint-model.ts";
import type { Selector } from "./selector.ts";

export interface PodSet {
  readonly id: number;
  /** Indices of endpoints, sorted. Pods on their nodes' network are among them: see `hostMembers`. */
  readonly members: Int32Array;
}

/** Which pods: of one namespace, or of those that a selector picks; all pods there where there is no pod selector. */
export interface PodChoice {
  /** `undefined`: of every namespace. */
  readonly namespaces: { readonly name: string } | { readonly selector: Selector } | undefined;
  readonly pods: Selector | undefined;
}

export interface PodSets {
  readonly none: PodSet;
  readonly all: PodSet;
  select(choice: PodChoice): PodSet;
  /** @param key - equal for equal predicates: the set is made once */
  where(key: string, holds: (pod: PodEndpoint) => boolean): PodSet;
  union(sets: readonly PodSet[]): PodSet;
  intersect(a: PodSet, b: PodSet): PodSet;
  /** What of `a` is not in `b`. */
  subtract(a: PodSet, b: PodSet): PodSet;
  has(set: PodSet, index: number): boolean;
}
