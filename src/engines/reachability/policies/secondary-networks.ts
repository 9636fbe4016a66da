/**
 * Networks that a pod is attached to beside the pod network (Multus,
 * https://github.com/k8snetworkplumbingwg/multi-net-spec): policies of the pod network do not hold there, so that what they
 * deny may still pass between two such pods, and between one and the outside.
 */
import type { PodEndpoint } from "../endpoint-model.ts";
import { DEFAULT_NETWORK_ANNOTATION, NETWORKS_ANNOTATION } from "../multus.ts";
import type { Reading } from "../reading.ts";
import { type Doubt, groups, type Peer, type Rule } from "../rule-model.ts";

const SOURCE = "https://github.com/k8snetworkplumbingwg/multi-net-spec";

export function readSecondaryNetworks(reading: Reading): void {
  const attached = reading.podSets.where("on other networks", (pod) => annotationOf(pod) !== undefined);
  if (attached.members.length === 0) return;
  const peers: readonly Peer[] = [{ kind: "pods", pods: attached }, { kind: "outside" }];
  for (const index of attached.members) {
    const pod = reading.endpoints[index] as PodEndpoint;
    const annotation = annotationOf(pod) as string;
    const doubt: Doubt = {
      code: "network.secondary-network",
      reason: `annotation ${annotation} attaches the pod to a network where policies of the pod network do not hold`,
    };
    const base: Omit<Rule, "stage"> = {
      group: groups.foreign,
      // Before whatever else is said of the pod network.
      band: -1,
      list: 0,
      index: 0,
      action: "accept",
      object: pod.workload.object,
      field: [...pod.workload.templatePath, "metadata", "annotations", annotation],
      subject: reading.podSets.where(`endpoint ${index}`, (one) => one === pod),
      peers,
      ports: { numbers: reading.portSets.all, named: [] },
      doubt,
      source: SOURCE,
    };
    reading.rule({ ...base, stage: "network-ingress" });
    reading.rule({ ...base, stage: "network-egress" });
  }
}

/** A pod on its node's network gets no others. */
function annotationOf({ workload, host }: PodEndpoint): string | undefined {
  const { annotations } = workload.podMetadata;
  const names = [NETWORKS_ANNOTATION, DEFAULT_NETWORK_ANNOTATION];
  return host ? undefined : names.find((name) => Object.hasOwn(annotations, name) && annotations[name]?.trim() !== "");
}
