/** The policies that are in force, as of one reading of their files: one for each environment that a principal may pull for. */
import { createHash } from "node:crypto";
import { readPolicyFiles } from "../../collect/policy/files.ts";
import type { PlacedPolicy } from "../../collect/policy/load.ts";
import type { SettingKey } from "../../collect/policy/settings.ts";
import { gateOf } from "../../core/gate-enforcement.ts";
import { policyDigest } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import {
  actionUnder,
  digestOfAll,
  openEnvironment,
  type PolicyFiles,
  statedAt,
  trustFaultsOf,
} from "../../scan/serving/environment-policies.ts";
import type { OpenedTrust } from "../../scan/trust.ts";
import type { RegistryPolicy, RegistryPolicySet } from "./model.ts";
import { keysOfChecks } from "./push/verdict.ts";

export interface RegistryPolicyOptions extends PolicyFiles {
  /** Holds for every principal for which the policy names no other. */
  readonly environment?: string | undefined;
}

/**
 * Reads the files once: what is changed in them later changes nothing of this set.
 *
 * @throws Problem (usage) where a file cannot be read or is wrong, or a principal has an environment that no file states
 */
export async function openRegistryPolicies(options: RegistryPolicyOptions): Promise<RegistryPolicySet> {
  const rest = await openPolicy(options, options.environment);
  const named = new Map<string, RegistryPolicy>();
  for (const name of environmentsOf(rest.policy)) named.set(name, await openPolicy(options, name));
  const all = [rest, ...named.values()];
  const unnamed = strictest(rest);
  return {
    digest: digestOfAll(all),
    trustFaults: trustFaultsOf(all),
    // A name that this reading does not know is of another one: nobody gains by it.
    forEnvironment: (name) => (name === undefined ? rest : (named.get(name) ?? unnamed)),
  };
}

/** Tells whether the policy's file, or any that it names, is another one than before. @throws Problem where it cannot be read */
export async function policyFingerprint({ policy, root }: Required<Pick<RegistryPolicyOptions, "policy" | "root">>) {
  const hash = createHash("sha256");
  for (const file of await readPolicyFiles(policy ?? "", root)) hash.update(JSON.stringify(file));
  return hash.digest("hex");
}

/** Those that principals have. */
function environmentsOf({ registry }: RegistryPolicy["policy"]): ReadonlySet<string> {
  return new Set(Object.values(registry.environments));
}

async function openPolicy(options: RegistryPolicyOptions, name: string | undefined): Promise<RegistryPolicy> {
  const { placed, trust } = await openEnvironment(options, name);
  return policyUnder(placed, trust, name);
}

/** @param name - of the environment that it was loaded for */
export function policyUnder(
  { policy, places }: PlacedPolicy,
  trust: OpenedTrust | Problem,
  name?: string,
): RegistryPolicy {
  const pull = gateOf(policy.enforcement.registry.pull);
  const push = gateOf(policy.enforcement.registry.push);
  return {
    policy,
    ...(name === undefined ? {} : { environment: name }),
    digest: policyDigest(policy),
    trust,
    pullAction: (evaluation) => actionUnder(pull, evaluation).action,
    pushAction: (evaluation) => actionUnder(push, evaluation).action,
    placeOf(evaluation) {
      const place = statedAt(evaluation, { gate: pull, places, parameters: PARAMETERS });
      // Where the file is on the guard's own machine is nothing to a client.
      return place === undefined ? undefined : `${place.path.replace(/^\/.*\//, "")}:${place.line}`;
    },
  };
}

/** Whatever does not pass is refused. */
function strictest(policy: RegistryPolicy): RegistryPolicy {
  return { ...policy, pullAction: () => "deny", pushAction: () => "deny" };
}

/** Keys that alone say what a check asks for. */
const PARAMETERS: Readonly<Record<string, SettingKey>> = {
  "registry/image-not-scanned": "registry.pull.scannedWithinDays",
  "registry/image-too-old": "registry.pull.maxAgeDays",
  "registry/repository-not-served": "registry.pull.repositories",
  "registry/image-quarantined": "registry.quarantine",
  ...keysOfChecks,
};
