import { defaultPolicy, type Policy, type PolicyChain } from "../../core/policy.ts";
import type { ExtendedPolicy } from "./extend.ts";
import { placeName, placeNamed } from "./place.ts";
import { type PolicySource, readPolicyAt, readTreePolicy } from "./source.ts";

/**
 * The policy that holds for a run.
 *
 * With `flag` (`--policy`) it is that file's, origin `trusted`, and the tree's own `bulkhead.yaml` may only tighten it;
 * what that tried to loosen is in the origin. Without, it is the tree's own (origin `tree`), else the default.
 *
 * @param root - the folder under review
 * @throws Problem (usage) where a policy file cannot be read or is wrong, with its line and column
 */
export async function loadPolicy({ flag, root }: { flag?: string | undefined; root: string }): Promise<Policy> {
  const tree = await readTreePolicy(root);
  if (flag === undefined) return tree === undefined ? defaultPolicy : ofTree(tree, root);
  return ofTrusted(await readPolicyAt(placeNamed(flag), root), tree, root);
}

// The schema library costs a tenth of a second of start-up: it is loaded once there is a file to read.

async function ofTree(tree: PolicySource, root: string): Promise<Policy> {
  const { policyOf } = await import("./stated.ts");
  const stated = await extended(tree, root);
  return policyOf(stated, { kind: "tree", path: placeName(tree.place), ...chainOf(stated) });
}

async function ofTrusted(trusted: PolicySource, tree: PolicySource | undefined, root: string): Promise<Policy> {
  const { policyOf } = await import("./stated.ts");
  const stated = await extended(trusted, root);
  const origin = { kind: "trusted", name: placeName(trusted.place), loosened: [], ...chainOf(stated) } as const;
  const policy = policyOf(stated, origin);
  if (tree === undefined) return policy;
  const { tighten } = await import("./tighten.ts");
  const own = await extended(tree, root);
  const tightened = tighten(policy, own);
  const loosened = [...stated.loosened, ...own.loosened, ...tightened.loosened];
  return { ...tightened.policy, origin: { ...origin, loosened } };
}

async function extended(source: PolicySource, root: string): Promise<ExtendedPolicy> {
  return await (await import("./extend.ts")).readExtended(source, root);
}

function chainOf({ extended, loosened }: PolicyChain): Partial<PolicyChain> {
  return { ...(extended.length === 0 ? {} : { extended }), ...(loosened.length === 0 ? {} : { loosened }) };
}
