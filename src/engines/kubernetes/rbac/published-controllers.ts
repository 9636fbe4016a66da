/** Controllers of kube-controller-manager (Kubernetes documentation, "Using RBAC Authorization", roles for built-in controllers). */
import type { PolicyRule } from "../rbac-model.ts";
import { rule } from "./published-rule.ts";

/** The service accounts in kube-system that have a binding `system:controller:NAME` to the ClusterRole of that name. */
export const controllerBindings: readonly string[] = [
  "attachdetach-controller",
  "certificate-controller",
  "clusterrole-aggregation-controller",
  "cronjob-controller",
  "daemon-set-controller",
  "deployment-controller",
  "device-taint-eviction-controller",
  "disruption-controller",
  "endpoint-controller",
  "endpointslice-controller",
  "endpointslicemirroring-controller",
  "ephemeral-volume-controller",
  "expand-controller",
  "generic-garbage-collector",
  "horizontal-pod-autoscaler",
  "job-controller",
  "legacy-service-account-token-cleaner",
  "namespace-controller",
  "node-controller",
  "persistent-volume-binder",
  "pod-garbage-collector",
  "pv-protection-controller",
  "pvc-protection-controller",
  "replicaset-controller",
  "replication-controller",
  "resource-claim-controller",
  "resourcequota-controller",
  "root-ca-cert-publisher",
  "route-controller",
  "selinux-warning-controller",
  "service-account-controller",
  "service-cidrs-controller",
  "service-controller",
  "statefulset-controller",
  "storage-version-migrator-controller",
  "ttl-after-finished-controller",
  "ttl-controller",
  "validatingadmissionpolicy-status-controller",
  "volumeattributesclass-protection-controller",
];

const pods = rule("create delete patch update", "", "pods");
const nodes = rule("patch update", "", "nodes nodes/status");
const podStatus = rule("patch update", "", "pods/status");

const dangerous: readonly [name: string, rules: readonly PolicyRule[]][] = [
  ["attachdetach-controller", [nodes]],
  [
    "certificate-controller",
    [
      rule("update", "certificates.k8s.io", "certificatesigningrequests/approval certificatesigningrequests/status"),
      rule("approve sign", "certificates.k8s.io", "signers"),
    ],
  ],
  [
    "clusterrole-aggregation-controller",
    [rule("escalate get list patch update watch", "rbac.authorization.k8s.io", "clusterroles")],
  ],
  ["cronjob-controller", [rule("create patch update", "batch", "cronjobs jobs")]],
  ["daemon-set-controller", [pods]],
  [
    "deployment-controller",
    [
      rule("create patch update", "apps", "deployments replicasets"),
      rule("create patch update", "extensions", "deployments replicasets"),
      rule("update", "", "pods"),
    ],
  ],
  ["device-taint-eviction-controller", [podStatus]],
  ["disruption-controller", [podStatus]],
  ["expand-controller", [rule("get", "", "secrets")]],
  ["generic-garbage-collector", [rule("delete get list patch update watch", "*", "*")]],
  [
    "horizontal-pod-autoscaler",
    [
      rule("get list", "custom.metrics.k8s.io", "*"),
      rule("get list", "external.metrics.k8s.io", "*"),
      // Of servers that still know Heapster.
      rule("get", "", "services/proxy", "https:heapster: http:heapster:"),
    ],
  ],
  ["job-controller", [pods, rule("update patch", "batch", "jobs")]],
  ["legacy-service-account-token-cleaner", [rule("delete get list patch watch", "", "secrets")]],
  ["namespace-controller", [rule("delete deletecollection get list watch", "*", "*")]],
  ["node-controller", [nodes, rule("delete", "", "nodes"), podStatus]],
  ["persistent-volume-binder", [pods, rule("create", "", "persistentvolumes"), rule("get", "", "secrets")]],
  ["pod-garbage-collector", [pods, podStatus]],
  ["replicaset-controller", [pods, rule("update", "apps", "replicasets")]],
  ["replication-controller", [pods, rule("update", "", "replicationcontrollers")]],
  ["resource-claim-controller", [podStatus]],
  ["resourcequota-controller", [rule("list watch", "*", "*")]],
  ["root-ca-cert-publisher", [rule("create update", "", "configmaps")]],
  ["route-controller", [nodes]],
  ["service-account-controller", [rule("create update", "", "serviceaccounts")]],
  ["service-controller", [rule("patch update", "", "services/status")]],
  ["statefulset-controller", [pods]],
  ["storage-version-migrator-controller", [rule("get list patch update watch", "*", "*")]],
  ["ttl-controller", [nodes]],
];

/** What their roles hold that is worth a warning. */
export const controllerRules: readonly (readonly [name: string, rules: readonly PolicyRule[]])[] =
  controllerBindings.map((name) => [`system:controller:${name}`, dangerous.find(([each]) => each === name)?.[1] ?? []]);
