/** A network as the program reads it, from objects as they would be applied. */
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { parseCidr } from "../../src/engines/reachability/addresses.ts";
import type { Network } from "../../src/engines/reachability/model.ts";
import { readNetwork } from "../../src/engines/reachability/network.ts";
import { type ClusterSettings, knownCnis } from "../../src/engines/reachability/settings.ts";
import type { ClusterFacts } from "./oracle.ts";

export function networkOf(objects: readonly object[], facts: ClusterFacts = {}): Network {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  return readNetwork(readManifests([{ path: "cluster.yaml", text }]), settingsOf(facts));
}

function settingsOf({ cni, podCIDRs, serviceCIDRs, nodeCIDRs }: ClusterFacts): ClusterSettings {
  const known = knownCnis.find((one) => one === cni);
  return {
    ...(known === undefined ? {} : { cni: known }),
    podCidrs: rangesOf(podCIDRs),
    serviceCidrs: rangesOf(serviceCIDRs),
    nodeCidrs: rangesOf(nodeCIDRs),
  };
}

function rangesOf(texts: readonly string[] = []) {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}
