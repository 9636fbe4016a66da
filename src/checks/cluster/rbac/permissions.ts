/** What is worth a warning to be allowed, and how it is put into words. */
import {
  type AccessRequest,
  allows,
  type Grant,
  type GrantedRule,
  type PolicyRule,
} from "../../../engines/kubernetes/model.ts";

export interface Permission {
  /** After "can": `read Secrets`. */
  readonly action: string;
  readonly requests: readonly AccessRequest[];
  /** Its resources are in no namespace: a RoleBinding does not give it. */
  readonly clusterScoped: boolean;
  /**
   * Where a rule that names its objects gives it as well: `wide` in the whole cluster and in kube-system, whose objects have
   * names that everybody knows; `never` where such a rule is how it should be done.
   */
  readonly named: Named;
  /** A rule that names its objects gives it where one of these is among them; absent: see `named`. */
  readonly names?: ReadonlySet<string>;
  /** Verb, group and resource of which every subresource gives it: `userextras/scopes`. */
  readonly below?: AccessRequest;
}

type Named = "never" | "wide" | "always";

/** `resources` and `verbs` are words with spaces between them. */
function permission(
  action: string,
  verbs: string,
  group: string,
  resources: string,
  { clusterScoped = false, named = "never" }: { clusterScoped?: boolean; named?: Named } = {},
): Permission {
  const requests = resources
    .split(" ")
    .flatMap((resource) => verbs.split(" ").map((verb) => ({ verb, group, resource })));
  return { action, requests, clusterScoped, named };
}

/** Named as the first is. */
function both(action: string, first: Permission, ...more: Permission[]): Permission {
  const permissions = [first, ...more];
  return {
    action,
    requests: permissions.flatMap(({ requests }) => requests),
    clusterScoped: permissions.every(({ clusterScoped }) => clusterScoped),
    named: first.named,
  };
}

const CLUSTER = { clusterScoped: true };
const ALWAYS = { named: "always" } as const;
const WIDE = { named: "wide" } as const;

export const readSecrets = permission("read Secrets", "get list watch", "", "secrets");

export const executeInPods = permission(
  "exec into, attach to or proxy to pods",
  "create get",
  "",
  "pods/exec pods/attach pods/portforward pods/proxy services/proxy",
  WIDE,
);

export const changeEphemeralContainers = permission(
  "add ephemeral containers to running pods",
  "patch update",
  "",
  "pods/ephemeralcontainers",
  WIDE,
);

export const createTokens = permission("create service account tokens", "create", "", "serviceaccounts/token", ALWAYS);

export const reachKubelets = permission("access the kubelet API (nodes/proxy)", "get create", "", "nodes/proxy", {
  ...CLUSTER,
  ...ALWAYS,
});

export const escalate: Permission = {
  ...both(
    "escalate, bind or impersonate",
    permission("", "escalate bind", "rbac.authorization.k8s.io", "roles clusterroles", ALWAYS),
    permission("", "impersonate", "", "users groups serviceaccounts"),
    permission("", "impersonate", "authentication.k8s.io", "userextras uids"),
  ),
  below: { verb: "impersonate", group: "authentication.k8s.io", resource: "userextras" },
};

export const controlAdmission = both(
  "modify admission webhooks or policies",
  permission(
    "",
    "create update patch delete deletecollection",
    "admissionregistration.k8s.io",
    "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings",
    CLUSTER,
  ),
);

export const extendApi = both(
  "modify CRDs or APIServices",
  permission(
    "",
    "create update patch delete deletecollection",
    "apiextensions.k8s.io",
    "customresourcedefinitions",
    CLUSTER,
  ),
  permission("", "create update patch delete deletecollection", "apiregistration.k8s.io", "apiservices", CLUSTER),
);

export const createVolumes = permission("create PersistentVolumes", "create", "", "persistentvolumes", CLUSTER);

export const changeNodes = both(
  "modify nodes or their status",
  permission("", "update patch", "", "nodes nodes/status", { ...CLUSTER, ...ALWAYS }),
  permission("", "create delete deletecollection", "", "nodes", CLUSTER),
);

/** In a namespace it is of that namespace: a request for one is made in it. */
export const changeNamespaces = permission("change the labels of namespaces", "update patch", "", "namespaces");

/** An update or a patch is answered with all of the Secret. */
export const changeSecrets = permission("create or modify Secrets", "create update patch", "", "secrets");

export const changePods = permission("change the images of running pods", "update patch", "", "pods", WIDE);

export const changeServiceAccounts = permission("modify service accounts", "update patch", "", "serviceaccounts");

export const changeStatus = permission(
  "write the status of Services or pods",
  "update patch",
  "",
  "services/status pods/status",
);

