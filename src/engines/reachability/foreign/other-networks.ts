/** Policies and networks of further CNIs, of clouds, and of meshes that are not evaluated. */
import { effectiveNamespace } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import {
  type ForeignKind,
  networkStages,
  notEvaluated,
  podsOfNamespace,
  podsOfSelector,
  stagesWithRules,
  type Unknown,
  unknownKind,
} from "./unknown.ts";

const ovn = (read: ForeignKind["read"]): ForeignKind => ({ enforcer: "OVN-Kubernetes", cni: "ovn-kubernetes", read });
const sdn = (read: ForeignKind["read"]): ForeignKind => ({ enforcer: "OpenShift SDN", cni: "other", read });
const kubeOvn = (read: ForeignKind["read"]): ForeignKind => ({ enforcer: "Kube-OVN", cni: "other", read });
const cloud = (enforcer: string, read: ForeignKind["read"]): ForeignKind => ({ enforcer, read });

export const otherNetworkKinds: ReadonlyMap<string, ForeignKind> = new Map([
  // https://ovn-kubernetes.io/features/network-security-controls/egress-firewall/: to what is no pod.
  ["k8s.ovn.org/EgressFirewall", ovn(unknownKind(egressOfNamespace))],
  ["network.openshift.io/EgressNetworkPolicy", sdn(unknownKind(egressOfNamespace))],
  ["network.openshift.io/NetNamespace", sdn(unknownKind(netNamespace))],
  ["kubeovn.io/SecurityGroup", kubeOvn(unknownKind(securityGroup))],
  ["kubeovn.io/Subnet", kubeOvn(unknownKind(subnet))],
  ["vpcresources.k8s.aws/SecurityGroupPolicy", cloud("AWS", unknownKind(securityGroupPolicy))],
  ["networking.k8s.aws/ApplicationNetworkPolicy", cloud("AWS", unknownKind(applicationNetworkPolicy))],
  ["networking.k8s.aws/ClusterNetworkPolicy", cloud("AWS", unknownKind(clusterNetworkPolicy))],
  [
    "networking.gke.io/FQDNNetworkPolicy",
    cloud(
      "GKE",
      unknownKind((reading, policy) => ({
        subject: podsOfSelector(reading, policy, namespaceOf(policy)),
        stages: ["network-egress"],
        field: ["spec"],
      })),
    ),
  ],
  ["nsx.vmware.com/SecurityPolicy", cloud("NSX", unknownKind(wholeNamespace))],
  ["crd.nsx.vmware.com/SecurityPolicy", cloud("NSX", unknownKind(wholeNamespace))],
  ["neuvector.com/NvSecurityRule", cloud("NeuVector", unknownKind(wholeNamespace))],
  ["neuvector.com/NvClusterSecurityRule", cloud("NeuVector", unknownKind(allPods))],
  [
    "k8s.cni.cncf.io/MultiNetworkPolicy",
    cloud("Multus", notEvaluated("it is about secondary networks of pods, which are not evaluated")),
  ],
  [
    "cilium.io/CiliumLocalRedirectPolicy",
    cloud("Cilium", notEvaluated("it redirects traffic to pods of the same node, which is not evaluated")),
  ],
  ["consul.hashicorp.com/ServiceIntentions", mesh("Consul", "mesh-authorization", false)],
  ["kuma.io/MeshTrafficPermission", mesh("Kuma", "mesh-authorization", false)],
  ["kuma.io/TrafficPermission", mesh("Kuma", "mesh-authorization", false)],
  ["access.smi-spec.io/TrafficTarget", mesh("a mesh of the Service Mesh Interface", "mesh-authorization", true)],
  ["policy.openservicemesh.io/IngressBackend", mesh("Open Service Mesh", "mesh-authorization", true)],
  ["policy.openservicemesh.io/Egress", mesh("Open Service Mesh", "mesh-outbound", true)],
]);

/** @param isNamespaced - it is about pods of its own namespace only */
function mesh(enforcer: string, stage: "mesh-authorization" | "mesh-outbound", isNamespaced: boolean): ForeignKind {
  return cloud(
    enforcer,
    unknownKind((reading, policy) => ({
      subject: podsOfNamespace(reading, isNamespaced ? namespaceOf(policy) : undefined),
      stages: [stage],
    })),
  );
}

