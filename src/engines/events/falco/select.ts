/** Which of the rules that were loaded are wanted: by name, tag and priority, as Falco's `-D`, `-T`, `-t` and `priority` have it. */
import { usageProblem } from "../../../core/problem.ts";
import { type Priority, priorities } from "../model.ts";
import type { CollectedRule } from "./model.ts";

export interface RuleSelection {
  /** Rules with this in their name are off. */
  readonly disabled?: readonly string[];
  /** Rules with one of these tags are off. */
  readonly disabledTags?: readonly string[];
  /** Only rules with one of these tags are on, those too that their file switches off. */
  readonly tags?: readonly string[];
  /** Rules of a lesser priority are off. */
  readonly priority?: Priority;
}

/**
 * @returns the rules, those that are not wanted with `enabled` false
 * @throws Problem of kind `usage` where some are switched on by tag and others off
 */
export function selectRules(rules: readonly CollectedRule[], selection: RuleSelection): CollectedRule[] {
  const { disabled = [], disabledTags = [], tags = [], priority } = selection;
  if (tags.length > 0 && disabled.length + disabledTags.length > 0)
    throw usageProblem("rules", "You can not specify both disabled (-D/-T) and enabled (-t) rules");
  const least = priority === undefined ? priorities.length : priorities.indexOf(priority);
  const has = (rule: CollectedRule, of: readonly string[]) => rule.tags.some((tag) => of.includes(tag));
  return rules.map((rule) => {
    const wanted = tags.length > 0 ? has(rule, tags) : rule.enabled;
    const off = has(rule, disabledTags) || disabled.some((part) => rule.name.includes(part));
    const enabled = wanted && !off && priorities.indexOf(rule.priority) <= least;
    return enabled === rule.enabled ? rule : { ...rule, enabled };
  });
}
