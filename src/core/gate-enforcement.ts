/** What a gate in front of a cluster does: as enforcement of the commands, and by namespace, and of what is unknown apart. */
import { byNamespace } from "./by-namespace.ts";
import { type Category, categoryKeys } from "./category.ts";
import { type Action, checksOf, type Enforced, isStricter } from "./enforcement.ts";
import { compileGlob } from "./glob.ts";
import type { StatedAt } from "./setting.ts";

/** What is stated of a check counts before its category, that before the rest. */
export interface GateRules {
  readonly default?: Action;
  readonly categories: Readonly<Partial<Record<Category, Action>>>;
  /** By check id or a pattern over them (core/glob.ts); of several that one check matches, the strictest. */
  readonly checks: Readonly<Record<string, Action>>;
  /** Of what is unknown: never more than a fail brings about. */
  readonly unknown?: Action;
  /** By key as the file has it (`default`, `checks.image/*`): where it stands. */
  readonly statedAt?: Readonly<Record<string, StatedAt>>;
}

export interface GateEnforcement extends GateRules {
  /** By name or a pattern over names; what these state counts before all else. Of several patterns, the strictest. */
  readonly namespaces: Readonly<Record<string, GateRules>>;
  /** As of the commands' enforcement: nothing is looser than any of them says. */
  readonly atLeast: readonly GateEnforcement[];
}

/** What a registry does as images come and go; in no namespace. */
export interface RegistryEnforcement {
  readonly pull: GateEnforcement;
  readonly push: GateEnforcement;
}

export const denyAtGate: GateEnforcement = {
  default: "deny",
  categories: {},
  checks: {},
  unknown: "deny",
  namespaces: {},
  atLeast: [],
};

export interface GateAction {
  readonly action: Action;
  /** The key that decides, in the file's words (`namespaces.sandbox-*.default`); absent: nothing is stated. */
  readonly key?: string;
  readonly place?: StatedAt;
}

export type Gate = (check: Enforced, verdict: "fail" | "unknown") => GateAction;

/** How a gate treats what is in one namespace. @param namespace - absent: what is in none */
export function gateOf(enforcement: GateEnforcement, namespace?: string): Gate {
  const own = stated(enforcement, namespace);
  const others = enforcement.atLeast.map((other) => stated(other, namespace));
  return (check, verdict) => {
    const asked = others.flatMap((other) => other(check, verdict) ?? []);
    return strictest([own(check, verdict) ?? { action: "deny" }, ...asked]);
  };
}

/** Undefined where nothing is stated of it. */
function stated(
  { namespaces, ...general }: GateEnforcement,
  namespace: string | undefined,
): (check: Enforced, verdict: "fail" | "unknown") => GateAction | undefined {
  const own = byNamespace(namespaces, namespace).map(([pattern, rules]) => readers(rules, `namespaces.${pattern}.`));
  const rest = readers(general, "");
  const first = <Input>(
    pick: (one: ReturnType<typeof readers>, input: Input) => GateAction | undefined,
    input: Input,
  ) => {
    const found = own.flatMap((one) => pick(one, input) ?? []);
    return found.length > 0 ? strictest(found) : pick(rest, input);
  };
  return (check, verdict) => {
    const failed = first((one, of: Enforced) => one.failed(of), check);
    if (verdict === "fail") return failed;
    const unknown = first((one) => one.unknown, undefined);
    if (failed === undefined || unknown === undefined) return failed ?? unknown;
    return isStricter(unknown.action, failed.action) ? failed : unknown;
  };
}

function readers(rules: GateRules, prefix: string) {
  const { default: rest, categories: byCategory, checks, unknown, statedAt = {} } = rules;
  const at = (action: Action, key: string): GateAction => {
    const place = statedAt[key];
    return { action, key: prefix + key, ...(place === undefined ? {} : { place }) };
  };
  const patterns = Object.entries(checks).map(([pattern, action]) => ({
    matches: compileGlob(pattern),
    gate: at(action, `checks.${pattern}`),
  }));
  return {
    unknown: unknown === undefined ? undefined : at(unknown, "unknown"),
    failed({ id, category }: Enforced): GateAction | undefined {
      const own = patterns.flatMap(({ matches, gate }) => (matches(id) ? [gate] : []));
      if (own.length > 0) return strictest(own);
      const ofCategory = byCategory[category];
      if (ofCategory !== undefined) return at(ofCategory, `categories.${categoryKeys[category]}`);
      return rest === undefined ? undefined : at(rest, "default");
    },
  };
}

function strictest(some: readonly GateAction[]): GateAction {
  return some.reduce((one, other) => (isStricter(other.action, one.action) ? other : one));
}

/**
 * What holds with a further policy that may be stricter alone.
 *
 * @returns loosens: somewhere the further one states less than held
 */
export function tightenGate(
  current: GateEnforcement,
  wanted: GateEnforcement,
): { readonly value: GateEnforcement; readonly loosens: boolean } {
  const text = (one: GateEnforcement) => JSON.stringify(one, (key, value) => (key === "statedAt" ? undefined : value));
  const same = (other: GateEnforcement) => text(other) === text(wanted);
  const known = same(current) || current.atLeast.some(same);
  const value = known ? current : { ...current, atLeast: [...current.atLeast, wanted] };
  const loosens = namespacesNamed(current, wanted).some((namespace) => {
    const held = gateOf(current, namespace);
    const asked = stated(wanted, namespace);
    return checksNamed(current, wanted).some((check) =>
      (["fail", "unknown"] as const).some((verdict) => {
        const action = asked(check, verdict)?.action;
        return action !== undefined && isStricter(held(check, verdict).action, action);
      }),
    );
  });
  return { value, loosens };
}

/** Each pattern's own name, one that no pattern names, and none. */
function namespacesNamed(...all: readonly GateEnforcement[]): (string | undefined)[] {
  const named = all.flatMap(({ namespaces, atLeast }) => [namespaces, ...atLeast.map((other) => other.namespaces)]);
  return [undefined, ...new Set(["", ...named.flatMap(Object.keys)])];
}

/** A check of each category by each pattern's own name, and one that no pattern names. */
function checksNamed(...all: readonly GateEnforcement[]): Enforced[] {
  const everyone = all.flatMap((one) => [one, ...one.atLeast]);
  const rules = everyone.flatMap((one): GateRules[] => [one, ...Object.values(one.namespaces)]);
  return checksOf(rules.flatMap(({ checks }) => Object.keys(checks)));
}
