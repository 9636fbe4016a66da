import { defaultPolicy, type Policy } from "../../core/policy.ts";
import { type PolicySource, readTreePolicy, readTrustedPolicy } from "./source.ts";

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
  if (flag === undefined) return tree === undefined ? defaultPolicy : ofTree(tree);
  return ofTrusted(await readTrustedPolicy(flag, root), tree);
}

// The schema library costs a tenth of a second of start-up: it is loaded once there is a file to read.

async function ofTree(tree: PolicySource): Promise<Policy> {
  const { policyOf, readPolicy } = await import("./read.ts");
  return policyOf(readPolicy(tree.text, tree.name), tree.name, { kind: "tree", path: tree.name });
}

async function ofTrusted(trusted: PolicySource, tree: PolicySource | undefined): Promise<Policy> {
  const { policyOf, readPolicy } = await import("./read.ts");
  const origin = { kind: "trusted", name: trusted.name } as const;
  const policy = policyOf(readPolicy(trusted.text, trusted.name), trusted.name, { ...origin, loosened: [] });
  if (tree === undefined) return policy;
  const { tighten } = await import("./tighten.ts");
  const parsed = readPolicy(tree.text, tree.name);
  const { exceptions } = policyOf(parsed, tree.name, { kind: "tree", path: tree.name });
  const tightened = tighten(policy, { path: tree.name, file: parsed.file, exceptions, at: parsed.document.at });
  return { ...tightened.policy, origin: { ...origin, loosened: tightened.loosened } };
}
