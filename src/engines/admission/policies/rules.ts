/** Which requests a policy or a binding is about (`MatchResources`; the API server's policy/matching and predicates). */

import { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import type { AdmissionRequest, GroupVersionResource } from "../model.ts";
import type { PolicyContext } from "./model.ts";
import type { Refuse } from "./refuse.ts";
import { readSelector, type Selector } from "./selector.ts";

export interface Matching {
  readonly namespaces: Selector;
  readonly objects: Selector;
  /** None: all requests. */
  readonly rules: readonly Rule[];
  readonly excluded: readonly Rule[];
  /** `matchPolicy: Equivalent`. */
  readonly isEquivalent: boolean;
}

interface Rule {
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  /** None: of any name. */
  readonly names: readonly string[];
  readonly scope: string;
}

/** Whether a request is matched; else why that cannot be known, or why the API server could not say. */
export type Match = boolean | { readonly outcome: "unknown" | "error"; readonly reason: string };

export function readMatching(value: unknown, path: FieldPath, refuse: Refuse): Matching {
  const fields: Untyped = isObject(value) ? value : {};
  if (value !== undefined && value !== null && !isObject(value)) refuse(path, "must be an object");
  const { matchPolicy = "Equivalent" } = fields;
  if (matchPolicy !== "Equivalent" && matchPolicy !== "Exact")
    refuse([...path, "matchPolicy"], "must be Exact or Equivalent");
  return {
    namespaces: readSelector(fields.namespaceSelector, [...path, "namespaceSelector"], refuse),
    objects: readSelector(fields.objectSelector, [...path, "objectSelector"], refuse),
    rules: readRules(fields.resourceRules, [...path, "resourceRules"], refuse),
    excluded: readRules(fields.excludeResourceRules, [...path, "excludeResourceRules"], refuse),
    isEquivalent: matchPolicy !== "Exact",
  };
}

function readRules(value: unknown, path: FieldPath, refuse: Refuse): Rule[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    refuse(path, "must be a list");
    return [];
  }
  return value.map((each: unknown, index) => {
    const fields: Untyped = isObject(each) ? each : {};
    const texts = (name: string, isNeeded: boolean): readonly string[] => {
      const list = fields[name] ?? [];
      const isList = Array.isArray(list) && list.every((one) => typeof one === "string");
      if (!isList || (isNeeded && list.length === 0)) refuse([...path, index, name], "must be a list of texts");
      return isList ? list : [];
    };
    const { scope = "*" } = fields;
    if (scope !== "*" && scope !== "Cluster" && scope !== "Namespaced")
      refuse([...path, index, "scope"], "must be Cluster, Namespaced or *");
    return {
      groups: texts("apiGroups", true),
      versions: texts("apiVersions", true),
      operations: texts("operations", true),
      resources: texts("resources", true),
      names: texts("resourceNames", false),
      scope: String(scope),
    };
  });
}

export function matchesRequest(matching: Matching, request: AdmissionRequest, { namespace }: PolicyContext): Match {
  const inNamespace = namespaceMatches(matching.namespaces, request, namespace);
  if (inNamespace === false) return false;
  if (!objectMatches(matching.objects, request)) return false;
  const excluded = anyRule(matching.excluded, matching, request);
  if (excluded === true) return false;
  const matched = matching.rules.length === 0 ? true : anyRule(matching.rules, matching, request);
  if (matched === false) return false;
  for (const open of [excluded, matched, inNamespace]) if (typeof open === "object") return open;
  return true;
}

const isNamespaces = ({ group, resource }: GroupVersionResource) => group === "" && resource === "namespaces";

