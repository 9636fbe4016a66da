/** Peers as Cilium's policies name them. */
import type { AddressRange } from "../addresses.ts";
import type { Doubt, Peer } from "../rule-model.ts";

/** With `doubt`: what was read does not tell whether the rule is about it. */
export interface CiliumPeer {
  readonly peer: Peer;
  readonly doubt?: Doubt;
}

export function sure(peer: Peer): CiliumPeer {
  return { peer };
}

/** By address, and never a pod: those have identities of their own. */
export function addressPeer(ranges: readonly AddressRange[], matchesNodes: boolean): Peer {
  return { kind: "addresses", ranges, matches: { pods: "never", nodes: matchesNodes ? "by-address" : "never" } };
}

/**
 * The API server has an address that no manifest tells, of a node or outside the cluster. It is called as pods call it.
 */
export const API_SERVER = "kubernetes.default.svc";

export const apiServerPeers: readonly CiliumPeer[] = [
  sure({ kind: "domains", patterns: [API_SERVER] }),
  {
    peer: { kind: "nodes", nodes: "all" },
    doubt: {
      code: "network.cilium-api-server",
      reason: "the API server may run on nodes of the cluster, and which they are was not read",
    },
  },
];