export const changeNetworkPolicies = both(
  "modify or delete NetworkPolicies",
  permission("", "update patch delete deletecollection", "networking.k8s.io", "networkpolicies"),
  permission("", "update patch delete deletecollection", "extensions", "networkpolicies"),
  permission(
    "",
    "update patch delete deletecollection",
    "policy.networking.k8s.io",
    "adminnetworkpolicies baselineadminnetworkpolicies clusternetworkpolicies",
  ),
);

export const removeEvents = both(
  "delete events",
  permission("", "delete deletecollection", "", "events"),
  permission("", "delete deletecollection", "events.k8s.io", "events"),
);

export const evictPods = permission("evict pods", "create", "", "pods/eviction", WIDE);

export const changeSystemConfiguration: Permission = {
  ...permission("modify the cluster configuration", "update patch", "", "configmaps"),
  names: new Set([
    "aws-auth",
    "coredns",
    "coredns-custom",
    "extension-apiserver-authentication",
    "kube-dns",
    "kube-proxy",
    "kube-proxy-config",
    "kubeadm-config",
    "kubelet-config",
  ]),
};

const WORKLOADS = "deployments daemonsets statefulsets replicasets";

export const createPods = both(
  "create pods",
  permission("", "create", "", "pods replicationcontrollers", ALWAYS),
  permission("", "create update patch", "apps", WORKLOADS),
  permission("", "create update patch", "", "replicationcontrollers"),
  permission("", "create update patch", "batch", "jobs cronjobs"),
);

/** Whoever has one of these in the whole cluster is as good as its administrator, or nearly so. */
export const strongPermissions: readonly Permission[] = [
  escalate,
  readSecrets,
  createTokens,
  reachKubelets,
  executeInPods,
  changeEphemeralContainers,
  createPods,
  controlAdmission,
];

/** Every verb on everything: what `cluster-admin` holds. */
export function givesEverything({ verbs, apiGroups, resources, resourceNames }: PolicyRule): boolean {
  return verbs.includes("*") && apiGroups.includes("*") && resources.includes("*") && resourceNames.length === 0;
}

/** In the whole cluster, or where what the cluster itself is made of runs. */
export function isFarReaching({ namespace }: Pick<Grant, "namespace">): boolean {
  return namespace === undefined || namespace === "kube-system";
}

/** What the grant's rules have of a permission, without what Kubernetes itself gives there. */
export function hitsOf(
  grant: Grant,
  permission: Permission,
): { rule: GrantedRule; requests: readonly AccessRequest[] }[] {
  const { namespace, published = [] } = grant;
  if (grant.subjects.length === 0 || (permission.clusterScoped && namespace !== undefined)) return [];
  const isOpen = (request: AccessRequest): boolean =>
    (namespace === undefined || !isClusterScoped(request.resource)) && !published.some((rule) => allows(rule, request));
  const isWide = isFarReaching(grant);
  const hits = [];
  for (const granted of grant.role.rules) {
    const { rule } = granted;
    const isNamed = rule.resourceNames.length > 0;
    if (isNamed && !givenByName(rule, permission, isWide)) continue;
    const asked =
      permission.below === undefined
        ? permission.requests
        : [...permission.requests, ...subresourcesOf(permission.below, rule)];
    // Hardly a rule allows any: what is open is asked of those alone.
    const requests = asked.filter(
      (request) =>
        allows(rule, request) && isOpen(request) && (!isNamed || canBeNamed(rule, request, grant.role.rules)),
    );
    if (requests.length > 0) hits.push({ rule: granted, requests });
  }
  return hits;
}

function givenByName({ resourceNames }: PolicyRule, { named, names }: Permission, isWide: boolean): boolean {
  if (names !== undefined) return resourceNames.some((name) => names.has(name));
  return named === "always" || (named === "wide" && isWide);
}

/** What a rule names below a resource, be it by a star before it: `userextras/scopes`, a star and `/scopes`. */
function subresourcesOf(below: AccessRequest, { resources }: PolicyRule): readonly AccessRequest[] {
  return resources.flatMap((resource) => {
    const slash = resource.indexOf("/");
    const base = slash < 0 ? undefined : resource.slice(0, slash);
    if (base !== below.resource && base !== "*") return [];
    return [{ ...below, resource: below.resource + resource.slice(slash) }];
  });
}

/**
 * Whether a request of a rule's verb has a name for the rule to compare: creating an object has none, except where a patch is
 * what creates it (server-side apply asks for both verbs, by name).
 */
function canBeNamed({ resourceNames }: PolicyRule, request: AccessRequest, all: readonly GrantedRule[]): boolean {
  if (request.verb === "deletecollection") return false;
  if (request.verb !== "create" || request.resource.includes("/")) return true;
  return all.some(({ rule }) => resourceNames.some((name) => allows(rule, { ...request, verb: "patch", name })));
}

function isClusterScoped(resource: string): boolean {
  const [base = ""] = resource.split("/");
  return ["clusterroles", "users", "groups", "userextras", "uids"].includes(base);
}
