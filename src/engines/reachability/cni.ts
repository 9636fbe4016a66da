/**
 * Which CNI a live cluster has, and whether it keeps policies. That an agent is there proves nothing: it counts where its
 * DaemonSet is ready on every node and its own configuration does not switch enforcement off. Nobody tries a connection.
 */
import type { DaemonSetState } from "../kubernetes/cluster/daemon-sets.ts";
import {
  type Container,
  containersOf,
  effectiveNamespace,
  type Manifests,
  type Workload,
} from "../kubernetes/model.ts";
import type { Doubt } from "./rule-model.ts";
import type { Cni } from "./settings.ts";

export interface DetectedCni {
  /** Whether what policies deny is kept out. */
  readonly enforces: "yes" | "no" | "unknown";
  /** Absent where there is none whose semantics are known here. */
  readonly cni?: Cni | "none";
  /** What says so, in half a sentence: `cilium: DaemonSet kube-system/cilium is ready on 3 of 3 nodes`. */
  readonly evidence: string;
  /** Where `enforces` is unknown. */
  readonly doubt?: Doubt;
}

interface Agent {
  /** What its container is called by those who publish it. */
  readonly container: string;
  readonly name: string;
  /** Absent: it enforces, and how it treats what the API leaves open is not known here. */
  readonly cni?: Cni;
  /** Why it enforces nothing as it is configured; `unknown` where that was not read. Absent: it always enforces. */
  off?(found: FoundAgent, manifests: Manifests): string | { readonly unknown: string } | undefined;
}

interface FoundAgent {
  readonly agent: Agent;
  readonly workload: Workload;
  readonly container: Container;
}

const agents: readonly Agent[] = [
  // GKE's Dataplane V2 (anetd) is Cilium under that name too.
  { container: "cilium-agent", name: "cilium", cni: "cilium", off: ciliumOff },
  { container: "calico-node", name: "calico", cni: "calico" },
  { container: "ovnkube-controller", name: "ovn-kubernetes", cni: "ovn-kubernetes" },
  { container: "ovnkube-node", name: "ovn-kubernetes", cni: "ovn-kubernetes" },
  { container: "antrea-agent", name: "antrea", cni: "antrea" },
  { container: "kube-network-policies", name: "kube-network-policies", cni: "kube-network-policies" },
  { container: "kindnet-cni", name: "kindnet", cni: "kube-network-policies", off: kindnetOff },
  { container: "aws-eks-nodeagent", name: "the network policy agent of aws-node", off: awsOff },
  { container: "azure-npm", name: "azure-npm" },
  { container: "weave-npc", name: "weave-npc" },
  { container: "kube-router", name: "kube-router", off: kubeRouterOff },
];

/** They connect pods, and enforce nothing. */
const connectorsOnly: ReadonlyMap<string, string> = new Map([
  ["kube-flannel", "flannel"],
  ["aws-node", "aws-node without its network policy agent"],
]);

/**
 * @param states - of all DaemonSets of the cluster
 */
export function detectCni(manifests: Manifests, states: readonly DaemonSetState[]): DetectedCni {
  const nodes = linuxNodes(manifests);
  const found = daemonSets(manifests).flatMap((workload) =>
    containersOf(workload.pod).flatMap(({ container }) => {
      const agent = agents.find((one) => one.container === container.name);
      return agent === undefined ? [] : [{ agent, workload, container }];
    }),
  );
  const on: { readonly name: string; readonly result: DetectedCni }[] = [];
  const off: string[] = [];
  const unsure: string[] = [];
  for (const one of found) {
    const { name, cni } = one.agent;
    const why = one.agent.off?.(one, manifests);
    if (typeof why === "string") {
      off.push(`${name}: ${why}`);
      continue;
    }
    const state = states.find((each) => nameOf(one.workload) === `${each.namespace}/${each.name}`);
    const missing = why?.unknown ?? unready(state, nodes);
    if (missing !== undefined) {
      unsure.push(`${name}: ${missing}`);
      continue;
    }
    const evidence = `${name}: DaemonSet ${nameOf(one.workload)} is ready on ${state?.ready} of ${nodes || state?.desired} nodes`;
    on.push({
      name,
      result: {
        enforces: "yes",
        ...(cni === undefined ? {} : { cni }),
        evidence,
      },
    });
  }
  const [only] = on;
  if (unsure.length > 0) return unknown(unsure.join("; "));
  if (new Set(on.map(({ name }) => name)).size > 1) {
    return unknown(`several agents enforce policies: ${on.map(({ name }) => name).join(", ")}`);
  }
  if (only !== undefined) return only.result;
  if (off.length > 0) return { enforces: "no", cni: "none", evidence: off.join("; ") };
  const connectors = daemonSets(manifests).flatMap(({ pod }) =>
    containersOf(pod).flatMap(({ container }) => connectorsOnly.get(container.name) ?? []),
  );
  return connectors.length > 0
    ? { enforces: "no", cni: "none", evidence: `${connectors[0]}, and no agent that enforces policies` }
    : unknown("no DaemonSet of a known CNI was found");
}

