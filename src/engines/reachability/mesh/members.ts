/** Pods of a mesh as its readers find them, before any policy is read. */
import type { PodEndpoint } from "../endpoint-model.ts";
import type { MeshBypass, MeshCertainty, MeshEvidence, MeshKind } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";

export interface Member {
  readonly mesh: MeshKind | "none";
  readonly certainty: MeshCertainty;
  readonly doubt?: Doubt;
  readonly gateway: boolean;
  readonly evidence: readonly MeshEvidence[];
  readonly bypass: MeshBypass;
}

/** The workloads of a reading, by index. */
export interface Pods {
  readonly list: readonly PodEndpoint[];
  /** @param name - equal for equal predicates: the set is made once */
  where(name: string, holds: (pod: PodEndpoint, index: number) => boolean): PodSet;
  /** Service accounts that pods have, each with its pods: a mesh tells pods apart by nothing else. */
  readonly accounts: readonly Account[];
  /** Its place in `accounts`, by `namespace/name`. */
  readonly accountPlaces: ReadonlyMap<string, number>;
  /** The pods of some of the accounts, by their places. */
  withAccounts(places: Iterable<number>): PodSet;
  /** Those of a set, as endpoints with their indices. */
  of(set: PodSet): readonly (readonly [number, PodEndpoint])[];
}

export interface Account {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Indices, sorted. */
  readonly pods: readonly number[];
}

export function indexPods({ endpoints, podSets }: Pick<Reading, "endpoints" | "podSets">): Pods {
  const end = endpoints.findIndex(({ kind }) => kind !== "pods");
  const list = endpoints.slice(0, end < 0 ? undefined : end) as readonly PodEndpoint[];
  const indices = new Map(list.map((pod, index) => [pod, index]));
  const byAccount = groupBy(list.keys(), (index) => `${list[index]?.namespace}/${list[index]?.serviceAccount}`);
  const accounts = [...byAccount.values()].map((indices): Account => {
    const { namespace, serviceAccount } = list[indices[0] as number] as PodEndpoint;
    return { namespace, serviceAccount, pods: indices };
  });
  return {
    list,
    accounts,
    accountPlaces: new Map([...byAccount.keys()].map((name, place) => [name, place])),
    withAccounts: (places) =>
      podSets.of([...places].flatMap((place) => accounts[place]?.pods ?? []).sort((a, b) => a - b)),
    where: (name, holds) => podSets.where(name, (pod) => holds(pod, indices.get(pod) ?? -1)),
    of: ({ members }) => Array.from(members, (index) => [index, list[index] as PodEndpoint] as const),
  };
}

/** Indices by an equal text, in order of the first of each; those without a text are in none. */
export function groupBy<T extends string>(
  indices: Iterable<number>,
  key: (index: number) => T | undefined,
): ReadonlyMap<T, readonly number[]> {
  const groups = new Map<T, number[]>();
  for (const index of indices) {
    const name = key(index);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [index]);
    else group.push(index);
  }
  return groups;
}
