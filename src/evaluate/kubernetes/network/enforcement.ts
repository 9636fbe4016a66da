/**
 * Whether policies are enforced, and by whose word. A policy file in the scanned directory is its author's word: it may find
 * what fails, and nothing passes by it.
 */
import type { Enforcement } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { Policy } from "../../../core/policy.ts";
import type { Manifests } from "../../../engines/kubernetes/model.ts";
import type { DetectedCni } from "../../../engines/reachability/cni.ts";
import { clusterSettingsOf } from "../../../engines/reachability/policy.ts";
import type { ClusterSettings } from "../../../engines/reachability/settings.ts";
import { rangesOfCluster } from "./cluster-ranges.ts";

export interface KnownEnforcement {
  /** What the network is computed by. */
  readonly settings: ClusterSettings;
  readonly enforcement: Enforcement;
  /** Why nothing may pass that rests on policies being enforced. */
  readonly gaps: readonly Gap[];
  /** Why nothing may pass that was computed by the facts. */
  readonly untrusted: readonly Gap[];
}

const REMEDY = "state cluster.cni in a policy that is named by --policy, or check the cluster";

/** @param detected - of a live cluster */
export function enforcementOf(policy: Policy, manifests: Manifests, detected?: DetectedCni): KnownEnforcement {
  return detected === undefined ? ofPolicy(policy) : ofCluster(policy, manifests, detected);
}

function ofPolicy({ cluster, origin }: Policy): KnownEnforcement {
  const settings = clusterSettingsOf(cluster);
  const untrusted = origin.kind === "tree" ? statedFacts(cluster).map(untrustedGap) : [];
  const { cni } = cluster;
  const isKnown = cni !== undefined && untrusted.length === 0;
  const enforced = cni === "none" ? "no" : isKnown ? "yes" : "unknown";
  const unknown: Gap = {
    code: "network.cni-unknown",
    reason: "no CNI is known to enforce network policies",
    remedy: REMEDY,
  };
  return {
    settings,
    enforcement: { enforced, by: cni === undefined ? "unknown" : `${cni} (policy)` },
    gaps: enforced !== "unknown" ? [] : cni === undefined ? [unknown] : untrusted,
    untrusted,
  };
}

function statedFacts({ cni, podCIDRs, serviceCIDRs, nodeCIDRs }: Policy["cluster"]): string[] {
  return [
    ...(cni === undefined ? [] : ["cluster.cni"]),
    ...(podCIDRs.length === 0 ? [] : ["cluster.podCIDRs"]),
    ...(serviceCIDRs.length === 0 ? [] : ["cluster.serviceCIDRs"]),
    ...(nodeCIDRs.length === 0 ? [] : ["cluster.nodeCIDRs"]),
  ];
}

function untrustedGap(key: string): Gap {
  const reason = `${key} is stated by the scanned directory's own policy`;
  return { code: "network.untrusted-facts", reason, remedy: "pass it with --policy" };
}

/** What the cluster says counts; the policy's word where that one says nothing, and the two must not differ. */
function ofCluster({ cluster, origin }: Policy, manifests: Manifests, detected: DetectedCni): KnownEnforcement {
  const isTrusted = origin.kind !== "tree";
  const stated = isTrusted ? cluster : { podCIDRs: [], serviceCIDRs: [], nodeCIDRs: [] };
  const own = clusterSettingsOf(stated);
  const found = rangesOfCluster(manifests);
  const ranges = {
    podCidrs: own.podCidrs.length > 0 ? own.podCidrs : found.podCidrs,
    serviceCidrs: own.serviceCidrs,
    nodeCidrs: own.nodeCidrs.length > 0 ? own.nodeCidrs : found.nodeCidrs,
  };
  const { enforces, cni, evidence, doubt } = detected;
  if (enforces === "unknown") {
    if (own.cni !== undefined) {
      const enforced = own.cni === "none" ? "no" : "yes";
      return {
        settings: { ...ranges, cni: own.cni },
        enforcement: { enforced, by: `${own.cni} (policy)` },
        gaps: [],
        untrusted: [],
      };
    }
    const gap: Gap = doubt ?? { code: "network.cni-unknown", reason: evidence, remedy: REMEDY };
    return { settings: ranges, enforcement: { enforced: "unknown", by: evidence }, gaps: [gap], untrusted: [] };
  }
  if (own.cni !== undefined && own.cni !== cni) {
    const reason = `the policy states cluster.cni: ${own.cni}, and the cluster has another: ${evidence}`;
    const gap: Gap = { code: "network.cni-differs", reason, remedy: "correct cluster.cni" };
    return { settings: ranges, enforcement: { enforced: "unknown", by: evidence }, gaps: [gap], untrusted: [] };
  }
  return {
    settings: cni === undefined ? ranges : { ...ranges, cni },
    enforcement: { enforced: enforces, by: evidence },
    gaps: [],
    untrusted: [],
  };
}
