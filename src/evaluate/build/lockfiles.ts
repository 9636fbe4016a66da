/** What a lockfile pins, judged by the advisories and the policy's licences before an image has it. */
import { deniedLicense } from "../../checks/build/denied-license.ts";
import { vulnerableDependencies } from "../../checks/build/vulnerable-dependencies.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, present } from "../../core/evidence.ts";
import { runCheck } from "../../core/runner.ts";
import { licensedPackages } from "../../engines/contents/licenses/declared.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { ScopeEvidence } from "../../engines/vulnerability/model.ts";
import { speaksOfLicenses } from "../image/contents.ts";
import type { ImageContext } from "../image/image.ts";
import { assessorOf } from "../vex/assess.ts";

export interface PinnedContents {
  /** Without what is for development alone, of which there were `development` packages. */
  readonly inventory: Evidence<Inventory>;
  readonly development: number;
  readonly scopes: readonly ScopeEvidence[];
}

/** All evaluations of one lockfile; none where it pins nothing. @param path - of the file, in the tree */
export function evaluateLockfile(path: string, pinned: PinnedContents, context: ImageContext): Evaluation[] {
  const { inventory, development, scopes } = pinned;
  if (inventory.state === "present" && inventory.facts.packages.length === 0 && inventory.gaps.length === 0) return [];
  const { policy, now, vex = [] } = context;
  const asset = fileAsset(path);
  // A lockfile declares many packages at one path, and is no program that a statement's product could be.
  const assess = assessorOf(vex, asset, []);
  const vulnerabilities = scopes.map(({ scope, inventory: own, evidence, looked }) =>
    runCheck(
      vulnerableDependencies,
      { inventory: own, vulnerabilities: evidence },
      {
        asset,
        policy,
        now,
        assess,
        evidence: development === 0 ? looked : { ...looked, "left out": `${development} for development alone` },
        ...(scope === undefined ? {} : { scope }),
      },
    ),
  );
  return [...vulnerabilities, ...licensesOf(inventory, path, context)];
}

function licensesOf(inventory: Evidence<Inventory>, path: string, { policy, now }: ImageContext): Evaluation[] {
  if (inventory.state === "absent" || !speaksOfLicenses(policy.licenses)) return [];
  const { packages } = inventory.facts;
  return [
    runCheck(
      deniedLicense,
      {
        licenses: { ...inventory, facts: licensedPackages(packages) },
        policy: present(policy.licenses, now.toISOString()),
      },
      { asset: fileAsset(path), policy, now, evidence: { packages: String(packages.length) } },
    ),
  ];
}
