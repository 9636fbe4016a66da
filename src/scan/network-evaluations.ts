/** The network's part of a scan. A directory without Kubernetes workloads does not load the engine. */
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { EvaluatedNetwork, NetworkContext } from "../evaluate/kubernetes/network.ts";

export async function scanNetwork(manifests: Manifests, context: NetworkContext): Promise<EvaluatedNetwork> {
  const hasPods = manifests.workloads.some(({ origin }) => origin === "kubernetes");
  if (!hasPods) return { evaluations: [], relations: [], notes: [] };
  const { evaluateNetwork } = await import("../evaluate/kubernetes/network.ts");
  return evaluateNetwork(manifests, context);
}
