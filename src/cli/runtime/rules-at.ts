/** What every command about rules reads: a policy, and the rules that are named or that it names. */
import { loadPolicy } from "../../collect/policy/load.ts";
import type { Policy } from "../../core/policy.ts";
import { type NamedRules, namedRules } from "../../scan/runtime-rules.ts";

export interface RulesOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly format: string;
}

/** @throws Problem where the policy or a rule file cannot be read */
export async function rulesAt(
  places: readonly string[],
  options: RulesOptions,
): Promise<NamedRules & { readonly policy: Policy; readonly root: string }> {
  const root = process.cwd();
  const policy = await loadPolicy({ flag: options.policy, root, environment: options.environment });
  return { ...(await namedRules(places, policy, root)), policy, root };
}
