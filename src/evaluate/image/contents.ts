/** The checks of an inventory that need no advisories. */
import { deniedLicense } from "../../checks/image/denied-license.ts";
import { endOfLife } from "../../checks/image/end-of-life.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { LicensePolicy, Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import { licensedPackages } from "../../engines/contents/licenses/declared.ts";
import { lifecycleOf } from "../../engines/contents/lifecycle/lifecycle.ts";
import type { Inventory } from "../../engines/contents/model.ts";

export interface ContentsContext {
  readonly policy: Policy;
  readonly now: Date;
}

/**
 * Evaluations beside those of the vulnerabilities, which already say it where there is no inventory at all. Each is left
 * out where there is nothing that it could speak of.
 */
export function evaluateContents(
  asset: Asset,
  inventory: Evidence<Inventory>,
  layers: readonly LayerReference[],
  context: ContentsContext,
): Evaluation[] {
  if (inventory.state === "absent") return [];
  return [...endOfLifeOf(asset, inventory, layers, context), ...licensesOf(asset, inventory, layers, context)];
}

type PresentInventory = Extract<Evidence<Inventory>, { state: "present" }>;

function endOfLifeOf(
  asset: Asset,
  inventory: PresentInventory,
  layers: readonly LayerReference[],
  { policy, now }: ContentsContext,
): Evaluation[] {
  const lifecycle = lifecycleOf(inventory.facts, now);
  if (lifecycle === undefined || lifecycle.state === "absent") return [];
  // What was not read may be a program that has a lifecycle.
  const unread = inventory.gaps.filter(({ concerns }) => concerns === undefined || concerns === "generic");
  const { releases, asOf } = lifecycle.facts;
  return [
    runCheck(
      endOfLife,
      {
        lifecycle: { ...lifecycle, gaps: [...lifecycle.gaps, ...unread] },
        layers: present(layers, now.toISOString()),
      },
      { asset, policy, now, evidence: { releases: String(releases.length), table: `as of ${asOf}` } },
    ),
  ];
}

function licensesOf(
  asset: Asset,
  inventory: PresentInventory,
  layers: readonly LayerReference[],
  { policy, now }: ContentsContext,
): Evaluation[] {
  if (!speaksOfLicenses(policy.licenses)) return [];
  // What a layer removed is passed on with the image all the same.
  const packages = [...inventory.facts.packages, ...(inventory.facts.removed ?? [])];
  return [
    runCheck(
      deniedLicense,
      {
        licenses: { ...inventory, facts: licensedPackages(packages) },
        policy: present(policy.licenses, now.toISOString()),
        layers: present(layers, now.toISOString()),
      },
      { asset, policy, now, evidence: { packages: String(packages.length) } },
    ),
  ];
}

/** A policy that says nothing of licences asks for no judgement of them. */
export function speaksOfLicenses({ allow, deny, unknown }: LicensePolicy): boolean {
  return allow.length > 0 || deny.length > 0 || unknown !== "allow";
}
