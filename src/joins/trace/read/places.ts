/** Where images run, and what reaches them there: a directory of manifests, or a live cluster. */
import { readAdmissionReports } from "../../../collect/kubernetes/admission-reports.ts";
import { gapOf } from "../../../core/evidence.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import type { ClusterConnection } from "../../../engines/kubernetes/cluster/connection.ts";
import { readCluster } from "../../../engines/kubernetes/cluster/read.ts";
import { detectCni } from "../../../engines/reachability/cni.ts";
import type { ScanContext } from "../../../scan/context.ts";
import { readPlace } from "../../../scan/manifest-place.ts";
import { scanNetwork } from "../../../scan/network-evaluations.ts";
import { manifestRelations, runningRelations } from "../../../scan/relations.ts";
import type { RunningPlaces, TraceSources } from "../model.ts";

export type TracePlace =
  | { readonly kind: "folder"; readonly root: string; readonly name: string }
  | { readonly kind: "cluster"; readonly connection: ClusterConnection };

type Context = Pick<ScanContext, "policy" | "now">;

/** @throws Problem (usage) where the policy's file of intended connections cannot be read */
export async function placesOf(place: TracePlace | undefined, context: Context): Promise<TraceSources["places"]> {
  if (place === undefined) {
    const reason = "no manifests and no cluster were looked through";
    return { gap: { code: "trace.places", reason, remedy: "add --in DIR or --cluster" } };
  }
  try {
    return place.kind === "folder" ? await inFolder(place, context) : await inCluster(place.connection, context);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { gap: gapOf(error) };
  }
}

async function inFolder(
  { root, name }: TracePlace & { kind: "folder" },
  { policy, now }: Context,
): Promise<RunningPlaces> {
  const { manifests } = await readPlace({ kind: "folder", root, render: false }, undefined);
  const network = await scanNetwork(manifests, root, { policy, now, scope: "manifests" });
  return {
    name,
    live: false,
    relations: [...manifestRelations(manifests, now), ...network.relations],
    network: network.evaluations,
    gaps: manifests.gaps,
  };
}

async function inCluster(connection: ClusterConnection, { policy, now }: Context): Promise<RunningPlaces> {
  const { images, manifests, daemonSets } = await readCluster(connection, {});
  const { name } = connection;
  const cni = detectCni(manifests, daemonSets);
  const network = await scanNetwork(manifests, ".", { policy, now, scope: name, cni });
  const running = runningRelations(images, name, now);
  const known = new Set(running.map(({ from }) => from.id));
  // Of a workload whose pods run, what they run counts, and not what its template names.
  const named = manifestRelations(manifests, now).filter(({ from }) => !known.has(from.id));
  return {
    name,
    live: true,
    relations: [...running, ...named, ...network.relations],
    reports: await readAdmissionReports(connection),
    network: network.evaluations,
    gaps: manifests.gaps,
  };
}
