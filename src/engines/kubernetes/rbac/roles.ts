/** What a role holds: all that is stated under its name, and what Kubernetes publishes under it. */
import type { ResolvedRole } from "../access-model.ts";
import { effectiveNamespace } from "../object.ts";
import type { LabelSelector, Role } from "../rbac-model.ts";
import { type AggregationSources, aggregated, type Budget, ownRules, publishedRules, unlike } from "./aggregation.ts";
import { type PublishedRole, publishedClusterRoles } from "./published.ts";
import { publishedRole } from "./published-bindings.ts";

/** In files several may have one name, and which of them a cluster gets nobody can tell. */
export interface StatedRoles {
  readonly clusterRoles: ReadonlyMap<string, readonly Role[]>;
  /** By `namespace/name`. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
}

export function statedRoles(all: readonly Role[]): StatedRoles {
  return {
    clusterRoles: Map.groupBy(
      all.filter(({ object }) => object.kind === "ClusterRole"),
      ({ object }) => object.name,
    ),
    roles: Map.groupBy(
      all.filter(({ object }) => object.kind !== "ClusterRole"),
      ({ object }) => `${effectiveNamespace(object)}/${object.name}`,
    ),
  };
}

/** Without a namespace a ClusterRole's. */
export type RoleNamed = (namespace: string | undefined, name: string) => ResolvedRole;

/** @param live - a cluster was read: what it states of a role is all that the role holds */
export function roleResolver(
  { clusterRoles, roles }: StatedRoles,
  { live, budget }: { readonly live: boolean; readonly budget: Budget },
): RoleNamed {
  const labelled = [...clusterRoles.values()].flat().filter(({ object }) => Object.keys(object.labels).length > 0);
  const sources: AggregationSources = { clusterRoles, labelled, withPublished: !live, budget };
  const resolved = new Map<string, ResolvedRole>();

  function resolve(
    name: string,
    called: string,
    stated: readonly Role[],
    known: PublishedRole | undefined,
  ): ResolvedRole {
    const isHeld = live && stated.length > 0;
    const selectors = stated.flatMap(({ aggregationRule }) => aggregationRule?.clusterRoleSelectors ?? []);
    const own = stated.flatMap((role) => ownRules(role, name));
    // The API server puts back, when it starts, what its own roles lack, and leaves what they have beyond that.
    const theirs = isHeld || known === undefined ? [] : publishedRules(known.rules, name);
    const collected = [
      ...aggregated(called, selectors, sources),
      ...(known?.aggregates === undefined || isHeld
        ? []
        : aggregated(called, [havingLabel(known.aggregates)], { ...sources, withPublished: false })),
    ];
    const rules = [...collected, ...own, ...theirs];
    return {
      name,
      objects: stated.map(({ object }) => object),
      origin: originOf(stated, isHeld ? undefined : known),
      rules: selectors.length > 0 || stated.length > 1 || collected.length > 0 ? unlike(rules) : rules,
      ...(known === undefined ? {} : { published: known.rules }),
    };
  }

  return (namespace, called) => {
    const key = `${namespace ?? ""}/${called}`;
    const before = resolved.get(key);
    if (before !== undefined) return before;
    const role =
      namespace === undefined
        ? resolve(`ClusterRole ${called}`, called, clusterRoles.get(called) ?? [], publishedClusterRoles.get(called))
        : resolve(`Role ${key}`, called, roles.get(key) ?? [], publishedRole(key));
    resolved.set(key, role);
    return role;
  };
}

function originOf(stated: readonly Role[], known: PublishedRole | undefined): ResolvedRole["origin"] {
  if (known !== undefined && !known.whole) return "missing";
  if (stated.length > 0) return "read";
  return known === undefined ? "missing" : "published";
}

function havingLabel(key: string): LabelSelector {
  return { matchLabels: { [key]: "true" }, matchExpressions: [] };
}
