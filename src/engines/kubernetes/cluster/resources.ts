/**
 * What is read of a cluster: deploy/cluster-audit/ grants exactly this (role.yaml, and secrets.yaml apart),
 * and a test holds the two together.
 */

import { detectorResources } from "./detector-resources.ts";
import { networkResources } from "./network-resources.ts";
import type { ClusterResource, ManifestList } from "./resource-model.ts";
import { verifierResources } from "./verifier-resources.ts";

export type { ClusterResource } from "./resource-model.ts";

const PAGE = 500;

function core(resource: string, kind: string, list: ManifestList, limit = PAGE): ClusterResource {
  return { group: "", versions: ["v1"], resource, kind, namespaced: true, list, limit, everywhere: true };
}

function named(
  group: string,
  versions: readonly string[],
  resource: string,
  kind: string,
  list: ManifestList,
  namespaced = true,
): ClusterResource {
  // Others have a resource of that name too.
  const everywhere = EVERYWHERE.has(resource) && list !== "network";
  return { group, versions, resource, kind, namespaced, list, limit: PAGE, everywhere };
}

/** Of the groups that every API server has; admission policies came with later versions. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  "deployments",
  "statefulsets",
  "daemonsets",
  "cronjobs",
  "jobs",
  "replicasets",
  "roles",
  "clusterroles",
  "rolebindings",
  "clusterrolebindings",
  "ingresses",
  "networkpolicies",
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
  "customresourcedefinitions",
]);

const RBAC = "rbac.authorization.k8s.io";
const ADMISSION = "admissionregistration.k8s.io";
const POLICIES = ["v1", "v1beta1", "v1alpha1"];
const GATEWAY = "gateway.networking.k8s.io";
const EXTERNAL = "external-secrets.io";
const VAULT = "secrets.hashicorp.com";

/** In this order: what makes pods before the pods, so that what they make is known as theirs. */
export const clusterResources: readonly ClusterResource[] = [
  { ...core("namespaces", "Namespace", "namespaces"), namespaced: false },
  named("apps", ["v1"], "deployments", "Deployment", "workloads"),
  named("apps", ["v1"], "statefulsets", "StatefulSet", "workloads"),
  named("apps", ["v1"], "daemonsets", "DaemonSet", "workloads"),
  named("batch", ["v1", "v1beta1"], "cronjobs", "CronJob", "workloads"),
  named("batch", ["v1"], "jobs", "Job", "workloads"),
  named("apps", ["v1"], "replicasets", "ReplicaSet", "workloads"),
  core("replicationcontrollers", "ReplicationController", "workloads"),
  core("pods", "Pod", "workloads", 250),
  core("podtemplates", "PodTemplate", "workloads"),
  core("serviceaccounts", "ServiceAccount", "serviceAccounts"),
  core("secrets", "Secret", "secrets"),
  core("configmaps", "ConfigMap", "configMaps", 100),
  core("services", "Service", "services"),
  core("resourcequotas", "ResourceQuota", "resourceQuotas"),
  core("limitranges", "LimitRange", "limitRanges"),
  named(RBAC, ["v1"], "roles", "Role", "roles"),
  named(RBAC, ["v1"], "clusterroles", "ClusterRole", "roles", false),
  named(RBAC, ["v1"], "rolebindings", "RoleBinding", "bindings"),
  named(RBAC, ["v1"], "clusterrolebindings", "ClusterRoleBinding", "bindings", false),
  named("networking.k8s.io", ["v1", "v1beta1"], "ingresses", "Ingress", "ingresses"),
  named("networking.k8s.io", ["v1"], "networkpolicies", "NetworkPolicy", "networkPolicies"),
  named(GATEWAY, ["v1", "v1beta1", "v1alpha2"], "gateways", "Gateway", "gateways"),
  named(GATEWAY, ["v1", "v1beta1", "v1alpha2"], "httproutes", "HTTPRoute", "gateways"),
  named(GATEWAY, ["v1", "v1alpha2"], "grpcroutes", "GRPCRoute", "gateways"),
  named(
    ADMISSION,
    POLICIES,
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    "webhookConfigurations",
    false,
  ),
  named(
    ADMISSION,
    POLICIES,
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
    "webhookConfigurations",
    false,
  ),
  named(ADMISSION, POLICIES, "validatingadmissionpolicies", "ValidatingAdmissionPolicy", "admissionPolicies", false),
  named(
    ADMISSION,
    POLICIES,
    "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding",
    "admissionPolicyBindings",
    false,
  ),
  named(ADMISSION, POLICIES, "mutatingadmissionpolicies", "MutatingAdmissionPolicy", "admissionPolicies", false),
  named(
    ADMISSION,
    POLICIES,
    "mutatingadmissionpolicybindings",
    "MutatingAdmissionPolicyBinding",
    "admissionPolicyBindings",
    false,
  ),
  {
    ...named(
      "apiextensions.k8s.io",
      ["v1"],
      "customresourcedefinitions",
      "CustomResourceDefinition",
      "customResourceDefinitions",
      false,
    ),
    limit: 25,
  },
  named(EXTERNAL, ["v1", "v1beta1", "v1alpha1"], "externalsecrets", "ExternalSecret", "externalSecrets"),
  named(EXTERNAL, ["v1", "v1beta1"], "clusterexternalsecrets", "ClusterExternalSecret", "externalSecrets", false),
  named(EXTERNAL, ["v1alpha1"], "pushsecrets", "PushSecret", "externalSecrets"),
  named(EXTERNAL, ["v1alpha1"], "clusterpushsecrets", "ClusterPushSecret", "externalSecrets", false),
  named(EXTERNAL, ["v1", "v1beta1", "v1alpha1"], "secretstores", "SecretStore", "secretStores"),
  named(EXTERNAL, ["v1", "v1beta1", "v1alpha1"], "clustersecretstores", "ClusterSecretStore", "secretStores", false),
  named(
    "secrets-store.csi.x-k8s.io",
    ["v1", "v1alpha1"],
    "secretproviderclasses",
    "SecretProviderClass",
    "externalSecrets",
  ),
  named(
    "secrets-store.csi.x-k8s.io",
    ["v1", "v1alpha1"],
    "secretproviderclasspodstatuses",
    "SecretProviderClassPodStatus",
    "externalSecrets",
  ),
  named(VAULT, ["v1beta1"], "vaultauths", "VaultAuth", "secretStores"),
  named("cert-manager.io", ["v1"], "certificates", "Certificate", "externalSecrets"),
  named("policy", ["v1", "v1beta1"], "poddisruptionbudgets", "PodDisruptionBudget", "disruptionBudgets"),
  named(VAULT, ["v1beta1"], "vaultstaticsecrets", "VaultStaticSecret", "externalSecrets"),
  named(VAULT, ["v1beta1"], "vaultdynamicsecrets", "VaultDynamicSecret", "externalSecrets"),
  named(VAULT, ["v1beta1"], "vaultpkisecrets", "VaultPKISecret", "externalSecrets"),
  named("bitnami.com", ["v1alpha1"], "sealedsecrets", "SealedSecret", "externalSecrets"),
  { ...core("persistentvolumes", "PersistentVolume", "objects"), namespaced: false },
  core("persistentvolumeclaims", "PersistentVolumeClaim", "objects"),
  ...networkResources.map(({ group, versions, resource, kind, namespaced, list }) =>
    // A node's status lists every image that it holds.
    ({ ...named(group, versions, resource, kind, list, namespaced), ...(kind === "Node" ? { limit: 50 } : {}) }),
  ),
  // Kinds without a list of their own that checks look for.
  ...[...verifierResources, ...detectorResources].map((one) =>
    named(one.group, one.versions, one.resource, one.kind, "objects", one.namespaced),
  ),
];
