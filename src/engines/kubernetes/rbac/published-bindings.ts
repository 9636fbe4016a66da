/**
 * Bindings that every cluster has (Kubernetes documentation, "Using RBAC Authorization", default role bindings; kubeadm
 * reference, implementation details).
 */
import type { PolicyRule, Subject } from "../rbac-model.ts";
import { type PublishedRole, publishedRoles } from "./published.ts";
import { controllerBindings } from "./published-controllers.ts";
import { rule } from "./published-rule.ts";

export interface PublishedBinding {
  readonly role: string;
  readonly subjects: readonly Subject[];
  /** What Kubernetes itself makes has the label `kubernetes.io/bootstrapping: rbac-defaults`; what kubeadm makes has none. */
  readonly labelled: boolean;
}

const READ = "get list watch";

const user = (name: string): Subject => ({ kind: "User", name });
const group = (name: string): Subject => ({ kind: "Group", name });
const account = (name: string): Subject => ({ kind: "ServiceAccount", namespace: "kube-system", name });
const bootstrapped = (role: string, ...subjects: Subject[]): PublishedBinding => ({ role, subjects, labelled: true });
const byKubeadm = (role: string, ...subjects: Subject[]): PublishedBinding => ({ role, subjects, labelled: false });

const BOOTSTRAPPERS = group("system:bootstrappers:kubeadm:default-node-token");

/** By name of the ClusterRoleBinding; the role is a ClusterRole. */
export const publishedClusterBindings: ReadonlyMap<string, PublishedBinding> = new Map([
  ["cluster-admin", bootstrapped("cluster-admin", group("system:masters"))],
  ["system:basic-user", bootstrapped("system:basic-user", group("system:authenticated"))],
  ["system:discovery", bootstrapped("system:discovery", group("system:authenticated"))],
  [
    "system:public-info-viewer",
    bootstrapped("system:public-info-viewer", group("system:authenticated"), group("system:unauthenticated")),
  ],
  ["system:monitoring", bootstrapped("system:monitoring", group("system:monitoring"))],
  [
    "system:kube-controller-manager",
    bootstrapped("system:kube-controller-manager", user("system:kube-controller-manager")),
  ],
  ["system:kube-scheduler", bootstrapped("system:kube-scheduler", user("system:kube-scheduler"))],
  ["system:volume-scheduler", bootstrapped("system:volume-scheduler", user("system:kube-scheduler"))],
  ["system:node", bootstrapped("system:node")],
  ["system:node-proxier", bootstrapped("system:node-proxier", user("system:kube-proxy"))],
  ["system:kube-dns", bootstrapped("system:kube-dns", account("kube-dns"))],
  ["system:coredns", bootstrapped("system:coredns", account("coredns"))],
  [
    "system:service-account-issuer-discovery",
    bootstrapped("system:service-account-issuer-discovery", group("system:serviceaccounts")),
  ],
  ["kubeadm:cluster-admins", byKubeadm("cluster-admin", group("kubeadm:cluster-admins"))],
  ["kubeadm:get-nodes", byKubeadm("kubeadm:get-nodes", BOOTSTRAPPERS)],
  ["kubeadm:kubelet-bootstrap", byKubeadm("system:node-bootstrapper", BOOTSTRAPPERS)],
  [
    "kubeadm:node-autoapprove-bootstrap",
    byKubeadm("system:certificates.k8s.io:certificatesigningrequests:nodeclient", BOOTSTRAPPERS),
  ],
  [
    "kubeadm:node-autoapprove-certificate-rotation",
    byKubeadm("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", group("system:nodes")),
  ],
  ["kubeadm:node-proxier", byKubeadm("system:node-proxier", account("kube-proxy"))],
  ...controllerBindings.map((name): [string, PublishedBinding] => [
    `system:controller:${name}`,
    bootstrapped(`system:controller:${name}`, account(name)),
  ]),
]);

/** By `namespace/name` of the RoleBinding; the role is a Role of the same namespace. */
export const publishedRoleBindings: ReadonlyMap<string, PublishedBinding> = new Map([
  [
    "kube-public/system:controller:bootstrap-signer",
    bootstrapped("system:controller:bootstrap-signer", account("bootstrap-signer")),
  ],
  [
    "kube-system/system:controller:bootstrap-signer",
    bootstrapped("system:controller:bootstrap-signer", account("bootstrap-signer")),
  ],
  [
    "kube-system/system:controller:cloud-provider",
    bootstrapped("system:controller:cloud-provider", account("cloud-provider")),
  ],
  [
    "kube-system/system:controller:token-cleaner",
    bootstrapped("system:controller:token-cleaner", account("token-cleaner")),
  ],
  [
    "kube-system/system::extension-apiserver-authentication-reader",
    bootstrapped(
      "extension-apiserver-authentication-reader",
      user("system:kube-controller-manager"),
      user("system:kube-scheduler"),
    ),
  ],
  [
    "kube-system/system::leader-locking-kube-controller-manager",
    bootstrapped(
      "system::leader-locking-kube-controller-manager",
      user("system:kube-controller-manager"),
      account("kube-controller-manager"),
    ),
  ],
  [
    "kube-system/system::leader-locking-kube-scheduler",
    bootstrapped("system::leader-locking-kube-scheduler", user("system:kube-scheduler"), account("kube-scheduler")),
  ],
  [
    "kube-public/kubeadm:bootstrap-signer-clusterinfo",
    byKubeadm("kubeadm:bootstrap-signer-clusterinfo", user("system:anonymous")),
  ],
  ["kube-system/kubeadm:kubelet-config", byKubeadm("kubeadm:kubelet-config", group("system:nodes"), BOOTSTRAPPERS)],
  [
    "kube-system/kubeadm:nodes-kubeadm-config",
    byKubeadm("kubeadm:nodes-kubeadm-config", group("system:nodes"), BOOTSTRAPPERS),
  ],
  ["kube-system/kube-proxy", byKubeadm("kube-proxy", BOOTSTRAPPERS)],
]);

/** What the roles of these bindings hold that is worth a warning; the empty list: nothing. */
export const publishedNamespacedRules: ReadonlyMap<string, readonly PolicyRule[]> = new Map([
  ["kube-system/system:controller:bootstrap-signer", [rule(READ, "", "secrets")]],
  ["kube-system/system:controller:token-cleaner", [rule(`${READ} delete`, "", "secrets")]],
  ["kube-public/kubeadm:bootstrap-signer-clusterinfo", [rule("get", "", "configmaps", "cluster-info")]],
]);

/**
 * What is published of a Role, by `namespace/name`. Of those that the API server makes and that are known by their bindings
 * alone it is what is worth a warning.
 */
export function publishedRole(key: string): PublishedRole | undefined {
  return publishedRoles.get(key) ?? ofBindings.get(key);
}

const ofBindings: ReadonlyMap<string, PublishedRole> = new Map(
  publishedRoleBindings
    .entries()
    .filter(([, { labelled }]) => labelled)
    .map(([key, { role }]) => [
      `${key.slice(0, key.indexOf("/"))}/${role}`,
      { rules: publishedNamespacedRules.get(key) ?? [], whole: false },
    ]),
);
