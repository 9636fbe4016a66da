/** Who can talk to whom, as a directory of manifests, a file or a live cluster has it. */
import type { Policy } from "../core/policy.ts";
import type { ClusterConnection } from "../engines/kubernetes/cluster/connection.ts";
import { readCluster } from "../engines/kubernetes/cluster/read.ts";
import type { ManifestGap, Manifests } from "../engines/kubernetes/model.ts";
import type { Network } from "../engines/reachability/model.ts";
import { readNetwork } from "../engines/reachability/network.ts";
import { clusterSettingsOf } from "../engines/reachability/policy.ts";
import { type ClusterSettings, type Cni, noSettings } from "../engines/reachability/settings.ts";
import type { ScanContext } from "./context.ts";
import { type ManifestPlace, readPlace } from "./manifests.ts";

export type NetworkPlace = ManifestPlace | { readonly kind: "cluster"; readonly connection: ClusterConnection };

export interface NetworkContext extends Pick<ScanContext, "exclusion"> {
  readonly settings: ClusterSettings;
  readonly signal?: AbortSignal;
  readonly onProgress?: (resource: string, objects: number) => void;
}

export interface ReadNetwork {
  readonly network: Network;
  /** What was not read and may hold workloads, namespaces or policies: nothing is sure of what rests on it. */
  readonly unread: readonly ManifestGap[];
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/** @throws Problem where the place cannot be read at all */
export async function readNetworkAt(place: NetworkPlace, context: NetworkContext): Promise<ReadNetwork> {
  const { manifests, notes } = await read(place, context);
  return {
    network: readNetwork(manifests, context.settings),
    unread: manifests.gaps.filter(concerns(manifests)),
    notes,
  };
}

async function read(
  place: NetworkPlace,
  context: NetworkContext,
): Promise<{ readonly manifests: Manifests; readonly notes: readonly string[] }> {
  if (place.kind === "cluster") {
    const { connection } = place;
    const { manifests, version } = await readCluster(connection, context);
    const unverified = "the API server's certificate was not verified: the kubeconfig says so";
    return {
      manifests,
      notes: [
        `cluster ${connection.name}: ${version ?? "version unknown"}, ${manifests.objects.length} objects`,
        ...(connection.unverified ? [unverified] : []),
      ],
    };
  }
  const { manifests, rendering, skipped = [] } = await readPlace(place, context.exclusion);
  return { manifests, notes: [...skipped, ...(rendering?.notes ?? [])] };
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
]);

/** What is about another object than a workload or a namespace is told of that object, where it matters. */
function concerns({ workloads, namespaces }: Manifests): (gap: ManifestGap) => boolean {
  const ends = new Set([...workloads, ...namespaces].map(({ object }) => object));
  return ({ object, lists }) => {
    if (object !== undefined) return ends.has(object);
    return lists === undefined || lists.some((list) => LISTS.has(list));
  };
}

/** Facts of the cluster, and who vouches for them. */
export interface NetworkFacts {
  readonly settings: ClusterSettings;
  /** False: the author of what is scanned may have stated them, so that nothing passes by them. */
  readonly trusted: boolean;
}

/** @param cni - of the command line, which counts before the policy's */
export function networkFactsOf({ cluster, origin }: Policy, cni: Cni | "none" | undefined): NetworkFacts {
  const settings = clusterSettingsOf(cluster);
  const trusted = origin.kind !== "tree";
  return cni === undefined ? { settings, trusted } : { settings: { ...settings, cni }, trusted };
}

/** The facts that a verdict may rest on. */
export function trustedSettings({ settings, trusted }: NetworkFacts, cni: Cni | "none" | undefined): ClusterSettings {
  if (trusted) return settings;
  return cni === undefined ? noSettings : { ...noSettings, cni };
}
