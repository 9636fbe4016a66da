/** Sorts objects by their kinds into the lists of {@link Manifests}. */
import { append } from "../../../core/append.ts";
import { bounds } from "../bounds.ts";
import type { FieldPath } from "../field-path.ts";
import type { Manifests, Workload } from "../model.ts";
import type { KubernetesObject, ManifestGap } from "../object-model.ts";
import * as clusterFiles from "./cluster-files.ts";
import { EXTERNAL_SECRETS } from "./external-secrets.ts";
import type { Fields } from "./fields.ts";
import { findPods } from "./found-pods.ts";
import { type ReadObject, readFoundWorkloads } from "./found-workload.ts";
import { readConfigMap, readNamespace, readSecret, readServiceAccount } from "./identity.ts";
import * as network from "./network.ts";
import * as policies from "./policies.ts";
import { readBinding, readRole } from "./rbac.ts";
import { SECRET_STORES } from "./secret-stores.ts";
import { isWorkload, readWorkload, WORKLOAD_KINDS } from "./workload.ts";

export interface Collected {
  /** Answers where other objects stand within it. */
  object(object: KubernetesObject, read: ReadObject): readonly FieldPath[];
  workload(workload: Workload): void;
  gap(gap: ManifestGap): void;
  /** Asked before each object: no more are taken, and a gap says so. */
  isFull(): boolean;
  manifests(): Manifests;
}

type Lists = {
  -readonly [Name in keyof Manifests as Manifests[Name] extends readonly unknown[] ? Name : never]: Mutable<
    Manifests[Name]
  >;
};
type Mutable<List> = List extends readonly (infer Item)[] ? Item[] : never;
type Reader = (lists: Lists, object: KubernetesObject, root: Fields) => void;

const RBAC = "rbac.authorization.k8s.io/";
const ADMISSION = "admissionregistration.k8s.io/";

const role: Reader = (lists, object, root) => lists.roles.push(readRole(object, root));
const binding: Reader = (lists, object, root) => lists.bindings.push(readBinding(object, root));
const webhooks: Reader = (lists, object, root) => lists.webhookConfigurations.push(policies.readWebhooks(object, root));
const ingress: Reader = (lists, object, root) => lists.ingresses.push(network.readIngress(object, root));
const admissionPolicy: Reader = (lists, object, root) =>
  lists.admissionPolicies.push(policies.readAdmissionPolicy(object, root));
const policyBinding: Reader = (lists, object, root) =>
  lists.admissionPolicyBindings.push(policies.readAdmissionPolicyBinding(object, root));
const kubeadmNode: Reader = (lists, object, root) =>
  lists.kubeadmNodeConfigurations.push(clusterFiles.readKubeadmNode(object, root));
const encryption: Reader = (lists, object, root) =>
  lists.encryptionConfigurations.push(clusterFiles.readEncryption(object, root));
const admission: Reader = (lists, object, root) => {
  lists.admissionConfigurations.push(clusterFiles.readAdmission(object, root));
  lists.podSecurityConfigurations.push(...clusterFiles.nestedPodSecurity(object, root));
};

