import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clip } from "../findings/one-line.ts";
import type { NamespaceNetwork, OpeningRule, ReachingWorkload } from "../subjects/network.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, countedOf, generateFix, narrowFix } from "./reach/words.ts";

type Direction = "ingress" | "egress";

const ENDS = { ingress: "from", egress: "to" } as const;

/** Namespaces in which pods accept, or send, what no rule allows (Kubernetes, "Network Policies", default policies). */
export const defaultDenyMissing = networkNamespaceCheck({
  name: "default-deny-missing",
  title: "Namespaces without default-deny",
  severity: "high",
  controls: [6],
  documentation: {
    what: "Checks, for ingress and egress apart, whether every pod of an application's namespace is isolated, computed from all policies: NetworkPolicy, ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy, Cilium's. A rule that allows every peer on all ports undoes it. Not reported: pods on their node's network, the cluster's own namespaces. Without a CNI that is known to enforce policies, a namespace whose pods are isolated is unknown. Severity: high.",
    why: "Without default-deny an attacker in one container reaches every pod of the cluster, and sends what was stolen anywhere.",
    fix: "Add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress, Egress]`, and rules that allow what is needed, DNS among it. `bulkhead network generate` writes both.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies"],
  },
  part: "isolation",
  needs: { policies: "complete", enforcement: "partial" },
  *detect(network) {
    const selectable = network.workloads.filter(({ host }) => !host);
    for (const direction of ["ingress", "egress"] as const) {
      const open = selectable.filter((workload) => workload[direction].isolated === "no");
      if (open.length > 0) yield missing(network, direction, open, selectable.length);
      yield* undone(network, direction, selectable);
    }
  },
});

function missing(
  { name, object }: NamespaceNetwork,
  direction: Direction,
  open: readonly ReachingWorkload[],
  all: number,
): FieldDetection {
  const names = open.map((workload) => workload.name);
  return {
    object,
    path: [],
    subject: direction,
    title:
      open.length === all
        ? `Namespace ${clip(name)} has no default-deny for ${direction}`
        : `${open.length} of ${all} workloads of namespace ${clip(name)} are not isolated for ${direction}`,
    fix: generateFix,
    evidence: { direction, "not isolated": countedOf(names, all) },
  };
}

/** One finding for each rule. */
function* undone(
  { name }: NamespaceNetwork,
  direction: Direction,
  selectable: readonly ReachingWorkload[],
): Generator<FieldDetection> {
  const rules = new Map<string, { readonly rule: OpeningRule; readonly names: string[] }>();
  for (const workload of selectable) {
    const rule = workload[direction].undoneBy;
    if (rule === undefined) continue;
    const cause = causeOf({ kind: "rule", ...rule });
    const known = rules.get(cause) ?? { rule, names: [] };
    rules.set(cause, known);
    known.names.push(workload.name);
  }
  for (const { rule, names } of rules.values()) {
    const { object, field } = rule;
    yield {
      object,
      path: field,
      // Without the index of the rule: it changes as others are added.
      subject: `${direction} allowed by ${object.kind} ${object.name}`,
      title: `${object.kind} ${clip(object.name)} allows all traffic ${ENDS[direction]} every peer: nothing is denied for ${direction} in ${clip(name)}`,
      fix: narrowFix,
      evidence: { direction, workloads: countedOf(names, selectable.length) },
    };
  }
}
