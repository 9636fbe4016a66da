/** What the policy lets a principal do. */
import { compileGlob } from "../../../core/glob.ts";
import { createRecent } from "../../../core/recent.ts";
import {
  type AccessAction,
  type AccessRule,
  type AccessRules,
  ANYBODY,
  accessActions,
} from "../../../engines/oci/distribution/access-model.ts";
import type { RepositoryAction } from "../../../engines/oci/distribution/model.ts";
import type { Grant, Principal } from "../model.ts";

export interface Access {
  /** Of what is wanted, what the policy allows; a repository of which nothing is allowed is left out. */
  allowed(principal: string, wanted: readonly Grant[]): readonly Grant[];
  mayListCatalog(principal: string): boolean;
  /** Whether there is anything for clients without credentials. */
  readonly servesAnybody: boolean;
  principal(name: string, kind: Principal["kind"]): Principal;
}

/** Principals with repositories, as of one policy: every request asks. */
const REMEMBERED = 10_000;

export function openAccess(rules: AccessRules): Access {
  const access = rules.access.map(compile);
  const exempt = rules.exempt.map((pattern) => compileGlob(pattern));
  const environments = Object.entries(rules.environments).map(([pattern, environment]) => ({
    pattern,
    environment,
    matches: matcher(pattern),
  }));
  const known = createRecent<string, ReadonlySet<AccessAction>>(REMEMBERED);
  const find = (principal: string, repository: string): ReadonlySet<AccessAction> =>
    new Set(access.flatMap(({ isFor, holds, actions }) => (isFor(principal) && holds(repository) ? actions : [])));
  const actionsOf = (principal: string, repository: string): ReadonlySet<AccessAction> => {
    // Neither holds a blank.
    const key = `${principal} ${repository}`;
    const found = known.get(key) ?? find(principal, repository);
    known.set(key, found, 1);
    return found;
  };
  return {
    allowed(principal, wanted) {
      return wanted.flatMap(({ repository, actions }) => {
        const may = actionsOf(principal, repository);
        const granted = actions.filter((action) => may.has(action));
        return granted.length === 0 ? [] : [{ repository, actions: granted }];
      });
    },
    mayListCatalog: (principal) => access.some(({ isFor, actions }) => actions.includes("catalog") && isFor(principal)),
    servesAnybody: rules.access.some(({ who }) => who.includes(ANYBODY)),
    principal(name, kind) {
      const environment =
        environments.find(({ pattern }) => pattern === name) ?? environments.find(({ matches }) => matches(name));
      return {
        name,
        kind,
        isExempt: name !== ANYBODY && exempt.some((matches) => matches(name)),
        ...(environment === undefined ? {} : { environment: environment.environment }),
      };
    },
  };
}

function compile({ who, repositories, actions }: AccessRule) {
  const names = who.map(matcher);
  const places = repositories.map((pattern) => compileGlob(pattern));
  const isEverybodys = who.includes(ANYBODY);
  return {
    isFor: (principal: string) => isEverybodys || names.some((matches) => matches(principal)),
    holds: (repository: string) => places.some((matches) => matches(repository)),
    actions: accessActions.filter((action) => actions.includes(action)),
  };
}

/** No pattern names who says nothing of itself: that takes its own word. */
function matcher(pattern: string): (principal: string) => boolean {
  if (pattern === ANYBODY) return (principal) => principal === ANYBODY;
  const matches = compileGlob(pattern);
  return (principal) => principal !== ANYBODY && matches(principal);
}

/** `pull and push of shop/api`. */
export function shownGrants(grants: readonly Grant[], catalog = false): string {
  const words = (actions: readonly RepositoryAction[]) => actions.join(" and ");
  return [
    ...grants.map(({ repository, actions }) => `${words(actions)} of ${repository}`),
    ...(catalog ? ["the list of all repositories"] : []),
  ].join(", ");
}
