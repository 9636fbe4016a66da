import type { Policy, PolicyChain } from "../../core/policy.ts";
import type { StatedAt } from "../../core/setting.ts";
import { refused } from "../named/named-text.ts";
import { defaultPolicy } from "./default.ts";
import type { ExtendedPolicy } from "./extend.ts";
import { placeName, placeNamed } from "./place.ts";
import { type SettingKey, settingsOf } from "./settings.ts";
import { type PolicySource, readPolicyAt, readTreePolicy } from "./source.ts";
import type { StatedPolicy } from "./stated.ts";

export interface PolicyOptions {
  /** `--policy`. */
  readonly flag?: string | undefined;
  /** The folder under review. */
  readonly root: string;
  /** False: what the folder states itself is not asked for, as where there is none under review. Absent: it is. */
  readonly reviewed?: boolean;
  /** `--environment`. */
  readonly environment?: string | undefined;
}

/**
 * The policy that holds for a run.
 *
 * With `flag` it is that file's, origin `trusted`, and the tree's own `bulkhead.yaml` may only tighten it; what that
 * tried to loosen is in the origin. Without, it is the tree's own (origin `tree`), else the default. With `environment`
 * each file's values for it hold before its others.
 *
 * @throws Problem (usage) where a policy file cannot be read or is wrong, with its line and column, or none of them
 * states the environment
 */
export async function loadPolicy(options: PolicyOptions): Promise<Policy> {
  return (await loadPlacedPolicy(options)).policy;
}

/** A policy, and where the keys that files state of it stand; what has a default alone stands nowhere. */
export interface PlacedPolicy {
  readonly policy: Policy;
  readonly places: ReadonlyMap<SettingKey, StatedAt>;
}

/** As {@link loadPolicy}. */
export async function loadPlacedPolicy(options: PolicyOptions): Promise<PlacedPolicy> {
  const { flag, root, environment, reviewed = true } = options;
  const tree = reviewed ? await readTreePolicy(root) : undefined;
  if (flag !== undefined) return ofTrusted(await readPolicyAt(placeNamed(flag), root), tree, root, environment);
  if (tree !== undefined) return ofTree(tree, root, environment);
  checkEnvironment(environment, []);
  return { policy: defaultPolicy, places: new Map() };
}

// What reads a file is loaded once there is one.

async function ofTree(tree: PolicySource, root: string, environment?: string): Promise<PlacedPolicy> {
  const { policyOf } = await import("./stated.ts");
  const stated = await extended(tree, root, environment);
  checkEnvironment(environment, [stated]);
  const origin = { kind: "tree", path: placeName(tree.place), ...chainOf(stated, environment) } as const;
  return { policy: policyOf(stated, origin), places: placesOf(stated) };
}

async function ofTrusted(
  trusted: PolicySource,
  tree: PolicySource | undefined,
  root: string,
  environment?: string,
): Promise<PlacedPolicy> {
  const { policyOf } = await import("./stated.ts");
  const stated = await extended(trusted, root, environment);
  const own = tree === undefined ? undefined : await extended(tree, root, environment);
  checkEnvironment(environment, own === undefined ? [stated] : [stated, own]);
  const chain = chainOf(stated, environment);
  const origin = { kind: "trusted", name: placeName(trusted.place), loosened: [], ...chain } as const;
  const policy = policyOf(stated, origin);
  const places = placesOf(stated);
  if (own === undefined) return { policy, places };
  const { tighten } = await import("./tighten.ts");
  const tightened = tighten(policy, own);
  const loosened = [...stated.loosened, ...own.loosened, ...tightened.loosened];
  const [before, after] = [settingsOf(policy), settingsOf(tightened.policy)];
  for (const [key, place] of placesOf(own)) if (before[key] !== after[key]) places.set(key, place);
  return { policy: { ...tightened.policy, origin: { ...origin, loosened } }, places };
}

function placesOf({ settings }: StatedPolicy): Map<SettingKey, StatedAt> {
  const stated = Object.entries(settings) as [SettingKey, { readonly place: StatedAt }][];
  return new Map(stated.map(([key, { place }]) => [key, place]));
}

async function extended(source: PolicySource, root: string, environment?: string): Promise<ExtendedPolicy> {
  return await (await import("./extend.ts")).readExtended(source, root, environment);
}

/** A name that is spelt wrong would silently be the policy of no environment. */
export function checkEnvironment(
  environment: string | undefined,
  files: readonly Pick<ExtendedPolicy, "environments">[],
): void {
  const stated = [...new Set(files.flatMap(({ environments }) => environments))];
  if (environment === undefined || stated.includes(environment)) return;
  const cause = files.length === 0 ? "no policy file" : "no environment of this name in the policy";
  const remedy = stated.length === 0 ? "define it under environments in bulkhead.yaml" : `one of ${stated.join(", ")}`;
  throw refused("policy.environment", `--environment ${environment}`, cause, remedy);
}

function chainOf(
  { extended, loosened }: Pick<PolicyChain, "extended" | "loosened">,
  environment: string | undefined,
): Partial<PolicyChain> {
  return {
    ...(environment === undefined ? {} : { environment }),
    ...(extended.length === 0 ? {} : { extended }),
    ...(loosened.length === 0 ? {} : { loosened }),
  };
}
