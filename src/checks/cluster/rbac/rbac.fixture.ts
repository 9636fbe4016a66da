/** For tests of access: bindings and roles as manifests, in few words. */

interface RuleWords {
  readonly verbs: readonly string[];
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly names?: readonly string[];
  readonly urls?: readonly string[];
}

/** `get list|secrets`, `*|apps|deployments/scale`: verbs, group where there is one, resources. */
export function ruleWords(text: string, names: readonly string[] = []): RuleWords {
  const parts = text.split("|");
  const [verbs = "", group = "", resources = ""] = parts.length === 2 ? [parts[0], "", parts[1]] : parts;
  return { verbs: verbs.split(" "), groups: [group], resources: resources.split(" "), names };
}

const ruleOf = ({ verbs, groups = [], resources = [], names = [], urls = [] }: RuleWords): object => ({
  verbs,
  ...(urls.length > 0 ? { nonResourceURLs: urls } : { apiGroups: groups, resources }),
  ...(names.length > 0 ? { resourceNames: names } : {}),
});

export function role(name: string, rules: readonly RuleWords[], more: object = {}): object {
  const [namespace, own] = name.includes("/") ? name.split("/") : [undefined, name];
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: namespace === undefined ? "ClusterRole" : "Role",
    metadata: { name: own, ...(namespace === undefined ? {} : { namespace }), ...("labels" in more ? more : {}) },
    ...("aggregationRule" in more ? more : {}),
    rules: rules.map(ruleOf),
  };
}

/** Subjects: `shop/web` a service account, `User ada`, `Group ops`. A name with a slash is a RoleBinding's. */
export function binding(name: string, roleName: string, subjects: readonly string[], labels: object = {}): object {
  const [namespace, own] = name.includes("/") ? name.split("/") : [undefined, name];
  const [roleKind, called] = roleName.startsWith("Role ") ? ["Role", roleName.slice(5)] : ["ClusterRole", roleName];
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name: own, ...(namespace === undefined ? {} : { namespace }), labels },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: roleKind, name: called },
    subjects: subjects.map((subject) => {
      const [kind, named] = subject.split(" ");
      if (named !== undefined) return { kind, name: named, apiGroup: "rbac.authorization.k8s.io" };
      const [inNamespace, account] = subject.split("/");
      return { kind: "ServiceAccount", namespace: inNamespace, name: account };
    }),
  };
}

export function account(called: string): object {
  const [namespace, name] = called.split("/");
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } };
}

/** One file of all of them; JSON is YAML too. */
export function manifestOf(...objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}
