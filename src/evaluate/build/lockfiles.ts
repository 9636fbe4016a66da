/** What a lockfile pins, judged by the advisories and the policy's licences before an image has it. */
import { lockfileChecks } from "../../checks/lists/lockfile.ts";
import { lockfileScopeChecks } from "../../checks/lists/lockfile-scope.ts";
import type { LockfileFacts, LockfileScopeFacts } from "../../checks/subjects/tree.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Evidence } from "../../core/evidence.ts";
import { runChecks } from "../../core/runner.ts";
import { packagesScope } from "../../core/scope.ts";
import { licensedPackages } from "../../engines/contents/licenses/declared.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { ScopeEvidence } from "../../engines/vulnerability/model.ts";
import { databasesOf } from "../image/databases.ts";
import type { ImageContext } from "../image/image.ts";
import { assessorOf } from "../vex/assess.ts";

export interface PinnedContents {
  /** Without what is only for development, of which there were `development` packages. */
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
  // A lockfile declares many packages at one path: a statement's product can only be the project that it is of.
  const project = inventory.state === "absent" ? undefined : inventory.facts.project;
  const assess = assessorOf(vex, asset, [], project);
  const vulnerabilities = scopes.flatMap(({ scope, inventory: own, evidence, looked }) =>
    runChecks<LockfileScopeFacts>(
      lockfileScopeChecks,
      { inventory: own, vulnerabilities: evidence },
      {
        asset,
        policy,
        now,
        assess,
        evidence: development === 0 ? looked : { ...looked, "left out": `${development} only for development` },
        ...(scope === undefined ? {} : { scope: packagesScope(scope) }),
        databases: databasesOf(evidence),
      },
    ),
  );
  if (inventory.state === "absent") return vulnerabilities;
  const licenses = { ...inventory, facts: licensedPackages(inventory.facts.packages) };
  return [...vulnerabilities, ...runChecks<LockfileFacts>(lockfileChecks, { licenses }, { asset, policy, now })];
}
