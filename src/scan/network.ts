/** Who can talk to whom, as a directory of manifests, a file or a live cluster has it. */
import type { Policy } from "../core/policy.ts";
import type { ClusterConnection } from "../engines/kubernetes/cluster/connection.ts";
import { readCluster } from "../engines/kubernetes/cluster/read.ts";
import type { ManifestGap, Manifests } from "../engines/kubernetes/model.ts";
import { type DetectedCni, detectCni } from "../engines/reachability/cni.ts";
import type { Network } from "../engines/reachability/model.ts";
import { readNetwork } from "../engines/reachability/network.ts";
import type { Cni } from "../engines/reachability/settings.ts";
import { enforcementOf } from "../evaluate/kubernetes/network/enforcement.ts";
import type { ScanContext } from "./context.ts";
import { type ManifestPlace, readPlace } from "./manifest-place.ts";

export type NetworkPlace = ManifestPlace | { readonly kind: "cluster"; readonly connection: ClusterConnection };

export interface NetworkContext extends Pick<ScanContext, "exclusion" | "policy"> {
  /** Of the command line, which counts before the policy's. */
  readonly cni?: Cni | "none" | undefined;
  /** Something passes by it: facts of the cluster that the scanned directory's own policy states are left out. */
  readonly verdict: boolean;
  readonly onProgress?: (resource: string, objects: number) => void;
}

export interface ReadNetwork {
  readonly network: Network;
  /** Whether what is denied is kept out, as far as somebody says so whose word counts. */
  readonly enforced: "yes" | "no" | "unknown";
  /** What was not read and may hold workloads, namespaces or policies: nothing is sure of what rests on it. */
  readonly unread: readonly ManifestGap[];
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/** @throws Problem where the place cannot be read at all */
export async function readNetworkAt(place: NetworkPlace, context: NetworkContext): Promise<ReadNetwork> {
  const { manifests, notes, detected } = await read(place, context);
  const { policy, left } = factsOf(context);
  const { settings, enforcement } = enforcementOf(policy, manifests, detected);
  return {
    network: readNetwork(manifests, settings),
    enforced: enforcement.enforced,
    unread: manifests.gaps.filter(concerns(manifests)),
    notes: [...notes, ...left],
  };
}

interface ReadManifests {
  readonly manifests: Manifests;
  readonly notes: readonly string[];
  readonly detected?: DetectedCni;
}

async function read(place: NetworkPlace, { exclusion, onProgress }: NetworkContext): Promise<ReadManifests> {
  if (place.kind === "cluster") {
    const { connection } = place;
    const { manifests, version, daemonSets } = await readCluster(
      connection,
      onProgress === undefined ? {} : { onProgress },
    );
    const detected = detectCni(manifests, daemonSets);
    return {
      manifests,
      detected,
      notes: [
        `cluster ${connection.name}: ${version ?? "version unknown"}, ${manifests.objects.length} objects; ${detected.evidence}`,
        ...(connection.unverified ? ["the API server's certificate was not verified: the kubeconfig says so"] : []),
      ],
    };
  }
  const { manifests, rendering, skipped = [] } = await readPlace(place, exclusion);
  return { manifests, notes: [...skipped, ...(rendering?.notes ?? [])] };
}

const NONE: Policy["cluster"] = { podCIDRs: [], serviceCIDRs: [], nodeCIDRs: [] };

/** The policy with the facts that count, and what is said of those that do not. */
function factsOf({ policy, cni, verdict }: NetworkContext): {
  readonly policy: Policy;
  readonly left: readonly string[];
} {
  const isUntrusted = policy.origin.kind === "tree";
  const { cluster } = policy;
  const states = cluster.cni !== undefined || Object.values(cluster).some((value) => value.length > 0);
  const facts = verdict && isUntrusted ? NONE : cluster;
  const left =
    verdict && isUntrusted && states
      ? ["cluster facts of the scanned directory's own policy are not used for verdicts (use --policy, or --cni)"]
      : [];
  if (cni === undefined) return { policy: { ...policy, cluster: facts }, left };
  // Who calls vouches for it.
  return { policy: { ...policy, cluster: { ...facts, cni }, origin: { kind: "default" } }, left };
}

/** Lists of a cluster that the network rests on. */
const LISTS: ReadonlySet<string> = new Set([
  "workloads",
  "namespaces",
  "services",
  "networkPolicies",
  "ingresses",
  "gateways",
  "objects",
  "network",
]);

/** What is about another object than a workload or a namespace is told of that object, where it matters. */
function concerns({ workloads, namespaces }: Manifests): (gap: ManifestGap) => boolean {
  const ends = new Set([...workloads, ...namespaces].map(({ object }) => object));
  return ({ object, lists }) => {
    if (object !== undefined) return ends.has(object);
    return lists === undefined || lists.some((list) => LISTS.has(list));
  };
}
