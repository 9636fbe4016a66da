/** What no manifest tells of a cluster: the policy's slice `cluster`, or what a live cluster says. */
import type { AddressRange } from "./addresses.ts";

export const knownCnis = ["cilium", "calico", "ovn-kubernetes", "antrea", "kube-network-policies"] as const;
export type Cni = (typeof knownCnis)[number];

export interface ClusterSettings {
  /** `none`: one that enforces no policies (flannel alone); absent: not known. */
  readonly cni?: Cni | "none";
  readonly podCidrs: readonly AddressRange[];
  readonly serviceCidrs: readonly AddressRange[];
  readonly nodeCidrs: readonly AddressRange[];
}

export const noSettings: ClusterSettings = { podCidrs: [], serviceCidrs: [], nodeCidrs: [] };
