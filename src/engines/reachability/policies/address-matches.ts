import type { AddressMatches, Doubt } from "../rule-model.ts";
import type { ClusterSettings } from "../settings.ts";

const UNKNOWN_CNI: Doubt = {
  code: "network.cni",
  reason: "whether an ipBlock holds for pods and nodes is the CNI's own, and it is not known",
  remedy: "state cluster.cni in the policy",
};

/**
 * Whether a NetworkPolicy's ipBlock is held against pods and nodes. Cilium never does (its documentation of CIDR-based
 * rules); those that program packet filters compare the addresses that they see.
 */
export function addressMatches({ cni }: ClusterSettings): AddressMatches {
  if (cni === "cilium") return { pods: "never", nodes: "never" };
  if (cni === undefined) return { pods: UNKNOWN_CNI, nodes: UNKNOWN_CNI };
  return { pods: "by-address", nodes: "by-address" };
}