function namespaceOf({ object }: PolicyReading): string {
  return effectiveNamespace(object) ?? "default";
}

function wholeNamespace(reading: Reading, policy: PolicyReading): Unknown {
  return { subject: podsOfNamespace(reading, namespaceOf(policy)), stages: networkStages };
}

function allPods({ podSets }: Reading): Unknown {
  return { subject: podSets.all, stages: networkStages };
}

function egressOfNamespace(reading: Reading, policy: PolicyReading): Unknown {
  return {
    subject: podsOfNamespace(reading, namespaceOf(policy)),
    stages: ["network-egress"],
    isOutside: true,
    field: ["spec", "egress"],
  };
}

/** Of the multitenant mode; in the others it has no effect, and which one the cluster has is not read. */
function netNamespace(reading: Reading, { root, object }: PolicyReading): Unknown {
  return { subject: podsOfNamespace(reading, root.string("netname") ?? object.name), stages: networkStages };
}

/** Pods name theirs in an annotation. */
function securityGroup({ podSets }: Reading, { object }: PolicyReading): Unknown {
  const subject = podSets.where(`kube-ovn ${object.name}`, ({ workload }) =>
    Object.entries(workload.podMetadata.annotations).some(
      ([key, value]) => key.endsWith(".kubernetes.io/security_groups") && value.split(/[\s,]+/).includes(object.name),
    ),
  );
  return { subject, stages: networkStages };
}

function subnet(reading: Reading, { spec }: PolicyReading): Unknown | undefined {
  const vpc = spec.string("vpc") ?? "";
  const isApart = vpc !== "" && vpc !== "ovn-cluster";
  if (spec.boolean("private") !== true && spec.list("acls").length === 0 && !isApart) return undefined;
  const namespaces = spec.strings("namespaces");
  const sets = namespaces.map((name) => podsOfNamespace(reading, name));
  const { podSets } = reading;
  return { subject: sets.length === 0 ? podSets.all : podSets.union(sets), stages: networkStages };
}

/** Pods by their labels, or by those of their service accounts. */
function securityGroupPolicy(reading: Reading, policy: PolicyReading): Unknown {
  const { spec } = policy;
  const namespace = namespaceOf(policy);
  const byAccount = spec.fields("serviceAccountSelector");
  const subject =
    byAccount === undefined
      ? podsOfSelector(reading, policy, namespace)
      : spec.has("podSelector")
        ? reading.podSets.union([podsOfSelector(reading, policy, namespace), podsOfNamespace(reading, namespace)])
        : podsOfNamespace(reading, namespace);
  return { subject, stages: networkStages, field: ["spec"] };
}

/** As a NetworkPolicy selects pods and directions. */
function applicationNetworkPolicy(reading: Reading, policy: PolicyReading): Unknown {
  const { spec } = policy;
  const types = spec.strings("policyTypes");
  const hasEgress = types.length > 0 ? types.includes("Egress") : spec.list("egress").length > 0;
  const hasIngress = types.length === 0 || types.includes("Ingress");
  return {
    subject: podsOfSelector(reading, policy, namespaceOf(policy)),
    stages: networkStages.filter((stage) => (stage === "network-ingress" ? hasIngress : hasEgress)),
    field: ["spec"],
  };
}

/** As the one of policy.networking.k8s.io selects its subject. */
function clusterNetworkPolicy(reading: Reading, policy: PolicyReading): Unknown {
  const subject = policy.spec.fields("subject");
  const pods = subject?.fields("pods");
  const namespaces = subject?.fields("namespaces");
  return {
    subject: subjectOf(reading, policy, pods, pods?.fields("namespaceSelector") ?? namespaces),
    stages: stagesWithRules(policy),
    field: ["spec", "subject"],
  };
}

function subjectOf(
  { podSets }: Reading,
  policy: PolicyReading,
  pods: Fields | undefined,
  namespaces: Fields | undefined,
): PodSet {
  const selector = policy.selector(namespaces);
  const choice = {
    namespaces: selector === undefined ? undefined : { selector },
    pods: policy.selector(pods?.fields("podSelector")),
  };
  return podSets.union([podSets.select(choice), podSets.mayBeSelected(choice)]);
}
