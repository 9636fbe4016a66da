/** The policies that are in force, as of one reading of their files: one for each environment that a principal may pull for. */
import { createHash } from "node:crypto";
import { identities } from "../../checks/lists/identities.ts";
import { readPolicyFiles } from "../../collect/policy/files.ts";
import { loadPlacedPolicy, type PlacedPolicy } from "../../collect/policy/load.ts";
import type { SettingKey } from "../../collect/policy/settings.ts";
import { type Category, categoryKeys } from "../../core/category.ts";
import { type Digest, parseDigest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gate, type GateAction, gateOf } from "../../core/gate-enforcement.ts";
import { policyDigest } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import type { StatedAt } from "../../core/setting.ts";
import { type OpenedTrust, openTrust } from "../../scan/trust.ts";
import type { RegistryPolicy, RegistryPolicySet } from "./model.ts";
import { keysOfChecks } from "./push/verdict.ts";

export interface RegistryPolicyOptions {
  /** `--policy`: a file, or `git:REF:PATH`. Absent: what the directory states, or else the default. */
  readonly policy?: string | undefined;
  /** Of the repository that `git:` means, and where the policy's own file is looked for. */
  readonly root: string;
  /** False: what the directory states itself is not asked for. Absent: it is. */
  readonly reviewed?: boolean;
  /** Holds for every principal for which the policy names no other. */
  readonly environment?: string | undefined;
  /** What updates of Sigstore's roots keep. */
  readonly roots: string;
}

/**
 * Reads the files once: what is changed in them later changes nothing of this set.
 *
 * @throws Problem (usage) where a file cannot be read or is wrong, or a principal has an environment that no file states
 */
export async function openRegistryPolicies(options: RegistryPolicyOptions): Promise<RegistryPolicySet> {
  const rest = await openEnvironment(options, options.environment);
  const named = new Map<string, RegistryPolicy>();
  for (const name of environmentsOf(rest.policy)) named.set(name, await openEnvironment(options, name));
  const all = [rest, ...named.values()];
  const unnamed = strictest(rest);
  return {
    digest: digestOf(all),
    trustFaults: all.flatMap(({ trust }) => (trust instanceof Problem ? [trust] : [])),
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

async function openEnvironment(options: RegistryPolicyOptions, name: string | undefined): Promise<RegistryPolicy> {
  const { policy: flag, root, reviewed, roots } = options;
  const placed = await loadPlacedPolicy({
    flag,
    root,
    environment: name,
    ...(reviewed === undefined ? {} : { reviewed }),
  });
  const { policy } = placed;
  const trust = await openTrust(policy.trust, policy.origin.kind === "trusted", { tree: root, roots }).catch(asProblem);
  return policyUnder(placed, trust, name);
}

/** What cannot be opened makes what rests on it unknown; the rest of the policy holds. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

const categoryOf: ReadonlyMap<string, Category> = new Map(identities.map(({ id, category }) => [id, category]));

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
      const place =
        ruleOf(evaluation) ??
        places.get(parameterOf(evaluation.check)) ??
        actionUnder(pull, evaluation).place ??
        places.get(thresholdKey(evaluation));
      // Where the file is on the guard's own machine is nothing to a client.
      return place === undefined ? undefined : `${place.path.replace(/^\/.*\//, "")}:${place.line}`;
    },
  };
}

/** Whatever does not pass is refused. */
function strictest(policy: RegistryPolicy): RegistryPolicy {
  return { ...policy, pullAction: () => "deny", pushAction: () => "deny" };
}

function digestOf(policies: readonly RegistryPolicy[]): Digest {
  const hash = createHash("sha256");
  for (const { environment = "", digest } of policies) hash.update(JSON.stringify([environment, digest]));
  return parseDigest(`sha256:${hash.digest("hex")}`) as Digest;
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
  "registry/image-not-scanned": "registry.pull.scannedWithinDays",
  "registry/image-too-old": "registry.pull.maxAgeDays",
  "registry/repository-not-served": "registry.pull.repositories",
  "registry/image-quarantined": "registry.quarantine",
  ...keysOfChecks,
};

function parameterOf(check: string): SettingKey {
  return PARAMETERS[check] ?? (categoryOf.get(check) === "trust" ? "trust.images" : ("" as SettingKey));
}

function thresholdKey({ check }: Evaluation): SettingKey {
  return `thresholds.${categoryKeys[categoryOf.get(check) ?? "configuration"]}.severity` as SettingKey;
}
