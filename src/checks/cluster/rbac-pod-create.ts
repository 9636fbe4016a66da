import { accountOf, type Grant } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { nameSubjects, pathOf, placesOf, subjectOf, whereIt } from "./rbac/describe.ts";
import { createPods, givesEverything, hitsOf, isFarReaching } from "./rbac/permissions.ts";
import { type Reach, reachByNamespace } from "./rbac/reach.ts";

/** The account of the namespace that reaches furthest and is not all that the binding is for. */
function towards(grant: Grant, reaches: readonly Reach[]): Reach | undefined {
  const own = grant.subjects.map(accountOf);
  return reaches.find(
    ({ account }) => !own.every((each) => each !== undefined && `${each.namespace}/${each.name}` === account),
  );
}

/** Who runs a pod is each service account of its namespace (Kubernetes documentation, RBAC good practices, workload creation). */
export const rbacPodCreate = clusterCheck<"access">({
  name: "rbac-pod-create",
  title: "Privilege escalation through pod creation",
  severity: "high",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks for bindings that let somebody create pods, or change what creates them, in the whole cluster, in kube-system, or in a namespace one of whose service accounts may do more than the namespace: read the Secrets of all, say. The finding shows both ways: to the pod, and from its account onwards.",
    why: "A pod names the service account that it runs as, and nobody asks whether its author may be that account. So anyone who may create pods in a namespace may do what any of its accounts may, and mount each of its Secrets. In the whole cluster that is kube-system's accounts too, among them those of Kubernetes' own controllers.",
    fix: "Run programs with powerful accounts in namespaces of their own, in which nobody else may create pods. Give `create` in the namespaces where it is used.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    const reaches = reachByNamespace(access);
    for (const grant of access.grants) {
      if (grant.role.rules.some(({ rule }) => givesEverything(rule))) continue;
      const rules = hitsOf(grant, createPods).map(({ rule }) => rule);
      if (rules.length === 0) continue;
      const reach = grant.namespace === undefined ? undefined : towards(grant, reaches.get(grant.namespace) ?? []);
      // Kubernetes' own controllers have their accounts in kube-system, which no manifest states.
      if (!isFarReaching(grant) && reach === undefined) continue;
      const onwards =
        reach === undefined ? "" : `, and as ServiceAccount ${reach.account} ${reach.action} ${whereIt(reach.grant)}`;
      yield {
        object: grant.binding.object,
        path: ["roleRef"],
        subject: subjectOf(grant, ...(reach === undefined ? [] : [`as ${reach.account} ${reach.action}`])),
        title: `${nameSubjects(grant.subjects)} can create pods ${whereIt(grant)}${onwards}`,
        fix:
          reach === undefined
            ? grant.namespace === undefined
              ? "bind the role with RoleBindings in the namespaces that use it"
              : "bind the role in a separate namespace of the program"
            : `move workloads of ${reach.account} to a separate namespace`,
        also: [
          ...placesOf(rules),
          ...(reach === undefined
            ? []
            : [{ object: reach.grant.binding.object, path: ["roleRef"] }, ...placesOf(reach.rules)]),
        ],
        evidence: {
          path: pathOf(grant, rules),
          ...(reach === undefined ? {} : { onwards: pathOf(reach.grant, reach.rules) }),
        },
      };
    }
  },
});
