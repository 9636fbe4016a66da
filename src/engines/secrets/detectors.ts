/** The rules and the hand-written detectors behind one automaton. */
import { ALLOW_KEYWORDS } from "./allow.ts";
import { ASSIGNMENT_AFTER, ASSIGNMENT_BEFORE, ASSIGNMENT_KEYWORDS } from "./assignment/assignment.ts";
import { type Automaton, createAutomaton } from "./automaton.ts";
import { encodedKeywords, LONGEST_ENCODED } from "./encoded.ts";
import { ESCAPE_KEYWORDS } from "./escapes.ts";
import type { SecretRule } from "./rule.ts";
import { type PreparedRule, prepareRule } from "./window.ts";

type Other = "allow" | "assignment" | "encoded" | "escape";

export interface Detectors {
  readonly automaton: Automaton;
  readonly rules: readonly PreparedRule[];
  /** Keyword's number → numbers of the rules to try. */
  readonly rulesOf: readonly Int32Array[];
  /** The same for what is no text: there a rule counts that is sure of itself, or may have its finding confirmed. */
  readonly rulesInBinaries: readonly Int32Array[];
  /** Keyword's number → what else it may begin. */
  readonly otherOf: readonly (Other | undefined)[];
  /** Keyword's number → its text. */
  readonly keywords: readonly string[];
  /** Bytes that must be there behind a place before keywords that end there are looked at. */
  readonly ahead: number;
  /** Bytes before such a place that may still be asked for. */
  readonly behind: number;
}

/** @param assignments - whether to look for assignments of random values (assignment.ts) */
export function createDetectors(given: readonly SecretRule[], assignments: boolean): Detectors {
  const rules = given.map(prepareRule);
  const keywords = new Map<string, number[]>();
  for (const [number, { rule }] of rules.entries()) {
    for (const keyword of new Set(rule.keywords.map((each) => each.toLowerCase()))) {
      const others = keywords.get(keyword);
      if (others === undefined) keywords.set(keyword, [number]);
      else others.push(number);
    }
  }
  const other = new Map<string, Other>();
  for (const keyword of encodedKeywords(given)) other.set(keyword, "encoded");
  for (const keyword of ALLOW_KEYWORDS) other.set(keyword, "allow");
  for (const keyword of ESCAPE_KEYWORDS) other.set(keyword, "escape");
  if (assignments) for (const keyword of ASSIGNMENT_KEYWORDS) other.set(keyword, "assignment");
  const all = [...new Set([...keywords.keys(), ...other.keys()])];
  const automaton = createAutomaton(all);
  const rulesOf = all.map((keyword) => Int32Array.from(keywords.get(keyword) ?? []));
  const countsInBinaries = (number: number): boolean => {
    const rule = given[number];
    return rule?.confidence === "high" || rule?.validate !== undefined;
  };
  const most = (key: "before" | "after") => rules.reduce((length, rule) => Math.max(length, rule[key]), 0);
  return {
    automaton,
    rules,
    rulesOf,
    rulesInBinaries: rulesOf.map((numbers) => numbers.filter(countsInBinaries)),
    otherOf: all.map((keyword) => other.get(keyword)),
    keywords: all,
    ahead: Math.max(most("after"), ASSIGNMENT_AFTER, LONGEST_ENCODED) + 1,
    behind: Math.max(most("before"), ASSIGNMENT_BEFORE) + automaton.lookBehind + 1,
  };
}
