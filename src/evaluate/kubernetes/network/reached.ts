/** Who gets to each workload: the pods that reach it, and the ways into the cluster that lead to it. */
import type { ContextAnswer, WorkloadReach } from "../../../core/context.ts";
import { bounds as kubernetesBounds } from "../../../engines/kubernetes/bounds.ts";
import { describeObject, lineageOf } from "../../../engines/kubernetes/model.ts";
import type { Exposure, Network, Rule } from "../../../engines/reachability/model.ts";
import { scopeOf } from "../namespaces.ts";
import { nameOf } from "./unknowns.ts";

/** Who reaches the pods of each class, gathered on the one pass over the edges. */
export interface ReachedOverview {
  visit(from: number, to: readonly number[], open: boolean): void;
  of(endpoint: number): Reached;
}

export interface Reached {
  /** Of the first that reaches it; absent where no pod does. */
  readonly by?: string;
  /** Of the first that may. */
  readonly maybe?: string;
}

/**
 * What a pod says to itself is no reach. Nodes, and pods on their network, reach their own pods always: the kubelet's probes.
 */
export function reachedOverview(network: Network): ReachedOverview {
  const { classes, classOf, endpoints } = network;
  const by = new Map<number, number>();
  const maybe = new Map<number, number>();
  return {
    visit(from, to, open) {
      const members = classes[from] ?? [];
      const first = endpoints[members[0] ?? -1];
      if (first?.kind !== "pods" || first.host) return;
      const found = open ? by : maybe;
      for (const one of to) {
        if (one === from && members.length < 2) continue;
        if (!found.has(one)) found.set(one, from);
      }
    },
    of(endpoint) {
      const own = classOf[endpoint] as number;
      const name = (found: ReadonlyMap<number, number>) => {
        const members = classes[found.get(own) ?? -1];
        const index = members?.find((one) => one !== endpoint);
        return index === undefined ? undefined : nameOf(network, index);
      };
      const [sure, unsure] = [name(by), name(maybe)];
      return { ...(sure === undefined ? {} : { by: sure }), ...(unsure === undefined ? {} : { maybe: unsure }) };
    },
  };
}

export interface ReachedContext {
  readonly now: Date;
  /** Whether what is denied is kept out, as far as somebody says so whose word counts. */
  readonly enforced: "yes" | "no" | "unknown";
  /** Of a live cluster all pods are known; of manifests others may come. */
  readonly isCluster: boolean;
  /** Why not all workloads or policies are known; absent: they are. */
  readonly unread?: string;
}

const REACH = { internet: "from the internet", private: "from private addresses", nodes: "at the nodes" } as const;

export function workloadsReached(
  network: Network,
  exposures: readonly Exposure[],
  overview: ReachedOverview,
  context: ReachedContext,
): WorkloadReach[] {
  const ways = waysByEndpoint(exposures);
  const observedAt = context.now.toISOString();
  const others = context.isCluster ? undefined : openToUnread(network);
  const byWorkload = new Map<string, WorkloadReach>();
  for (const [index, endpoint] of network.endpoints.entries()) {
    if (endpoint.kind !== "pods") continue;
    const { object } = endpoint.workload;
    const workload = lineageOf(object, scopeOf(object)).slice(0, kubernetesBounds.assetNameLength);
    const exposed = exposedAnswer(ways.of(index, endpoint.namespace), observedAt, context);
    const reachable = reachableAnswer(overview.of(index), exposed, observedAt, {
      ...context,
      others: others?.(index),
    });
    const known = byWorkload.get(workload);
    // Pods of one owner may differ: what one of them is, it is.
    byWorkload.set(workload, {
      workload,
      exposed: known === undefined ? exposed : worse(known.exposed, exposed),
      reachable: known === undefined ? reachable : worse(known.reachable, reachable),
    });
  }
  return [...byWorkload.values()];
}

function worse(a: ContextAnswer, b: ContextAnswer): ContextAnswer {
  const order = ["yes", "unknown", "no"];
  return order.indexOf(a.answer) <= order.indexOf(b.answer) ? a : b;
}

