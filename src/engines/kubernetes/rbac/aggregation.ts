/** Aggregated ClusterRoles (Kubernetes documentation, "Using RBAC Authorization"; the controller `clusterroleaggregation`). */
import { append } from "../../../core/append.ts";
import type { GrantedRule } from "../access-model.ts";
import type { LabelSelector, Role } from "../rbac-model.ts";
import { publishedClusterRoles, publishedLabels } from "./published.ts";

/** What is left for putting aggregated roles together; below zero where it was not enough. */
export interface Budget {
  steps: number;
}

export interface AggregationSources {
  /** ClusterRoles by name: in files there may be several of one name. */
  readonly clusterRoles: ReadonlyMap<string, readonly Role[]>;
  /** Those that have a label. */
  readonly labelled: readonly Role[];
  /** Whether Kubernetes' own roles are there though nothing states them: in files, not where a cluster was read. */
  readonly withPublished: boolean;
  readonly budget: Budget;
}

/** Of all that the selectors name, and of what those aggregate in turn; no rule twice. */
export function aggregated(
  called: string,
  selectors: readonly LabelSelector[],
  { clusterRoles, labelled, withPublished, budget }: AggregationSources,
): readonly GrantedRule[] {
  const through = `ClusterRole ${called}`;
  const seen = new Set([called]);
  const rules: GrantedRule[] = [];
  // A controller writes over what an aggregated role states itself. Where it has not yet, that holds too.
  const overwritten: GrantedRule[] = [];
  let open = [...selectors];
  while (open.length > 0) {
    const next: LabelSelector[] = [];
    // An empty selector takes in every role, those without labels too.
    const candidates = open.some(isOpen) ? [...clusterRoles.values()].flat() : labelled;
    const found = new Set<string>();
    for (const role of candidates) {
      budget.steps -= 1 + open.length;
      if (budget.steps < 0) return rules;
      const { name, labels } = role.object;
      if (seen.has(name) || !open.some((selector) => selects(selector, labels))) continue;
      found.add(name);
    }
    if (withPublished) {
      budget.steps -= publishedClusterRoles.size;
      for (const name of publishedClusterRoles.keys()) {
        if (!seen.has(name) && open.some((selector) => selects(selector, publishedLabels(name)))) found.add(name);
      }
    }
    for (const name of found) {
      seen.add(name);
      for (const role of clusterRoles.get(name) ?? []) {
        budget.steps -= role.rules.length;
        const into = role.aggregationRule === undefined ? rules : overwritten;
        for (const rule of ownRules(role, `ClusterRole ${name}`)) into.push({ ...rule, through });
        append(next, role.aggregationRule?.clusterRoleSelectors ?? []);
      }
      const known = withPublished ? (publishedClusterRoles.get(name)?.rules ?? []) : [];
      budget.steps -= known.length;
      for (const rule of publishedRules(known, `ClusterRole ${name}`)) rules.push({ ...rule, through });
    }
    open = next;
  }
  return unlike([...rules, ...overwritten]);
}

/** Of the same rule the first. */
export function unlike(rules: readonly GrantedRule[]): readonly GrantedRule[] {
  return rules.length < 2
    ? rules
    : [...new Map(rules.toReversed().map((each) => [JSON.stringify(each.rule), each])).values()].reverse();
}

export function ownRules(role: Role, name: string): GrantedRule[] {
  return role.rules.map((rule, index) => ({ rule, role: name, object: role.object, path: ["rules", index] }));
}

export function publishedRules(rules: readonly GrantedRule["rule"][], role: string): GrantedRule[] {
  return rules.map((rule, index) => ({ rule, role, path: ["rules", index] }));
}

/** Whether it can hold for what has no labels. */
function isOpen({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return (
    Object.keys(matchLabels).length === 0 &&
    matchExpressions.every(({ operator }) => operator === "NotIn" || operator === "DoesNotExist")
  );
}

function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const value = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(matchLabels).every(([key, wanted]) => value(key) === wanted) &&
    matchExpressions.every(({ key, operator, values }) => {
      const has = value(key);
      if (operator === "In") return has !== undefined && values.includes(has);
      if (operator === "NotIn") return has === undefined || !values.includes(has);
      if (operator === "Exists") return has !== undefined;
      return operator === "DoesNotExist" && has === undefined;
    })
  );
}
