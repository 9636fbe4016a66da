/** Roles, bindings and requests that are made up: one case. */
import type { Random } from "../random.ts";

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface WorldSubject {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}

export interface WorldRole {
  readonly name: string;
  /** Of a Role. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

export interface WorldBinding {
  /** Of a RoleBinding. */
  readonly namespace?: string;
  readonly role: { readonly kind: "Role" | "ClusterRole"; readonly name: string };
  readonly subjects: readonly WorldSubject[];
}

export interface WorldRequest {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  /** Of no resource. */
  readonly url?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Empty: of the whole cluster. */
  readonly namespace?: string;
}

export interface World {
  readonly roles: readonly WorldRole[];
  readonly bindings: readonly WorldBinding[];
  readonly requests: readonly WorldRequest[];
}

const NAMESPACES = ["default", "kube-system"] as const;
const ROLES = ["r1", "r2", "r3"] as const;
const VERBS = ["get", "list", "create", "patch", "deletecollection", "impersonate", "escalate", "*"] as const;
const GROUPS = ["", "apps", "authentication.k8s.io", "*"] as const;
const RESOURCES = [
  "pods",
  "pods/exec",
  "deployments",
  "deployments/scale",
  "nodes/proxy",
  "userextras/scopes",
] as const;
const PATTERNS = [...RESOURCES, "*", "*/scale", "*/exec", "pods/*", "*/*", "userextras/*", "userextras", "*/"] as const;
const NAMES = ["one", "two", "*"] as const;
const URLS = ["/healthz", "/healthz/ping", "/logs/a", "/logs", "/", "/debug/pprof/heap", "/a*b", "/healthz*"] as const;
const URL_PATTERNS = [...URLS, "*", "/*", "/healthz/*", "/healthz**", "/logs/*", "/de*", "/*/a", "**"] as const;
const USERS = [
  "ada",
  "bob",
  "system:serviceaccount:default:web",
  "system:serviceaccount:kube-system:web",
  "system:anonymous",
] as const;
const CUSTOM = ["ops", "dev"] as const;
const EVERYONE = [
  "system:authenticated",
  "system:unauthenticated",
  "system:serviceaccounts",
  "system:serviceaccounts:default",
  "system:serviceaccounts:kube-system",
] as const;

function some<Value>(random: Random, from: readonly Value[], most = 3): Value[] {
  return Array.from({ length: 1 + random.below(most) }, () => random.pick(from));
}

function ruleOf(random: Random, urls: boolean): Rule {
  const verbs = some(random, VERBS);
  if (urls) return { verbs, nonResourceURLs: some(random, URL_PATTERNS) };
  return {
    verbs,
    apiGroups: some(random, GROUPS, 2),
    resources: some(random, PATTERNS),
    ...(random.once(3) ? { resourceNames: some(random, NAMES, 2) } : {}),
  };
}

function subjectOf(random: Random): WorldSubject {
  switch (random.below(4)) {
    case 0:
      return { kind: "ServiceAccount", name: random.pick(["web", "api"]), namespace: random.pick(NAMESPACES) };
    case 1:
      return { kind: "Group", name: random.pick([...CUSTOM, ...EVERYONE]) };
    default:
      return { kind: "User", name: random.pick(USERS) };
  }
}

function requestOf(random: Random): WorldRequest {
  const who = { user: random.pick(USERS), groups: random.once(2) ? [random.pick(CUSTOM)] : [] };
  if (random.once(4)) return { ...who, verb: random.pick(["get", "create", "list"]), url: random.pick(URLS) };
  const [resource = "", subresource = ""] = random.pick(RESOURCES).split("/");
  return {
    ...who,
    verb: random.pick(VERBS.slice(0, -1)),
    group: random.pick(GROUPS.slice(0, -1)),
    resource,
    subresource,
    name: random.pick(["", "one", "two"]),
    namespace: random.pick(["", ...NAMESPACES]),
  };
}

export function worldOf(random: Random): World {
  const roles = ROLES.flatMap((name): WorldRole[] => {
    const namespaced = random.once(3);
    const rules = Array.from({ length: 1 + random.below(3) }, () => ruleOf(random, !namespaced && random.once(4)));
    return random.once(8) ? [] : [{ name, ...(namespaced ? { namespace: random.pick(NAMESPACES) } : {}), rules }];
  });
  const bindings = Array.from({ length: 1 + random.below(4) }, (): WorldBinding => {
    const namespaced = random.once(2);
    const kind = namespaced && random.once(2) ? "Role" : "ClusterRole";
    const name = kind === "ClusterRole" && random.once(10) ? "cluster-admin" : random.pick(ROLES);
    return {
      ...(namespaced ? { namespace: random.pick(NAMESPACES) } : {}),
      role: { kind, name },
      subjects: some(
        random,
        Array.from({ length: 3 }, () => subjectOf(random)),
      ),
    };
  });
  const requests = Array.from({ length: 8 }, (_, index) =>
    index % 2 === 0 ? requestOf(random) : likely(random, roles, random.pick(bindings)),
  );
  return { roles, bindings, requests };
}

/** What the binding may well give: by somebody it is for, of what a rule of its role names. */
function likely(
  random: Random,
  roles: readonly WorldRole[],
  { role, subjects, namespace }: WorldBinding,
): WorldRequest {
  const any = requestOf(random);
  const subject = random.pick(subjects);
  const known = roles.find(({ name }) => name === role.name);
  const rule = known === undefined ? undefined : random.pick(known.rules);
  const who = {
    user: subject.kind === "User" ? subject.name : (userOf(subject) ?? any.user),
    groups: subject.kind === "Group" && subject.name.indexOf(":") < 0 ? [subject.name] : any.groups,
  };
  if (rule === undefined) return { ...any, ...who };
  const said = random.pick(rule.verbs);
  const verb = said === "*" ? any.verb : said;
  if (rule.nonResourceURLs !== undefined) return { ...who, verb, url: any.url ?? random.pick(URLS) };
  const group = random.pick(rule.apiGroups ?? [""]);
  const [resource = "", subresource = ""] = random.pick(rule.resources ?? ["pods"]).split("/");
  return {
    ...who,
    verb,
    group: group === "*" ? "apps" : group,
    resource: resource === "*" ? random.pick(["pods", "deployments"]) : resource,
    subresource,
    name: random.pick(["", "one"]),
    namespace: namespace ?? any.namespace ?? "",
  };
}

function userOf({ kind, name, namespace }: WorldSubject): string | undefined {
  return kind === "ServiceAccount" ? `system:serviceaccount:${namespace}:${name}` : undefined;
}

/** The groups that whoever authenticates a user adds. */
export function everyGroup({ user, groups }: WorldRequest): readonly string[] {
  if (user === "system:anonymous") return [...groups, "system:unauthenticated"];
  const [, , namespace] = user.startsWith("system:serviceaccount:") ? user.split(":") : [];
  const ofAccounts = namespace === undefined ? [] : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return [...groups, ...ofAccounts, "system:authenticated"];
}
