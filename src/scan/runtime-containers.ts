/** What is known of the containers of a host at this moment: what alerts of them are told with. */
import { hostSources } from "../collect/runtime/containers/host.ts";
import { hostFiles } from "../collect/runtime/containers/host-files.ts";
import { type KubeletOptions, kubeletConnection } from "../collect/runtime/containers/kubelet.ts";
import { clusterPods, kubeletPods, type PodSource } from "../collect/runtime/containers/pod-source.ts";
import { type ContainerWatch, watchContainers } from "../collect/runtime/containers/watch.ts";
import type { Problem } from "../core/problem.ts";
import type { ContainerFacts } from "../engines/events/containers/model.ts";
import { createClient } from "../engines/kubernetes/cluster/client.ts";
import type { ClusterConnection } from "../engines/kubernetes/cluster/connection.ts";

export interface HostContainersOptions {
  /** Where the host's root is: `/`, or where a container has it mounted. */
  readonly root: string;
  /** Who tells of pods: the node's kubelet, or the cluster of one node. */
  readonly pods?: KubeletOptions | { readonly cluster: ClusterConnection; readonly node: string };
}

export interface HostContainers {
  /** By name, then by id. */
  readonly containers: readonly ContainerFacts[];
  /** Who could not be asked: of theirs there may be more. */
  readonly problems: readonly Problem[];
}

/** @throws Problem (usage) where a kubelet is named that cannot be spoken to */
export async function hostContainers({ root, pods }: HostContainersOptions): Promise<HostContainers> {
  const { sources } = await hostSources(hostFiles(root));
  const podSource = podSourceOf(pods);
  const known = new Map<string, ContainerFacts>();
  const problems: Problem[] = [];
  const watch = watchContainers({
    sources,
    ...(podSource === undefined ? {} : { pods: podSource }),
    // What is not known now is not waited for.
    tries: [0],
    onFacts: (facts) => void known.set(facts.fullId, facts),
    onProblem: (problem) => void problems.push(problem),
  });
  await watch.begun;
  await watch.close();
  const nameOf = ({ details }: ContainerFacts) => details?.name ?? "";
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return {
    containers: [...known.values()].sort((a, b) => order(nameOf(a), nameOf(b)) || order(a.fullId, b.fullId)),
    problems,
  };
}

export interface FollowContainersOptions extends HostContainersOptions {
  readonly onFacts: (facts: ContainerFacts, settled: boolean) => void;
  /** Somebody cannot be asked; told once until they answer again. */
  readonly onProblem: (problem: Problem) => void;
}

/** All that there are, each that starts, and each that is asked about. @throws Problem (usage) as {@link hostContainers} does */
export async function followContainers(options: FollowContainersOptions): Promise<ContainerWatch> {
  const { root, pods, onFacts, onProblem } = options;
  const podSource = podSourceOf(pods);
  return watchContainers({
    ...(await hostSources(hostFiles(root))),
    ...(podSource === undefined ? {} : { pods: podSource }),
    onFacts,
    onProblem,
  });
}

function podSourceOf(pods: HostContainersOptions["pods"]): PodSource | undefined {
  if (pods === undefined) return undefined;
  if ("cluster" in pods) return clusterPods(createClient(pods.cluster), pods.node, `cluster (${pods.cluster.name})`);
  const connection = kubeletConnection(pods);
  return kubeletPods(createClient(connection), connection.name);
}
