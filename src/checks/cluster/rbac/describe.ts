/** Subjects, roles and the way from one to the other, in words. */
import { someOf } from "../../../core/counted.ts";
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type Grant,
  type GrantedRule,
  isCovered,
  type KubernetesObject,
  type PolicyRule,
  type Subject,
} from "../../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../../findings/one-line.ts";

const SHOWN = 3;

/** `ServiceAccount monitoring/prometheus`, `Group ops and 2 more`. */
export function nameSubjects(subjects: readonly Subject[]): string {
  return someOf(subjects, SHOWN, nameSubject);
}

export function nameSubject({ kind, namespace, name }: Subject): string {
  return `${kind} ${kind === "ServiceAccount" && namespace !== undefined ? `${namespace}/` : ""}${name}`;
}

export function whereIt({ namespace }: Grant): string {
  return namespace === undefined ? "cluster-wide" : `in namespace ${namespace}`;
}

/** `ClusterRoleBinding a → ClusterRole view → ClusterRole more rules[2]`. */
export function pathOf({ binding, role, implied }: Grant, rules: readonly GrantedRule[]): string {
  const shown = rules.slice(0, SHOWN).map(({ role: stating, path, through, object }) => {
    const place = object === undefined ? "as Kubernetes publishes it" : formatFieldPath(path);
    return through === undefined ? place : `${stating} ${place}`;
  });
  const more = rules.length > SHOWN ? ` and ${rules.length - SHOWN} more` : "";
  const binds = describeObject(binding.object) + (implied === true ? " of every cluster" : "");
  return clip([binds, role.name, [...new Set(shown)].join(", ") + more].join(" → "), SENTENCE);
}

/** The places of the rules that were read. */
export function placesOf(rules: readonly GrantedRule[]): { object: KubernetesObject; path: FieldPath }[] {
  return rules.slice(0, SHOWN).flatMap(({ object, path }) => (object === undefined ? [] : [{ object, path }]));
}

/** Whether the role is one of those that Kubernetes has for people of a namespace, and gives these rules to it itself. */
export function isUserFacing({ role }: Grant, rules: readonly GrantedRule[]): boolean {
  return (
    ["ClusterRole admin", "ClusterRole edit", "ClusterRole view"].includes(role.name) &&
    rules.every(({ rule }) => isCovered(rule, role.published ?? []))
  );
}

/** `get,list secrets,pods.apps named a`; `get /metrics`: the same whatever the order of its words. */
export function describeRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const words = (all: readonly string[]): string => [...new Set(all)].sort().join(",");
  const groups = words(apiGroups);
  return [
    words(verbs),
    words(resources) + (groups === "" ? "" : ` of ${groups}`),
    words(nonResourceURLs),
    resourceNames.length === 0 ? "" : `named ${words(resourceNames)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** Each in the words of `describeRule`, the same whatever their order. */
export function describeRules(rules: readonly GrantedRule[]): string {
  return rules
    .map(({ rule }) => describeRule(rule))
    .sort()
    .join("; ");
}

/**
 * A grant in a finding's subject: whoever changes the binding's role or those whom it is for makes another finding of it.
 * Their order says nothing.
 */
export function subjectOf(grant: Grant, ...more: readonly string[]): string {
  const { binding, role, subjects } = grant;
  const named = [...new Set(subjects.map(nameSubject))].sort().join(", ");
  return [`${describeObject(binding.object)} to ${role.name} for ${named}`, ...more].join(": ");
}
