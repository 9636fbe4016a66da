/**
 * Which rules are compiled for one source, and what each match then means. Steps of a sequence are compiled as rules beside the
 * others, so that one pass over an event tells all.
 */
import { bounds } from "../correlate/bounds.ts";
import type { CollectedRule, Condition, Matching } from "../falco/model.ts";
import type { EventSource } from "../model.ts";

/** What a match of the rule of the same index means. */
export type Role =
  | { readonly kind: "plain" }
  /** The last step of a sequence of its own. */
  | { readonly kind: "sequence" }
  /** An earlier step of the sequence of the rule of index `of`. */
  | { readonly kind: "step"; readonly of: number; readonly step: number }
  | { readonly kind: "threshold" };

export interface Plan {
  /** Numbered anew, by `index`. */
  readonly rules: readonly CollectedRule[];
  readonly roles: readonly Role[];
  /** How the detector must match, for `matching` to come out. */
  readonly matching: Matching;
}

export interface PlanOptions {
  readonly source: EventSource;
  readonly matching: Matching;
  /** Names of rules that are off by themselves (`optional`) and are wanted. */
  readonly wanted: ReadonlySet<string>;
  /**
   * Reads the condition of an earlier step, its macros and lists in their places.
   *
   * @throws whatever tells that it cannot be read
   */
  readonly conditionOf: (text: string, rule: CollectedRule) => Condition;
}

const severities = ["low", "medium", "high", "critical"];

/**
 * Where one rule is told of an event, it is the worst. Falco's files have no severities, and their order is what they mean by
 * it: a set in which one rule states none keeps it.
 */
function worstFirst(rules: readonly CollectedRule[]): readonly CollectedRule[] {
  const rank = ({ extension }: CollectedRule) => severities.indexOf(extension?.severity ?? "");
  if (rules.some((rule) => rank(rule) < 0)) return rules;
  return rules.toSorted((left, right) => rank(right) - rank(left));
}

export function planRules(collected: readonly CollectedRule[], options: PlanOptions): Plan {
  const rules: CollectedRule[] = [];
  const roles: Role[] = [];
  const put = (rule: CollectedRule, role: Role): number => {
    roles.push(role);
    return rules.push({ ...rule, index: rules.length }) - 1;
  };
  for (const rule of worstFirst(collected)) {
    const { extension } = rule;
    if (!rule.enabled || rule.source !== options.source) continue;
    if (extension?.optional === true && !options.wanted.has(rule.name)) continue;
    if (extension?.sequence !== undefined) {
      const of = put(rule, { kind: "sequence" });
      for (const [step, { condition }] of extension.sequence.after.slice(0, bounds.steps).entries()) {
        const parsed = options.conditionOf(condition, rule);
        put({ ...rule, condition: parsed, conditionText: condition, output: "" }, { kind: "step", of, step });
      }
    } else put(rule, { kind: extension?.threshold === undefined ? "plain" : "threshold" });
  }
  // A step that holds must not keep another rule from being looked at.
  const isPlain = roles.every(({ kind }) => kind === "plain");
  return { rules, roles, matching: isPlain ? options.matching : "all" };
}
