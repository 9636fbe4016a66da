/** What the object of the request holds: bindings, roles, config maps, services. Pods have a file of their own. */
import { isObject, valueAt } from "../../../../core/untyped.ts";
import { type AuditField, indexed, keyed, one, several } from "./define.ts";
import { chosen, membersOf, valuesAt } from "./walk.ts";

type Json = Parameters<Parameters<typeof several>[2]>[0];

function subjects(json: Json): readonly unknown[] | undefined {
  return chosen(valueAt(json, ["requestObject", "subjects"]), undefined);
}

function subjectsNamed(name: string, kind: string, description: string, withNamespace = false): AuditField {
  return several(`ka.req.binding.subjects.${name}`, description, (json) =>
    subjects(json)?.flatMap((subject) => {
      if (!isObject(subject) || subject.kind !== kind || typeof subject.name !== "string") return [];
      if (!withNamespace) return [subject.name];
      return typeof subject.namespace === "string" ? [`${subject.namespace}:${subject.name}`] : [];
    }),
  );
}

function rules(name: string, description: string): AuditField {
  return indexed(`ka.req.role.rules.${name}`, description, (json, index) =>
    membersOf(valuesAt(json, ["requestObject", "rules", name], index)),
  );
}

export const objectFields: readonly AuditField[] = [
  several("ka.req.binding.subjects", "Subjects that a binding names, as JSON", subjects),
  subjectsNamed("user_names", "User", "Users that a binding names"),
  subjectsNamed("serviceaccount_names", "ServiceAccount", "Service accounts that a binding names"),
  subjectsNamed(
    "serviceaccount_ns_names",
    "ServiceAccount",
    "Service accounts that a binding names, with their namespace: `shop:api`",
    true,
  ),
  subjectsNamed("group_names", "Group", "Groups that a binding names"),
  one("ka.req.binding.role", "Role that a binding gives", (json) =>
    valueAt(json, ["requestObject", "roleRef", "name"]),
  ),
  keyed("ka.req.binding.subject.has_name", "Always `true`: kept for old rules", () => () => "true", {
    deprecated: "ka.req.binding.subjects.user_names",
  }),
  one("ka.req.configmap.name", "Name of the object, for requests about config maps", (json) =>
    valueAt(json, ["objectRef", "name"]),
  ),
  one("ka.req.configmap.obj", "Data of the config map, as JSON", (json) => valueAt(json, ["requestObject", "data"])),
  several("ka.req.role.rules", "Rules of a role or cluster role, as JSON", (json) =>
    chosen(valueAt(json, ["requestObject", "rules"]), undefined),
  ),
  rules("apiGroups", "API groups of a role's rules"),
  rules("nonResourceURLs", "Paths of a role's rules that are no resources"),
  rules("verbs", "Verbs of a role's rules"),
  rules("resources", "Resources of a role's rules"),
  one("ka.req.service.type", "Type of a service: ClusterIP, NodePort, LoadBalancer, ExternalName", (json) =>
    valueAt(json, ["requestObject", "spec", "type"]),
  ),
  indexed("ka.req.service.ports", "Ports of a service, all of them in one JSON list", (json, index) =>
    valuesAt(json, ["requestObject", "spec", "ports"], index),
  ),
];