function namespaceMatches(selector: Selector, request: AdmissionRequest, namespace: PolicyContext["namespace"]): Match {
  const isAboutOne = request.resource.resource === "namespaces";
  if ((request.namespace ?? "") === "" && !isAboutOne) return true;
  if (selector.isEmpty) return true;
  // A namespace that is being made or changed is picked by what it will be.
  if (isAboutOne && request.subResource === undefined && /^(?:CREATE|UPDATE)$/.test(request.operation))
    return selector.matches(labelsOf(request.object));
  if (namespace instanceof Problem)
    return { outcome: "unknown", reason: `labels of namespace ${request.namespace} are not known` };
  if (namespace === undefined) return { outcome: "error", reason: `namespace ${request.namespace} not found` };
  return selector.matches(namespace.labels);
}

function objectMatches(selector: Selector, { object, oldObject }: AdmissionRequest): boolean {
  if (selector.isEmpty) return true;
  return [object, oldObject].some((each) => each !== undefined && selector.matches(labelsOf(each)));
}

function labelsOf(object: Untyped | undefined): Untyped {
  const metadata = object?.metadata;
  const labels = isObject(metadata) ? metadata.labels : undefined;
  return isObject(labels) ? labels : {};
}

function anyRule(rules: readonly Rule[], { isEquivalent }: Matching, request: AdmissionRequest): Match {
  if (rules.some((rule) => ruleMatches(rule, request, request.resource))) return true;
  if (!isEquivalent) return false;
  for (const rule of rules) {
    const other = equivalentOf(rule, request);
    if (other === undefined) continue;
    return {
      outcome: "unknown",
      reason: `it is about ${other.group === "" ? "" : `${other.group}/`}${other.version} of ${other.resource}, to which the API server converts the object`,
    };
  }
  return false;
}

function ruleMatches(rule: Rule, request: AdmissionRequest, resource: GroupVersionResource): boolean {
  const has = (list: readonly string[], text: string) => list.includes("*") || list.includes(text);
  return (
    scopeMatches(rule.scope, request, resource) &&
    has(rule.operations, request.operation) &&
    has(rule.groups, resource.group) &&
    has(rule.versions, resource.version) &&
    rule.resources.some((each) => resourceMatches(each, resource.resource, request.subResource ?? "")) &&
    (rule.names.length === 0 || rule.names.includes(request.name ?? ""))
  );
}

/** A namespace is of the whole cluster, although its request carries its own name as the namespace. */
function scopeMatches(scope: string, request: AdmissionRequest, resource: GroupVersionResource): boolean {
  if (scope === "*") return true;
  const isOfCluster = (request.namespace ?? "") === "" || isNamespaces(resource);
  return scope === "Cluster" ? isOfCluster : !isOfCluster;
}

function resourceMatches(text: string, resource: string, subResource: string): boolean {
  const slash = text.indexOf("/");
  const [name, sub] = slash < 0 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)];
  return (name === "*" || name === resource) && (sub === "*" || sub === subResource);
}

/** Resources of the API itself that today's servers hold under two names. */
const EQUIVALENTS: Readonly<Record<string, readonly GroupVersionResource[]>> = {
  "/events": [{ group: "events.k8s.io", version: "v1", resource: "events" }],
  "events.k8s.io/events": [{ group: "", version: "v1", resource: "events" }],
  "autoscaling/horizontalpodautoscalers": ["v1", "v2"].map((version) => ({
    ...{ group: "autoscaling", version, resource: "horizontalpodautoscalers" },
  })),
};

/**
 * Another form of the object that the rule is about. Which versions a custom resource has is not known here, so one that a
 * rule names is taken for one of them.
 */
function equivalentOf(rule: Rule, request: AdmissionRequest): GroupVersionResource | undefined {
  const { group, resource, version } = request.resource;
  const isCustom = group.includes(".") && !group.endsWith(".k8s.io");
  const others = isCustom
    ? rule.versions.map((each) => ({ group, version: each, resource }))
    : (EQUIVALENTS[`${group}/${resource}`] ?? []);
  return others.find(
    (other) => (other.version !== version || other.group !== group) && ruleMatches(rule, request, other),
  );
}