/** By `group/Kind`, of the core group by the kind alone; whatever the version. */
const READERS: Readonly<Record<string, Reader>> = {
  Namespace: (lists, object) => lists.namespaces.push(readNamespace(object)),
  ServiceAccount: (lists, object, root) => lists.serviceAccounts.push(readServiceAccount(object, root)),
  Secret: (lists, object, root) => lists.secrets.push(readSecret(object, root)),
  ConfigMap: (lists, object, root) => lists.configMaps.push(readConfigMap(object, root)),
  Service: (lists, object, root) => lists.services.push(network.readService(object, root)),
  "policy/PodDisruptionBudget": (lists, object, root) =>
    lists.disruptionBudgets.push(policies.readDisruptionBudget(object, root)),
  ResourceQuota: (lists, object, root) => lists.resourceQuotas.push(policies.readQuota(object, root)),
  LimitRange: (lists, object, root) => lists.limitRanges.push(policies.readLimitRange(object, root)),
  [`${RBAC}Role`]: role,
  [`${RBAC}ClusterRole`]: role,
  [`${RBAC}RoleBinding`]: binding,
  [`${RBAC}ClusterRoleBinding`]: binding,
  "networking.k8s.io/Ingress": ingress,
  "extensions/Ingress": ingress,
  "networking.k8s.io/NetworkPolicy": (lists, object) => lists.networkPolicies.push({ object }),
  "extensions/NetworkPolicy": (lists, object) => lists.networkPolicies.push({ object }),
  [`${ADMISSION}ValidatingWebhookConfiguration`]: webhooks,
  [`${ADMISSION}MutatingWebhookConfiguration`]: webhooks,
  [`${ADMISSION}ValidatingAdmissionPolicy`]: admissionPolicy,
  [`${ADMISSION}MutatingAdmissionPolicy`]: admissionPolicy,
  [`${ADMISSION}ValidatingAdmissionPolicyBinding`]: policyBinding,
  [`${ADMISSION}MutatingAdmissionPolicyBinding`]: policyBinding,
  "apiextensions.k8s.io/CustomResourceDefinition": (lists, object, root) =>
    lists.customResourceDefinitions.push(policies.readDefinition(object, root)),
  "apiserver.config.k8s.io/AdmissionConfiguration": admission,
  "apiserver.k8s.io/AdmissionConfiguration": admission,
  "pod-security.admission.config.k8s.io/PodSecurityConfiguration": (lists, object, root) =>
    lists.podSecurityConfigurations.push(clusterFiles.readPodSecurity(object, root)),
  "apiserver.config.k8s.io/EncryptionConfiguration": encryption,
  EncryptionConfig: encryption,
  "kubeadm.k8s.io/ClusterConfiguration": (lists, object, root) =>
    lists.kubeadmClusterConfigurations.push(clusterFiles.readKubeadmCluster(object, root)),
  "kubeadm.k8s.io/InitConfiguration": kubeadmNode,
  "kubeadm.k8s.io/JoinConfiguration": kubeadmNode,
  "kubelet.config.k8s.io/KubeletConfiguration": (lists, object, root) =>
    lists.kubeletConfigurations.push(clusterFiles.readKubelet(object, root)),
};

/** Kinds whose readers keep a part alone of what checks may ask for. */
const READ_IN_PART: ReadonlySet<string> = new Set([
  "kubeadm.k8s.io/ClusterConfiguration",
  "kubeadm.k8s.io/InitConfiguration",
  "kubeadm.k8s.io/JoinConfiguration",
  // What else they say the engine of reachability reads: rules; protocols of ports; who calls which Service, of which pods.
  "networking.k8s.io/NetworkPolicy",
  "Service",
  `${ADMISSION}MutatingWebhookConfiguration`,
  `${ADMISSION}ValidatingWebhookConfiguration`,
  // Whom admission policies are about: selectors, conditions, what their expressions see.
  `${ADMISSION}ValidatingAdmissionPolicy`,
  `${ADMISSION}MutatingAdmissionPolicy`,
  `${ADMISSION}ValidatingAdmissionPolicyBinding`,
  `${ADMISSION}MutatingAdmissionPolicyBinding`,
]);

/** Whether its list says all of it that any check asks for. */
export function listSaysAll(object: KubernetesObject): boolean {
  const name = nameOf(object);
  return isWorkload(object) || (Object.hasOwn(READERS, name) && !READ_IN_PART.has(name));
}

/** Groups of the API server's own: no custom resource is in one. */
const OWN_GROUPS: ReadonlySet<string> = new Set(
  [...Object.keys(READERS), ...WORKLOAD_KINDS].map((name) => name.slice(0, Math.max(0, name.lastIndexOf("/")))),
);

const MEANT: ReadonlyMap<string, string> = new Map(
  [...Object.keys(READERS), ...WORKLOAD_KINDS]
    .filter((name) => !name.startsWith("extensions/"))
    .map((name) => [name.slice(name.lastIndexOf("/") + 1).toLowerCase(), name]),
);