/** Why pods that were not read may reach an endpoint; nothing where every policy keeps all of them out. */
function openToUnread({ rules, isolated }: Network): (endpoint: number) => string | undefined {
  // Thousands of rules may have the same thousands of pods: those of each set are gone through once.
  const opening = new Map<number, Rule>();
  const seen = new Set<unknown>();
  for (const rule of rules) {
    if (rule.stage !== "network-ingress" || rule.action !== "accept" || seen.has(rule.subject.members)) continue;
    seen.add(rule.subject.members);
    for (const member of rule.subject.members) if (!opening.has(member)) opening.set(member, rule);
  }
  return (endpoint) => {
    if (isolated(endpoint, "ingress") !== "yes") return "pods that were not read may reach it";
    const rule = opening.get(endpoint);
    return rule === undefined ? undefined : `${describeObject(rule.object)} lets pods in that were not read`;
  };
}

function unsure({ enforced, unread }: ReachedContext): string | undefined {
  return enforced === "yes" ? unread : enforced === "no" ? undefined : "no CNI is known to enforce network policies";
}

function reachableAnswer(
  { by, maybe }: Reached,
  exposed: ContextAnswer,
  observedAt: string,
  context: ReachedContext & { readonly others: string | undefined },
): ContextAnswer {
  if (by !== undefined) return { answer: "yes", reason: `${by} reaches it`, observedAt };
  if (exposed.answer === "yes") return exposed;
  const why =
    (maybe === undefined ? undefined : `whether ${maybe} reaches it is not known`) ?? unsure(context) ?? context.others;
  if (why !== undefined) return { answer: "unknown", reason: why };
  if (exposed.answer === "unknown") return exposed;
  return { answer: "no", reason: "no pod reaches it, and no way into the cluster leads to it", observedAt };
}

interface Ways {
  readonly open: readonly Exposure[];
  /** Why another may lead there. */
  readonly doubt?: string;
  readonly isDenied: boolean;
}

function exposedAnswer({ open, doubt, isDenied }: Ways, observedAt: string, context: ReachedContext): ContextAnswer {
  const sure = open.find(({ reach }) => reach.kind !== "unknown");
  if (sure !== undefined && sure.reach.kind !== "unknown") {
    const reason = `${describeObject(sure.object)} opens it ${REACH[sure.reach.kind]} (${sure.way})`;
    return { answer: "yes", reason, observedAt };
  }
  const [maybe] = open;
  if (maybe !== undefined) {
    return { answer: "unknown", reason: `who gets to ${describeObject(maybe.object)} is not known` };
  }
  const why = doubt ?? (isDenied ? unsure(context) : context.unread);
  if (why !== undefined) return { answer: "unknown", reason: why };
  return { answer: "no", reason: "no way into the cluster leads to it", observedAt };
}

/** Ways of Services and Ingresses lead within their namespace; of all others nobody knows where more would lead. */
const WITHIN: ReadonlySet<string> = new Set([
  "load-balancer",
  "node-port",
  "external-ip",
  "host-port",
  "host-network",
  "ingress",
]);

function waysByEndpoint(exposures: readonly Exposure[]): { of(endpoint: number, namespace: string): Ways } {
  const open = new Map<number, Exposure[]>();
  const doubts = new Map<number, string>();
  const denied = new Set<number>();
  const inNamespace = new Map<string, string>();
  let anywhere: string | undefined;
  for (const exposure of exposures) {
    for (const { endpoint, verdict, doubts: own } of exposure.targets) {
      if (verdict === "denied") denied.add(endpoint);
      else if (verdict === "unknown") doubts.set(endpoint, own[0]?.reason ?? "what policies say to it is not known");
      else {
        const listed = open.get(endpoint);
        if (listed === undefined) open.set(endpoint, [exposure]);
        else listed.push(exposure);
      }
    }
    const [doubt] = exposure.doubts;
    if (doubt === undefined) continue;
    const { namespace = "default" } = exposure.object;
    if (WITHIN.has(exposure.way)) inNamespace.set(namespace, doubt.reason);
    else anywhere ??= doubt.reason;
  }
  return {
    of(endpoint, namespace) {
      const doubt = doubts.get(endpoint) ?? inNamespace.get(namespace) ?? anywhere;
      return {
        open: open.get(endpoint) ?? [],
        isDenied: denied.has(endpoint),
        ...(doubt === undefined ? {} : { doubt }),
      };
    },
  };
}
