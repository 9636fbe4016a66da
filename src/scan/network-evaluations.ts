/** The network's part of a scan. A directory without Kubernetes workloads does not load the engine. */
import { readNamedByPolicy } from "../collect/policy/source.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { EvaluatedNetwork, NetworkContext } from "../evaluate/kubernetes/network.ts";

/**
 * @param root - where a file is that the policy names relative to the scanned directory
 * @throws Problem (usage) where the policy's file of assertions cannot be read
 */
export async function scanNetwork(
  manifests: Manifests,
  root: string,
  context: Omit<NetworkContext, "intended">,
): Promise<EvaluatedNetwork> {
  const hasPods = manifests.workloads.some(({ origin }) => origin === "kubernetes");
  if (!hasPods) return { evaluations: [], relations: [], reach: [], notes: [] };
  const name = context.policy.network.intended;
  const intended = name === undefined ? {} : { intended: { name, text: await readNamedByPolicy(name, root) } };
  const { evaluateNetwork } = await import("../evaluate/kubernetes/network.ts");
  return evaluateNetwork(manifests, { ...context, ...intended });
}
