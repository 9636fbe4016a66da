/**
 * Primary networks of OVN-Kubernetes: pods of a namespace with one are on it in place of the cluster's pod network, and
 * connect to nobody's pods on another (https://ovn-kubernetes.io/features/user-defined-networks/user-defined-networks/).
 * Policies hold within each network as ever. Secondary networks stand beside the pod network and change nothing in it.
 */
import { effectiveNamespace, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { otherCniGap } from "../other-cni.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { type Doubt, groups, type Peer, type Rule, type StageName } from "../rule-model.ts";
import { type Requirement, selectorOf } from "../selector.ts";

const GROUP = "k8s.ovn.org";
const SOURCE = "https://ovn-kubernetes.io/features/user-defined-networks/user-defined-networks/";
const STAGES = ["network-ingress", "network-egress"] as const satisfies readonly StageName[];

/** A namespace has no primary network without it. */
const HAS_PRIMARY: Requirement = {
  label: "k8s.ovn.org/primary-user-defined-network",
  operator: "Exists",
  values: [],
};
/** Ports that a pod keeps open to the pod network. */
const OPEN_PORTS = "k8s.ovn.org/open-default-ports";

const UNREAD: Doubt = {
  code: "network.namespace-labels",
  reason: "whether the namespace has a primary network depends on its labels, which were not read",
  remedy: "add the Namespace objects to what is read",
};
const OPEN: Doubt = {
  code: "network.open-default-ports",
  reason: `annotation ${OPEN_PORTS} opens ports of the pod to other networks, and is not evaluated`,
};

export function readUserDefinedNetworks(reading: Reading): void {
  const { cni } = reading.settings;
  for (const [kind, choose] of [
    ["UserDefinedNetwork", ofNamespace],
    ["ClusterUserDefinedNetwork", ofSelector],
  ] as const) {
    for (const object of reading.objectsOf(GROUP, kind)) {
      if (cni !== undefined && cni !== "ovn-kubernetes") {
        reading.gap(otherCniGap(object, "OVN-Kubernetes", cni));
        continue;
      }
      reading.policy(object, STAGES, (policy) => {
        const { sure, maybe } = membersOf(reading, choose(policy));
        policy.selects(reading.podSets.union([sure, maybe]));
        const network = kind === "UserDefinedNetwork" ? policy.spec : policy.spec.fields("network");
        if (network !== undefined && isPrimary(network)) addNetwork(reading, object, sure, maybe);
      });
    }
  }
}

function membersOf({ podSets }: Reading, requirements: readonly Requirement[]): { sure: PodSet; maybe: PodSet } {
  const choice = { namespaces: { selector: selectorOf([...requirements, HAS_PRIMARY]) }, pods: undefined };
  return { sure: podSets.select(choice), maybe: podSets.mayBeSelected(choice) };
}

function ofNamespace({ object }: PolicyReading): readonly Requirement[] {
  const namespace = effectiveNamespace(object) ?? "default";
  return [{ label: "kubernetes.io/metadata.name", operator: "In", values: [namespace] }];
}

function ofSelector({ spec, selector, refuse }: PolicyReading): readonly Requirement[] {
  const namespaces = selector(spec.fields("namespaceSelector"));
  if (namespaces === undefined) refuse("spec.namespaceSelector is missing");
  return namespaces?.requirements ?? [];
}

/** Of a topology that can be one; a localnet is always secondary. */
function isPrimary(network: Fields): boolean {
  return ["layer2", "layer3"].some((topology) => network.fields(topology)?.string("role") === "Primary");
}

function addNetwork(reading: Reading, object: KubernetesObject, sure: PodSet, maybe: PodSet): void {
  const { podSets: sets } = reading;
  const ordinary = sets.where("on a network of pods", ({ host }) => !host);
  const outside = sets.subtract(ordinary, sets.union([sure, maybe]));
  // The cluster's name service answers on every network.
  const names = sets.where("cluster's DNS", ({ labels }) => DNS.some(([label, value]) => labels[label] === value));
  const opened = sets.where(`annotation ${OPEN_PORTS}`, ({ workload: { podMetadata } }) =>
    Object.hasOwn(podMetadata.annotations, OPEN_PORTS),
  );
  for (const stage of STAGES) {
    const isEgress = stage === "network-egress";
    const others = isEgress ? sets.subtract(outside, names) : outside;
    const add = (subject: PodSet, doubt: Doubt | undefined) => {
      if (subject.members.length === 0) return;
      const unsure: Peer[] = maybe.members.length === 0 ? [] : [{ kind: "pods", pods: maybe, doubt: UNREAD }];
      const peers: Peer[] = [{ kind: "pods", pods: others }, ...(doubt === UNREAD ? [] : unsure)];
      reading.rule({ ...base(reading, object), stage, subject, peers, ...(doubt === undefined ? {} : { doubt }) });
    };
    add(isEgress ? sure : sets.subtract(sure, opened), undefined);
    if (!isEgress) add(sets.intersect(sure, opened), OPEN);
    add(maybe, UNREAD);
  }
}

/** Labels of CoreDNS as kubeadm and most clouds run it, and of OpenShift's. */
const DNS = [
  ["k8s-app", "kube-dns"],
  ["dns.operator.openshift.io/daemonset-dns", "default"],
] as const;

function base({ portSets }: Reading, object: Rule["object"]): Omit<Rule, "stage" | "subject" | "peers"> {
  return {
    group: groups.foreign,
    band: 0,
    list: 0,
    index: 0,
    action: "deny",
    object,
    field: ["spec"],
    ports: { numbers: portSets.all, named: [] },
    source: SOURCE,
  };
}
