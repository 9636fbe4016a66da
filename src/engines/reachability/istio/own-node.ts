/**
 * Ambient and the pod's own node: what a process of the node sends to a pod of ambient is given a source address that ztunnel
 * leaves alone, so that the kubelet's probes arrive. It holds for every process there, pods on the node's network too.
 * Source: https://istio.io/latest/docs/ops/ambient/usage/traffic-redirection/ and istio-cni's rule of `--socket-exists`.
 */

import type { MeshRules } from "../mesh/emit.ts";
import { groupBy } from "../mesh/members.ts";
import { bands } from "../rule-model.ts";
import type { IstioContext } from "./context.ts";
import type { DestinationGroup } from "./destinations.ts";

const SOURCE = "https://istio.io/latest/docs/ambient/architecture/traffic-redirection/";

/** Only where something is denied: an open pod needs no rule. */
export function addOwnNodeRules(
  { reading: { podSets, portSets }, pods, members }: IstioContext,
  groups: readonly DestinationGroup[],
  rules: MeshRules,
): void {
  const ambient = podSets.union(groups.filter(({ kind }) => kind === "ambient").map((group) => group.pods));
  for (const stage of ["mesh-authentication", "mesh-authorization"] as const) {
    const denied = podSets.intersect(ambient, podSets.union(rules.denied.get(stage) ?? []));
    const objects = new Map(pods.of(denied).map(([index]) => [members[index]?.evidence[0]?.object, index]));
    const places = [...objects.keys()];
    const byObject = groupBy(denied.members, (index) => String(places.indexOf(members[index]?.evidence[0]?.object)));
    for (const [key, indices] of byObject) {
      const evidence = members[indices[0] as number]?.evidence[0];
      if (evidence === undefined) continue;
      const inSet = new Set(indices);
      rules.add({
        stage,
        band: bands.bypass,
        action: "accept",
        object: evidence.object,
        field: evidence.field,
        role: "default",
        subject: pods.where(`own node ${stage} ${denied.id} ${key}`, (_, index) => inSet.has(index)),
        peers: [{ kind: "nodes", nodes: "own" }],
        ports: portSets.protocol("TCP"),
        source: SOURCE,
        doubts: [],
      });
    }
  }
}
