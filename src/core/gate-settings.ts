/** What a policy file says of a gate that refuses: forms for its schema, and how they are read and shown. */
import { type Category, type CategoryKey, categories, categoryKeys } from "./category.ts";
import { type Action, actions } from "./enforcement.ts";
import type { GateEnforcement, GateRules } from "./gate-enforcement.ts";
import { actionsByCategory } from "./policy-settings.ts";
import type { Field, Form, PlaceOf, StatedAt, TextForm } from "./setting.ts";

const checkPattern: TextForm = {
  says: "a check id or a pattern over them: workload/privileged, image/*",
  is: (text) => /^[a-z0-9*?/-]+$/.test(text),
};

export const actionForm: Form = { kind: "choice", of: actions };

/** @param unknown - what is said of that field */
export function gateRuleFields(unknown: string): Readonly<Record<string, Field>> {
  return {
    default: { form: actionForm, description: "For everything else. Default: deny." },
    categories: {
      form: {
        kind: "mapping",
        fields: Object.fromEntries(
          Object.values(categoryKeys).map((key) => [key, { form: actionForm, description: `Findings of ${key}.` }]),
        ),
      },
      description: "By category.",
    },
    checks: {
      form: { kind: "named", name: checkPattern, of: actionForm },
      description: "By check id or a pattern over them: image/*. The strictest match applies.",
    },
    unknown: { form: actionForm, description: unknown },
  };
}

export type WrittenGateRules =
  | Action
  | {
      readonly default?: Action | undefined;
      readonly categories?: Readonly<Partial<Record<CategoryKey, Action | undefined>>> | undefined;
      readonly checks?: Readonly<Record<string, Action>> | undefined;
      readonly unknown?: Action | undefined;
    };

export function readGateRules(written: WrittenGateRules, at: PlaceOf): GateRules {
  // One action for all is one for what is unknown too.
  if (typeof written === "string") {
    return { default: written, categories: {}, checks: {}, statedAt: { default: at([]) } };
  }
  const { default: rest, categories: byKey = {}, checks = {}, unknown } = written;
  const stated: Partial<Record<Category, Action>> = actionsByCategory(byKey);
  const places: [string, StatedAt][] = [
    ...(rest === undefined ? [] : [["default", at(["default"])] as [string, StatedAt]]),
    ...(unknown === undefined ? [] : [["unknown", at(["unknown"])] as [string, StatedAt]]),
    ...categories.flatMap((category): [string, StatedAt][] => {
      const key = categoryKeys[category];
      return stated[category] === undefined ? [] : [[`categories.${key}`, at(["categories", key])]];
    }),
    ...Object.keys(checks).map((pattern): [string, StatedAt] => [`checks.${pattern}`, at(["checks", pattern])]),
  ];
  return {
    ...(rest === undefined ? {} : { default: rest }),
    categories: stated,
    checks: { ...checks },
    ...(unknown === undefined ? {} : { unknown }),
    statedAt: Object.fromEntries(places),
  };
}

/** `warn, unknown: deny, secrets: deny, image/*: audit, in sandbox-*: audit`. */
export function shownGate({ namespaces, atLeast, ...general }: GateEnforcement): string {
  const parts = [
    ...shownRules(general),
    ...Object.entries(namespaces).map(([pattern, rules]) => `in ${pattern}: ${shownRules(rules).join(", ")}`),
  ];
  return [parts.join(", "), ...atLeast.map((other) => `at least ${shownGate(other)}`)].join("; ");
}

function shownRules({ default: rest, unknown, categories: byCategory, checks }: GateRules): string[] {
  return [
    ...(rest === undefined ? [] : [rest]),
    ...(unknown === undefined ? [] : [`unknown: ${unknown}`]),
    ...categories.flatMap((category) => {
      const action = byCategory[category];
      return action === undefined ? [] : [`${categoryKeys[category]}: ${action}`];
    }),
    ...Object.entries(checks).map(([pattern, action]) => `${pattern}: ${action}`),
  ];
}
