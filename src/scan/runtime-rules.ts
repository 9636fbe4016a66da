/** Rules by the files that are named: loaded against the fields that there are, or refused with every error. */
import { readNamedRules, readPolicyRules } from "../collect/runtime/rule-files.ts";
import type { Policy } from "../core/policy.ts";
import { ruleChecker } from "../engines/events/falco/compile/checker.ts";
import { loadRules } from "../engines/events/falco/load.ts";
import type { LoadedRules, RuleText } from "../engines/events/falco/model.ts";
import { fieldsOf } from "../engines/events/fields/sources.ts";

export interface NamedRules {
  readonly files: readonly RuleText[];
  readonly loaded: LoadedRules;
}

/**
 * @param names - files, directories, `git:REF:PATH` or `bulkhead`; none: those of the policy
 * @throws Problem (usage) where a file cannot be read; what is wrong in one is among the errors
 */
export async function namedRules(names: readonly string[], policy: Policy, root: string): Promise<NamedRules> {
  const files = await ruleTexts(names, policy, root);
  return { files, loaded: checkedRules(files) };
}

/** The files alone: what is in them takes a second to load. @throws Problem as {@link namedRules} */
export async function ruleTexts(names: readonly string[], policy: Policy, root: string): Promise<readonly RuleText[]> {
  return names.length > 0 ? await readNamedRules(names, root) : await readPolicyRules(policy.runtime.rules, root);
}

export function checkedRules(files: readonly RuleText[]): LoadedRules {
  return loadRules(files, {
    checker: ruleChecker({ syscall: fieldsOf("syscall"), k8s_audit: fieldsOf("k8s_audit") }),
  });
}