function unknown(reason: string): DetectedCni {
  const doubt: Doubt = {
    code: "network.cni-unknown",
    reason: `whether network policies are enforced is unknown: ${reason}`,
    remedy: "state cluster.cni in a policy that is named by --policy",
  };
  return { enforces: "unknown", evidence: reason, doubt };
}

/** On every node, of what it is now. */
function unready(state: DaemonSetState | undefined, nodes: number): string | undefined {
  if (state === undefined) return "the DaemonSet has no status";
  const { desired, ready, updated, observed } = state;
  if (!observed) return "the DaemonSet is being changed";
  if (desired === 0) return "the DaemonSet runs on no node";
  if (ready < desired) return `ready on ${ready} of ${desired} nodes`;
  if (updated < desired) return `up to date on ${updated} of ${desired} nodes`;
  return desired < nodes ? `it runs on ${desired} of ${nodes} nodes` : undefined;
}

function daemonSets({ workloads }: Manifests): readonly Workload[] {
  return workloads.filter(({ object }) => object.kind === "DaemonSet" && object.group === "apps");
}

function linuxNodes({ objects }: Manifests): number {
  return objects.filter(
    ({ group, kind, labels }) => group === "" && kind === "Node" && labels["kubernetes.io/os"] !== "windows",
  ).length;
}

function nameOf({ object }: Workload): string {
  return `${effectiveNamespace(object) ?? "default"}/${object.name}`;
}

/** Its configuration, as its agent reads it (Cilium's documentation, "Policy Enforcement Modes", `enable-policy`). */
function ciliumConfig(
  { workload }: FoundAgent,
  { configMaps }: Manifests,
): Readonly<Record<string, string>> | undefined {
  const namespace = effectiveNamespace(workload.object);
  return configMaps.find(({ object }) => object.name === "cilium-config" && object.namespace === namespace)?.data;
}

function ciliumOff(found: FoundAgent, manifests: Manifests): string | { readonly unknown: string } | undefined {
  const config = ciliumConfig(found, manifests);
  if (config === undefined) return { unknown: "its ConfigMap cilium-config was not read" };
  if (config["enable-policy"] === "never") return "its ConfigMap says enable-policy: never";
  if (config["policy-audit-mode"] === "true") return "its ConfigMap says policy-audit-mode: true";
  if (config["enable-k8s-networkpolicy"] === "false") {
    return { unknown: "its ConfigMap says enable-k8s-networkpolicy: false" };
  }
  return undefined;
}

/** The first kindnetd that enforces NetworkPolicy came with kind v0.24.0. */
const FIRST_ENFORCING_KINDNET = "v20240813";

function kindnetOff({ container }: FoundAgent): string | { readonly unknown: string } | undefined {
  const tag = /:(v\d{8})(?:-|@|$)/.exec(container.image ?? "")?.[1];
  if (tag === undefined) return { unknown: "its version is not known by its image" };
  return tag < FIRST_ENFORCING_KINDNET ? `${tag} connects pods, and enforces nothing` : undefined;
}

function awsOff({ container }: FoundAgent): string | { readonly unknown: string } | undefined {
  const flag = [...container.command, ...container.args].find((word) => word.startsWith("--enable-network-policy="));
  if (flag === undefined) return { unknown: "whether it is switched on is not stated" };
  return flag.endsWith("=true") ? undefined : "it is switched off (--enable-network-policy=false)";
}

function kubeRouterOff({ container }: FoundAgent): string | undefined {
  const words = [...container.command, ...container.args];
  return words.includes("--run-firewall=false") ? "its firewall is switched off (--run-firewall=false)" : undefined;
}
