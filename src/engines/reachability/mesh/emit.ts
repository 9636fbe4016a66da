/** Rules of a mesh for some workloads: held for certain where they are in the mesh for certain, else in doubt. */
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import { type Doubt, groups, type Rule } from "../rule-model.ts";

export type MeshRule = Pick<Rule, "stage" | "action" | "object" | "field" | "subject" | "peers" | "source" | "band"> &
  Partial<Pick<Rule, "role" | "narrowing">> & {
    readonly ports: PortSet;
    /** The first that says something. */
    readonly doubts: readonly (Doubt | undefined)[];
  };

export interface MeshRules {
  add(rule: MeshRule): void;
  /** Of each stage the workloads to which something is denied there. */
  readonly denied: ReadonlyMap<Rule["stage"], readonly PodSet[]>;
}

/** Requests come behind: what a rule allows as a whole is not narrowed by another one. */
const BEHIND = 1_000_000;

export function createMeshRules({
  rule,
  podSets,
  portSets,
}: Pick<Reading, "rule" | "podSets" | "portSets">): MeshRules {
  const denied = new Map<Rule["stage"], PodSet[]>();
  let count = 0;
  return {
    denied,
    add({ ports, doubts, ...given }) {
      if (given.subject === podSets.none || ports === portSets.none || given.peers.length === 0) return;
      const doubt = doubts.find((one) => one !== undefined);
      if (given.action === "deny") denied.set(given.stage, [...(denied.get(given.stage) ?? []), given.subject]);
      rule({
        ...given,
        group: groups.policy,
        list: 0,
        index: (given.narrowing === undefined ? 0 : BEHIND) + count++,
        ports: { numbers: ports, named: [] },
        ...(doubt === undefined ? {} : { doubt }),
      });
    },
  };
}
