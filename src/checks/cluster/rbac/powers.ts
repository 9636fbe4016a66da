/** What is worth a warning to be allowed, and how it is put into words. */
import {
  type AccessRequest,
  allows,
  type Grant,
  type GrantedRule,
  type PolicyRule,
} from "../../../engines/kubernetes/model.ts";

export interface Power {
  /** Behind "may": `read Secrets`. */
  readonly does: string;
  readonly requests: readonly AccessRequest[];
  /** Its resources are in no namespace: a RoleBinding does not give it. */
  readonly clusterScoped: boolean;
  /** Whether a rule that names its objects gives it as well; else such a rule is how it should be done. */
  readonly named: boolean;
}

/** `resources` and `verbs` are words with spaces between them. */
function power(
  does: string,
  verbs: string,
  group: string,
  resources: string,
  { clusterScoped = false, named = false } = {},
): Power {
  const requests = resources
    .split(" ")
    .flatMap((resource) => verbs.split(" ").map((verb) => ({ verb, group, resource })));
  return { does, requests, clusterScoped, named };
}

function both(does: string, ...powers: Power[]): Power {
  return {
    does,
    requests: powers.flatMap(({ requests }) => requests),
    clusterScoped: powers.every(({ clusterScoped }) => clusterScoped),
    named: powers.some(({ named }) => named),
  };
}

const CLUSTER = { clusterScoped: true };

export const readSecrets = power("read Secrets", "get list watch", "", "secrets");

export const executeInPods = power(
  "run commands in pods or reach into them",
  "create get",
  "",
  "pods/exec pods/attach pods/portforward pods/proxy",
);

export const changeEphemeralContainers = power(
  "put containers into running pods",
  "patch update",
  "",
  "pods/ephemeralcontainers",
);

export const createTokens = power("make tokens of service accounts", "create", "", "serviceaccounts/token");

export const reachKubelets = power("reach the kubelets' own interface", "get create", "", "nodes/proxy", CLUSTER);

export const escalate = both(
  "give more than it has, or be somebody else",
  power("", "escalate bind", "rbac.authorization.k8s.io", "roles clusterroles", { named: true }),
  power("", "impersonate", "", "users groups serviceaccounts", { named: true }),
  power("", "impersonate", "authentication.k8s.io", "userextras uids", { named: true }),
);

export const controlAdmission = both(
  "change what is admitted",
  power(
    "",
    "create update patch delete",
    "admissionregistration.k8s.io",
    "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings",
    CLUSTER,
  ),
);

export const extendApi = both(
  "change the API itself",
  power("", "create update patch delete", "apiextensions.k8s.io", "customresourcedefinitions", CLUSTER),
  power("", "create update patch", "apiregistration.k8s.io", "apiservices", CLUSTER),
);

export const createVolumes = power("make PersistentVolumes", "create", "", "persistentvolumes", CLUSTER);

export const changeNodes = power(
  "change nodes and what they say of themselves",
  "update patch",
  "",
  "nodes nodes/status",
  CLUSTER,
);

const WORKLOADS = "deployments daemonsets statefulsets replicasets";

export const createPods = both(
  "run pods",
  power("", "create", "", "pods replicationcontrollers"),
  power("", "create update patch", "apps", WORKLOADS),
  power("", "create update patch", "", "replicationcontrollers"),
  power("", "create update patch", "batch", "jobs cronjobs"),
);

/** Whoever has one of these in the whole cluster is as good as its administrator, or nearly so. */
export const strongPowers: readonly Power[] = [
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

/** What the grant's rules have of a power, without what Kubernetes itself gives there. */
export function hitsOf(
  grant: Grant,
  { requests, clusterScoped, named }: Power,
): { rule: GrantedRule; requests: readonly AccessRequest[] }[] {
  if (grant.subjects.length === 0 || (clusterScoped && grant.namespace !== undefined)) return [];
  const asked =
    grant.namespace === undefined ? requests : requests.filter(({ resource }) => !isClusterScoped(resource));
  const open = asked.filter((request) => !(grant.published ?? []).some((rule) => allows(rule, request)));
  const hits = [];
  for (const rule of grant.role.rules) {
    if (!named && rule.rule.resourceNames.length > 0) continue;
    const found = open.filter((request) => allows(rule.rule, request));
    if (found.length > 0) hits.push({ rule, requests: found });
  }
  return hits;
}

function isClusterScoped(resource: string): boolean {
  return ["clusterroles", "users", "groups", "userextras", "uids"].includes(resource);
}
