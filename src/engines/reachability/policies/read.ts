import type { KubernetesObject } from "../../kubernetes/model.ts";
import { readCilium } from "../cilium/read.ts";
import { readForeign } from "../foreign.ts";
import { everyStage, type Reading, unknownRules } from "../reading.ts";
import { readClusterNetworkPolicies } from "./cluster-network-policy.ts";
import { readNetworkPolicies } from "./network-policy.ts";
import { readSecondaryNetworks } from "./secondary-networks.ts";
import { readUserDefinedNetworks } from "./user-defined-networks.ts";

/** All kinds of policies that are read. */
export function readPolicies(reading: Reading): void {
  readNetworkPolicies(reading);
  readUnlisted(reading);
  readClusterNetworkPolicies(reading);
  readCilium(reading);
  readForeign(reading);
  readUserDefinedNetworks(reading);
  readSecondaryNetworks(reading);
}

/**
 * NetworkPolicies that a cluster would not list may select any pod, and allow or deny anything. The gap is told with what was
 * not read.
 */
function readUnlisted({ manifests, rule, podSets, portSets }: Reading): void {
  const gap = manifests.gaps.find(({ lists }) => lists?.includes("networkPolicies"));
  if (gap === undefined) return;
  const { code, reason, remedy, path } = gap;
  const doubt = { code, reason, ...(remedy === undefined ? {} : { remedy }) };
  const one = { object: unlisted(path), field: [] };
  for (const each of unknownRules(one, doubt, podSets.all, everyStage, portSets.all)) rule(each);
}

/** Stands for whichever there are: `NetworkPolicy (not listed)`. */
function unlisted(cluster: string): KubernetesObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    group: "networking.k8s.io",
    version: "v1",
    kind: "NetworkPolicy",
    name: "(not listed)",
    labels: {},
    annotations: {},
    ownerReferences: [],
    source: { kind: "cluster", cluster },
  };
}
