/** The policies that are in force, as of one reading of their files: one for each environment that a namespace may have. */
import { createHash } from "node:crypto";
import { identities } from "../../checks/lists/identities.ts";
import { loadPlacedPolicy, type PlacedPolicy } from "../../collect/policy/load.ts";
import type { SettingKey } from "../../collect/policy/settings.ts";
import { type Category, categoryKeys } from "../../core/category.ts";
import { type Digest, parseDigest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gate, type GateAction, gateOf } from "../../core/gate-enforcement.ts";
import { policyDigest } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { createRecent } from "../../core/recent.ts";
import type { StatedAt } from "../../core/setting.ts";
import { environmentOf, podSecurityOf } from "../../engines/admission/policy-model.ts";
import { type OpenedTrust, openTrust } from "../../scan/trust.ts";
import type { GuardPolicy, PolicySet } from "./model.ts";

export interface PolicySetOptions {
  /** `--policy`: a file, or `git:REF:PATH`. Absent: what the directory states, or else the default. */
  readonly policy?: string | undefined;
  /** Of the repository that `git:` means, and where the policy's own file is looked for. */
  readonly root: string;
  /** False: what the directory states itself is not asked for. Absent: it is. */
  readonly reviewed?: boolean;
  /** Holds in every namespace for which the policy names no other. */
  readonly environment?: string | undefined;
  /** What updates of Sigstore's roots keep. */
  readonly roots: string;
}

/** Namespaces whose policy is kept ready. */
const NAMESPACES = 5_000;

/**
 * Reads the files once: what is changed in them later changes nothing of this set.
 *
 * @throws Problem (usage) where a file cannot be read or is wrong, or a namespace has an environment that no file states
 */
export async function openPolicies(options: PolicySetOptions): Promise<PolicySet> {
  const rest = await openEnvironment(options, options.environment);
  const { admission } = rest.placed.policy;
  const named = new Map<string, Environment>();
  for (const name of new Set(Object.values(admission.environments))) {
    named.set(name, await openEnvironment(options, name));
  }
  const digest = digestOf([rest, ...named.values()]);
  const known = createRecent<string, GuardPolicy>(NAMESPACES);
  const trustFaults = [rest, ...named.values()].flatMap(({ trust }) => (trust instanceof Problem ? [trust] : []));
  return {
    digest,
    trustFaults,
    forNamespace(namespace) {
      const key = namespace ?? "";
      const found = known.get(key);
      if (found !== undefined) return found;
      const name = environmentOf(admission, namespace);
      const policy = guardPolicy(name === undefined ? rest : (named.get(name) ?? rest), namespace);
      known.set(key, policy, 1);
      return policy;
    },
  };
}

/** The policy of one environment, or of none. */
interface Environment {
  readonly name?: string;
  readonly placed: PlacedPolicy;
  readonly digest: Digest;
  readonly trust: OpenedTrust | Problem;
}

async function openEnvironment(options: PolicySetOptions, name: string | undefined): Promise<Environment> {
  const { policy: flag, root, reviewed, roots } = options;
  const placed = await loadPlacedPolicy({
    flag,
    root,
    environment: name,
    ...(reviewed === undefined ? {} : { reviewed }),
  });
  const { policy } = placed;
  const trust = await openTrust(policy.trust, policy.origin.kind === "trusted", { tree: root, roots }).catch(asProblem);
  return { ...(name === undefined ? {} : { name }), placed, digest: policyDigest(policy), trust };
}

/** What cannot be opened makes what rests on it unknown; the rest of the policy holds. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

function digestOf(environments: readonly Environment[]): Digest {
  const hash = createHash("sha256");
  for (const { name = "", digest } of environments) hash.update(JSON.stringify([name, digest]));
  return parseDigest(`sha256:${hash.digest("hex")}`) as Digest;
}

const categoryOf: ReadonlyMap<string, Category> = new Map(identities.map(({ id, category }) => [id, category]));

function guardPolicy({ name, placed, digest, trust }: Environment, namespace: string | undefined): GuardPolicy {
  const { policy, places } = placed;
  const gate = gateOf(policy.enforcement.admission, namespace);
  const levels = namespace === undefined ? [] : podSecurityOf(policy.admission.podSecurity, namespace);
  return {
    policy,
    ...(name === undefined ? {} : { environment: name }),
    digest,
    trust,
    actionOf: (evaluation) => actionUnder(gate, evaluation).action,
    placeOf(evaluation) {
      const place =
        ruleOf(evaluation) ??
        (evaluation.check === "workload/pod-security-level" ? levels[0]?.statedAt : undefined) ??
        places.get(parameterOf(evaluation.check)) ??
        actionUnder(gate, evaluation).place ??
        places.get(thresholdKey(evaluation));
      return place === undefined ? undefined : `${place.path}:${place.line}`;
    },
  };
}

/** A check that nobody describes counts as one of configuration. */
function actionUnder(gate: Gate, { check, verdict }: Evaluation): GateAction {
  const category = categoryOf.get(check) ?? "configuration";
  return gate({ id: check, category }, verdict === "fail" ? "fail" : "unknown");
}

/** Of what a rule of the policy asks for, where that rule stands. */
function ruleOf({ findings }: Evaluation): StatedAt | undefined {
  const [location] = findings[0]?.locations ?? [];
  if (location?.kind !== "file" || location.line === undefined) return undefined;
  return { path: location.path, line: location.line, column: location.column ?? 1 };
}

/** Keys that alone say what a check asks for. */
const PARAMETERS: Readonly<Record<string, SettingKey>> = {
  "workload/registry-not-allowed": "registries",
  "workload/pod-security-level": "admission.podSecurity",
};

function parameterOf(check: string): SettingKey {
  return PARAMETERS[check] ?? (categoryOf.get(check) === "trust" ? "trust.images" : ("" as SettingKey));
}

function thresholdKey({ check }: Evaluation): SettingKey {
  return `thresholds.${categoryKeys[categoryOf.get(check) ?? "configuration"]}.severity` as SettingKey;
}
