/** The policies that are in force, as of one reading of their files: one for each environment that a namespace may have. */
import type { SettingKey } from "../../collect/policy/settings.ts";
import { gateOf } from "../../core/gate-enforcement.ts";
import { createRecent } from "../../core/recent.ts";
import { environmentOf, podSecurityOf } from "../../engines/admission/policy-model.ts";
import {
  actionUnder,
  digestOfAll,
  type EnvironmentPolicy,
  openEnvironment,
  type PolicyFiles,
  statedAt,
  trustFaultsOf,
} from "../../scan/serving/environment-policies.ts";
import type { GuardPolicy, PolicySet } from "./model.ts";

export interface PolicySetOptions extends PolicyFiles {
  /** Holds in every namespace for which the policy names no other. */
  readonly environment?: string | undefined;
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
  const named = new Map<string, EnvironmentPolicy>();
  for (const name of new Set(Object.values(admission.environments))) {
    named.set(name, await openEnvironment(options, name));
  }
  const all = [rest, ...named.values()];
  const known = createRecent<string, GuardPolicy>(NAMESPACES);
  return {
    digest: digestOfAll(all),
    trustFaults: trustFaultsOf(all),
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

function guardPolicy(
  { environment, placed, digest, trust }: EnvironmentPolicy,
  namespace: string | undefined,
): GuardPolicy {
  const { policy, places } = placed;
  const gate = gateOf(policy.enforcement.admission, namespace);
  const levels = namespace === undefined ? [] : podSecurityOf(policy.admission.podSecurity, namespace);
  return {
    policy,
    ...(environment === undefined ? {} : { environment }),
    digest,
    trust,
    actionOf: (evaluation) => actionUnder(gate, evaluation).action,
    placeOf(evaluation) {
      const own = evaluation.check === "workload/pod-security-level" ? levels[0]?.statedAt : undefined;
      const place = statedAt(evaluation, { gate, places, parameters: PARAMETERS, own });
      return place === undefined ? undefined : `${place.path}:${place.line}`;
    },
  };
}

/** Keys that alone say what a check asks for. */
const PARAMETERS: Readonly<Record<string, SettingKey>> = {
  "workload/registry-not-allowed": "registries",
  "workload/pod-security-level": "admission.podSecurity",
};
