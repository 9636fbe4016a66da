/**
 * Roles that every cluster has, as Kubernetes publishes them (Kubernetes documentation, "Using RBAC Authorization",
 * default roles). What versions differ in is here in its widest form.
 */
import type { PolicyRule } from "../rbac-model.ts";
import { controllerRules } from "./published-controllers.ts";
import { rule, urls } from "./published-rule.ts";

export interface PublishedRole {
  readonly rules: readonly PolicyRule[];
  /** False where only what is worth a warning is known of it. */
  readonly whole: boolean;
  /** A ClusterRole that takes in those with this label. */
  readonly aggregates?: string;
}

const READ = "get list watch";
const WRITE = "create delete deletecollection patch update";
const EVENTS = [
  rule("create patch update", "", "events"),
  rule("create patch update", "events.k8s.io", "events"),
] as const;
const REVIEWS = [
  rule("create", "authentication.k8s.io", "tokenreviews"),
  rule("create", "authorization.k8s.io", "subjectaccessreviews"),
] as const;

const view: readonly PolicyRule[] = [
  rule(
    READ,
    "",
    "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status bindings events limitranges namespaces namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status",
  ),
  rule(
    READ,
    "apps",
    "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
  ),
  rule(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
  rule(READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
  rule(READ, "extensions", "daemonsets deployments ingresses networkpolicies replicasets"),
  rule(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
  rule(READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
  rule(READ, "discovery.k8s.io", "endpointslices"),
];

const edit: readonly PolicyRule[] = [
  ...view,
  rule(READ, "", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
  rule("impersonate", "", "serviceaccounts"),
  rule(
    WRITE,
    "",
    "pods pods/attach pods/exec pods/portforward pods/proxy configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy",
  ),
  rule("create", "", "pods/eviction serviceaccounts/token"),
  rule(
    WRITE,
    "apps",
    "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
  ),
  rule(WRITE, "autoscaling", "horizontalpodautoscalers"),
  rule(WRITE, "batch", "cronjobs jobs"),
  rule(WRITE, "extensions", "daemonsets deployments ingresses networkpolicies replicasets"),
  rule(WRITE, "policy", "poddisruptionbudgets"),
  rule(WRITE, "networking.k8s.io", "ingresses networkpolicies"),
  rule(`${READ} ${WRITE}`, "coordination.k8s.io", "leases"),
];

const admin: readonly PolicyRule[] = [
  ...edit,
  rule("create", "authorization.k8s.io", "localsubjectaccessreviews"),
  rule(`${READ} ${WRITE}`, "rbac.authorization.k8s.io", "rolebindings roles"),
];

const AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-";

function whole(...rules: PolicyRule[]): PublishedRole {
  return { rules, whole: true };
}

const signer = (name: string): PublishedRole =>
  whole(rule("approve", "certificates.k8s.io", "signers", `kubernetes.io/${name}`));

/** By name. */
export const publishedClusterRoles: ReadonlyMap<string, PublishedRole> = new Map<string, PublishedRole>([
  ["cluster-admin", whole(rule("*", "*", "*"), urls("*", "*"))],
  ["admin", { rules: admin, whole: true, aggregates: `${AGGREGATE}admin` }],
  ["edit", { rules: edit, whole: true, aggregates: `${AGGREGATE}edit` }],
  ["view", { rules: view, whole: true, aggregates: `${AGGREGATE}view` }],
  // Each gives to the role behind its name what that one is made of.
  ["system:aggregate-to-admin", whole(...admin)],
  ["system:aggregate-to-edit", whole(...edit)],
  ["system:aggregate-to-view", whole(...view)],
  ["system:auth-delegator", whole(...REVIEWS)],
  [
    "system:basic-user",
    whole(
      rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
      rule("create", "authentication.k8s.io", "selfsubjectreviews"),
    ),
  ],
  [
    "system:discovery",
    whole(urls("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")),
  ],
  ["system:public-info-viewer", whole(urls("get", "/healthz /livez /readyz /version /version/"))],
  [
    "system:monitoring",
    whole(urls("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")),
  ],
  [
    "system:service-account-issuer-discovery",
    whole(
      urls(
        "get",
        "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/",
      ),
    ),
  ],
  ["system:heapster", whole(rule(READ, "", "events namespaces nodes pods"), rule(READ, "extensions", "deployments"))],
  ["system:kube-aggregator", whole(rule(READ, "", "endpoints services"))],
  ["system:kube-dns", whole(rule("list watch", "", "endpoints services"))],
  [
    "system:coredns",
    whole(
      rule("list watch", "", "endpoints services pods namespaces"),
      rule("list watch", "discovery.k8s.io", "endpointslices"),
      rule("get", "", "nodes"),
    ),
  ],
  [
    "system:kubelet-api-admin",
    whole(
      rule("get list watch proxy", "", "nodes"),
      rule(
        "*",
        "",
        "nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/spec nodes/stats",
      ),
    ),
  ],
  [
    "system:node-bootstrapper",
    whole(rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests")),
  ],
  ["system:node-problem-detector", whole(rule("get", "", "nodes"), rule("patch", "", "nodes/status"), ...EVENTS)],
  [
    "system:node-proxier",
    whole(
      rule("list watch", "", "endpoints services"),
      rule(READ, "", "nodes"),
      rule("list watch", "discovery.k8s.io", "endpointslices"),
      rule("list watch", "networking.k8s.io", "servicecidrs"),
      ...EVENTS,
    ),
  ],
  [
    "system:persistent-volume-provisioner",
    whole(
      rule("create delete get list watch", "", "persistentvolumes"),
      rule("get list update watch", "", "persistentvolumeclaims"),
      rule(READ, "storage.k8s.io", "storageclasses"),
      rule("watch", "", "events"),
      ...EVENTS,
    ),
  ],
  [
    "system:volume-scheduler",
    whole(
      rule("get list patch update watch", "", "persistentvolumes persistentvolumeclaims"),
      rule(READ, "storage.k8s.io", "storageclasses"),
    ),
  ],
  [
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    whole(rule("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient")),
  ],
  [
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    whole(rule("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient")),
  ],
  ["system:certificates.k8s.io:kube-apiserver-client-approver", signer("kube-apiserver-client")],
  ["system:certificates.k8s.io:kube-apiserver-client-kubelet-approver", signer("kube-apiserver-client-kubelet")],
  ["system:certificates.k8s.io:kubelet-serving-approver", signer("kubelet-serving")],
  ["system:certificates.k8s.io:legacy-unknown-approver", signer("legacy-unknown")],
  [
    "system:node",
    whole(
      ...REVIEWS,
      rule("create", "authorization.k8s.io", "localsubjectaccessreviews"),
      rule(READ, "", "services pods configmaps secrets endpoints"),
      rule("create get list watch patch update", "", "nodes"),
      rule("patch update", "", "nodes/status pods/status"),
      rule("create delete", "", "pods"),
      rule("create", "", "pods/eviction serviceaccounts/token"),
      rule("get", "", "persistentvolumeclaims persistentvolumes"),
      rule("get patch update", "", "persistentvolumeclaims/status"),
      rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests"),
      rule("create delete get patch update", "coordination.k8s.io", "leases"),
      rule("create delete get patch update list watch", "storage.k8s.io", "volumeattachments csidrivers csinodes"),
      rule(READ, "node.k8s.io", "runtimeclasses"),
      ...EVENTS,
    ),
  ],
  [
    "system:kube-scheduler",
    whole(
      ...EVENTS,
      ...REVIEWS,
      rule("create get list update watch", "coordination.k8s.io", "leases leasecandidates"),
      rule("create get update", "", "endpoints"),
      rule(READ, "", "nodes namespaces replicationcontrollers services persistentvolumeclaims persistentvolumes"),
      rule(`${READ} delete`, "", "pods"),
      rule("create", "", "bindings pods/binding"),
      rule("patch update", "", "pods/status"),
      rule(READ, "apps", "replicasets statefulsets"),
      rule(READ, "policy", "poddisruptionbudgets"),
      rule(READ, "storage.k8s.io", "csinodes csidrivers csistoragecapacities volumeattachments"),
      rule(
        `${READ} update patch`,
        "resource.k8s.io",
        "deviceclasses resourceclaims resourceclaims/status resourceslices",
      ),
    ),
  ],
  [
    "system:kube-controller-manager",
    whole(
      ...EVENTS,
      ...REVIEWS,
      rule("create get update", "coordination.k8s.io", "leases"),
      rule("create get update", "", "endpoints"),
      rule("create delete get update", "", "secrets"),
      rule("create get update", "", "serviceaccounts"),
      rule("get", "", "configmaps namespaces"),
      rule("create", "", "serviceaccounts/token"),
      rule("list watch", "*", "*"),
    ),
  ],
  ...controllerRules.map(([name, rules]): [string, PublishedRole] => [name, { rules, whole: false }]),
]);

const ON: Readonly<Record<string, string>> = {
  view: "edit",
  edit: "admin",
  "system:aggregate-to-view": "view",
  "system:aggregate-to-edit": "edit",
  "system:aggregate-to-admin": "admin",
};

/** The labels that a published ClusterRole has: an aggregated role of somebody's own may select it by them. */
export function publishedLabels(name: string): Readonly<Record<string, string>> {
  const into = Object.hasOwn(ON, name) ? ON[name] : undefined;
  return {
    "kubernetes.io/bootstrapping": "rbac-defaults",
    ...(into === undefined ? {} : { [AGGREGATE + into]: "true" }),
  };
}

/** By `namespace/name`. */
export const publishedRoles: ReadonlyMap<string, PublishedRole> = new Map([
  [
    "kube-system/extension-apiserver-authentication-reader",
    whole(rule(READ, "", "configmaps", "extension-apiserver-authentication")),
  ],
]);
