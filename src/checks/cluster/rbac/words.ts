/** Subjects, roles and the way from one to the other, in words. */
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type Grant,
  type GrantedRule,
  type KubernetesObject,
  type Subject,
} from "../../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../../one-line.ts";

const SHOWN = 3;

/** `ServiceAccount monitoring/prometheus`, `Group ops and 2 more`. */
export function nameSubjects(subjects: readonly Subject[]): string {
  const named = subjects.slice(0, SHOWN).map(nameSubject).join(", ");
  return subjects.length <= SHOWN ? named : `${named} and ${subjects.length - SHOWN} more`;
}

export function nameSubject({ kind, namespace, name }: Subject): string {
  return `${kind} ${kind === "ServiceAccount" && namespace !== undefined ? `${namespace}/` : ""}${name}`;
}

export function whereIt({ namespace }: Grant): string {
  return namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`;
}

/** `ClusterRoleBinding a → ClusterRole view → ClusterRole more rules[2]`. */
export function pathOf({ binding, role }: Grant, rules: readonly GrantedRule[]): string {
  const shown = rules.slice(0, SHOWN).map(({ role: stating, path, through, object }) => {
    const place = object === undefined ? "as Kubernetes publishes it" : formatFieldPath(path);
    return through === undefined ? place : `${stating} ${place}`;
  });
  const more = rules.length > SHOWN ? ` and ${rules.length - SHOWN} more` : "";
  return clip([describeObject(binding.object), role.name, [...new Set(shown)].join(", ") + more].join(" → "), SENTENCE);
}

/** The places of the rules that were read. */
export function placesOf(rules: readonly GrantedRule[]): { object: KubernetesObject; path: FieldPath }[] {
  return rules.slice(0, SHOWN).flatMap(({ object, path }) => (object === undefined ? [] : [{ object, path }]));
}

/** Whether the role is one of those that Kubernetes has for people of a namespace. */
export function isUserFacing({ role }: Grant): boolean {
  return ["ClusterRole admin", "ClusterRole edit", "ClusterRole view"].includes(role.name);
}
