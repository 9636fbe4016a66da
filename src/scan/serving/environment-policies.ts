/** What a guard decides by, as of one reading of the policy's files: opened an environment at a time, and what of it says so. */
import { createHash } from "node:crypto";
import { identities } from "../../checks/lists/identities.ts";
import { loadPlacedPolicy, type PlacedPolicy } from "../../collect/policy/load.ts";
import type { SettingKey } from "../../collect/policy/settings.ts";
import { type Category, categoryKeys } from "../../core/category.ts";
import { type Digest, parseDigest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gate, GateAction } from "../../core/gate-enforcement.ts";
import { policyDigest } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import type { StatedAt } from "../../core/setting.ts";
import { type OpenedTrust, openTrust } from "../trust.ts";

export interface PolicyFiles {
  /** `--policy`: a file, or `git:REF:PATH`. Absent: what the directory states, or else the default. */
  readonly policy?: string | undefined;
  /** Of the repository that `git:` means, and where the policy's own file is looked for. */
  readonly root: string;
  /** False: what the directory states itself is not asked for. Absent: it is. */
  readonly reviewed?: boolean;
  /** What updates of Sigstore's roots keep. */
  readonly roots: string;
}

/** The policy of one environment, or of none. */
export interface EnvironmentPolicy {
  readonly environment?: string;
  readonly placed: PlacedPolicy;
  readonly digest: Digest;
  readonly trust: OpenedTrust | Problem;
}

/** @throws Problem (usage) where a file cannot be read or is wrong, or none states the environment */
export async function openEnvironment(
  { policy: flag, root, reviewed, roots }: PolicyFiles,
  environment: string | undefined,
): Promise<EnvironmentPolicy> {
  const placed = await loadPlacedPolicy({ flag, root, environment, ...(reviewed === undefined ? {} : { reviewed }) });
  const { policy } = placed;
  const trust = await openTrust(policy.trust, policy.origin.kind === "trusted", { tree: root, roots }).catch(asProblem);
  return { ...(environment === undefined ? {} : { environment }), placed, digest: policyDigest(policy), trust };
}

/** What cannot be opened makes what rests on it unknown; the rest of the policy holds. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** Of all that are in force. */
export function digestOfAll(policies: readonly Pick<EnvironmentPolicy, "environment" | "digest">[]): Digest {
  const hash = createHash("sha256");
  for (const { environment = "", digest } of policies) hash.update(JSON.stringify([environment, digest]));
  return parseDigest(`sha256:${hash.digest("hex")}`) as Digest;
}

export function trustFaultsOf(policies: readonly Pick<EnvironmentPolicy, "trust">[]): Problem[] {
  return policies.flatMap(({ trust }) => (trust instanceof Problem ? [trust] : []));
}

const categoryOf: ReadonlyMap<string, Category> = new Map(identities.map(({ id, category }) => [id, category]));

/** A check that nobody describes counts as one of configuration. */
export function actionUnder(gate: Gate, { check, verdict }: Evaluation): GateAction {
  const category = categoryOf.get(check) ?? "configuration";
  return gate({ id: check, category }, verdict === "fail" ? "fail" : "unknown");
}

/** Where a guard looks for the line of the policy that decided. */
export interface DecidingPlaces {
  readonly gate: Gate;
  readonly places: PlacedPolicy["places"];
  /** Keys that alone say what a check asks for; what is not among them goes by its category. */
  readonly parameters: Readonly<Record<string, SettingKey>>;
  /** Known besides, of this check. */
  readonly own?: StatedAt | undefined;
}

/** What the evaluation's rule states, else what its check asks for, else what is done about it, else its threshold. */
export function statedAt(
  evaluation: Evaluation,
  { gate, places, parameters, own }: DecidingPlaces,
): StatedAt | undefined {
  const { check } = evaluation;
  const category = categoryOf.get(check);
  const parameter = parameters[check] ?? (category === "trust" ? "trust.images" : undefined);
  return (
    ruleOf(evaluation) ??
    own ??
    (parameter === undefined ? undefined : places.get(parameter)) ??
    actionUnder(gate, evaluation).place ??
    places.get(`thresholds.${categoryKeys[category ?? "configuration"]}.severity` as SettingKey)
  );
}

/** Of what a rule of the policy asks for, where that rule stands. */
function ruleOf({ findings }: Evaluation): StatedAt | undefined {
  const [location] = findings[0]?.locations ?? [];
  if (location?.kind !== "file" || location.line === undefined) return undefined;
  return { path: location.path, line: location.line, column: location.column ?? 1 };
}
