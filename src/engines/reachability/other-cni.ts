/** Policies that another CNI enforces than the cluster has. */
import type { KubernetesObject } from "../kubernetes/model.ts";
import type { NetworkGap } from "./reading.ts";
import type { ClusterSettings } from "./settings.ts";

export function otherCniGap(
  object: KubernetesObject,
  enforcer: string,
  cni: NonNullable<ClusterSettings["cni"]>,
): NetworkGap {
  const stated = cni === "none" ? "has no CNI that enforces policies" : `has ${cni}`;
  return {
    code: "network.policy-of-other-cni",
    reason: `only ${enforcer} enforces a ${object.kind} of ${object.group}, and the cluster ${stated}: it has no effect`,
    remedy: "replace it with a policy that the cluster's CNI enforces",
    object,
  };
}