/** Of an object of the API server's own groups, the kind that is written otherwise, or is of another group. */
function meantKind({ group, kind }: KubernetesObject): string | undefined {
  return OWN_GROUPS.has(group) ? MEANT.get(kind.toLowerCase()) : undefined;
}

const NOWHERE: readonly FieldPath[] = [];

function nameOf({ group, kind }: KubernetesObject): string {
  return group === "" ? kind : `${group}/${kind}`;
}

/** @param mostObjects - of all that is read together */
export function createCollected(mostObjects: number): Collected {
  const lists: Lists = {
    objects: [],
    workloads: [],
    namespaces: [],
    serviceAccounts: [],
    secrets: [],
    configMaps: [],
    externalSecrets: [],
    secretStores: [],
    gaps: [],
    roles: [],
    bindings: [],
    services: [],
    ingresses: [],
    gateways: [],
    networkPolicies: [],
    disruptionBudgets: [],
    resourceQuotas: [],
    limitRanges: [],
    webhookConfigurations: [],
    admissionPolicies: [],
    admissionPolicyBindings: [],
    customResourceDefinitions: [],
    admissionConfigurations: [],
    podSecurityConfigurations: [],
    encryptionConfigurations: [],
    kubeadmClusterConfigurations: [],
    kubeadmNodeConfigurations: [],
    kubeletConfigurations: [],
  };
  const unknownKinds = new Map<string, number>();
  let gapsLeftOut = 0;
  let saidFull = false;

  function gap(found: ManifestGap): void {
    if (lists.gaps.length < bounds.kubernetesGaps) lists.gaps.push(found);
    else gapsLeftOut++;
  }

  function isFull(): boolean {
    if (lists.objects.length < mostObjects) return false;
    if (!saidFull) gap({ code: "kubernetes.bound", reason: `more than ${mostObjects} objects`, path: "." });
    saidFull = true;
    return true;
  }

  /** Of a kind that no list holds: what runs pods does so by whichever name. */
  function unknown(object: KubernetesObject, read: ReadObject): readonly FieldPath[] {
    const { pods, objects, over } = findPods(object, read.raw);
    append(lists.workloads, readFoundWorkloads(object, read, pods));
    if (over) gap(read.gap("kubernetes.bound", [], "too large to search for pods"));
    if (pods.length + objects.length > 0) return objects;
    const name = nameOf(object);
    unknownKinds.set(name, (unknownKinds.get(name) ?? 0) + 1);
    const meant = meantKind(object);
    if (meant !== undefined)
      gap(read.gap("kubernetes.kind", ["kind"], `${name} is not a kind of the API: ${meant} is`));
    return objects;
  }

  return {
    object(object, read) {
      lists.objects.push(object);
      const { group } = object;
      const root = read.fields([]);
      const name = nameOf(object);
      const external = Object.hasOwn(EXTERNAL_SECRETS, name) ? EXTERNAL_SECRETS[name] : undefined;
      const store = Object.hasOwn(SECRET_STORES, name) ? SECRET_STORES[name] : undefined;
      if (isWorkload(object)) lists.workloads.push(readWorkload(object, root));
      else if (Object.hasOwn(READERS, name)) READERS[name]?.(lists, object, root);
      else if (external !== undefined) lists.externalSecrets.push(external(object, root));
      else if (store !== undefined) lists.secretStores.push(store(object, root, read.raw));
      else if (group === "gateway.networking.k8s.io") lists.gateways.push(network.readGateway(object, root));
      else return unknown(object, read);
      return NOWHERE;
    },
    workload(workload) {
      lists.objects.push(workload.object);
      lists.workloads.push(workload);
    },
    gap,
    isFull,
    manifests() {
      const reason = `${gapsLeftOut} more places that could not be read`;
      const more = gapsLeftOut === 0 ? [] : [{ code: "kubernetes.bound", reason, path: "." }];
      return { ...lists, gaps: [...lists.gaps, ...more], unknownKinds };
    },
  };
}
