/** The checks of files by their permissions, accounts and tools: what an inventory says beside its packages. */
import { fileCapabilities } from "../../checks/image/file-capabilities.ts";
import { setuidFiles } from "../../checks/image/setuid-files.ts";
import { shellAndPackageManager } from "../../checks/image/shell-and-package-manager.ts";
import { unsafeAccounts } from "../../checks/image/unsafe-accounts.ts";
import { worldWritable } from "../../checks/image/world-writable.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import type { BaseImage, Inventory, PathPermissions } from "../../engines/contents/model.ts";
import { raisesRights } from "../../engines/contents/permissions/stated.ts";

interface FilesContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** Each is left out where nobody looked, as in a folder for permissions, or where there is nothing to speak of. */
export function evaluateFiles(
  asset: Asset,
  inventory: Evidence<Inventory>,
  layers: readonly LayerReference[],
  base: Evidence<BaseImage> | undefined,
  { policy, now }: FilesContext,
): Evaluation[] {
  if (inventory.state === "absent") return [];
  const at = now.toISOString();
  const { permissions, accounts, tools = [] } = inventory.facts;
  const gaps = treeGaps(inventory.gaps);
  const references = present(layers, at);
  const own = { asset, policy, now };
  const evaluations: Evaluation[] = [];
  if (permissions !== undefined) {
    const evidence = {
      paths: present(permissions.paths, at, { gaps: [...gaps, ...permissions.gaps] }),
      layers: references,
      baseLayers: present(base?.state === "present" ? base.facts.layers : undefined, at),
    };
    for (const check of [setuidFiles, fileCapabilities, worldWritable]) {
      evaluations.push(runCheck(check, evidence, { ...own, evidence: removedAmong(check.id, permissions.paths) }));
    }
  }
  if (accounts !== undefined) {
    const evidence = { accounts: present(accounts, at, { gaps: accountGaps(accounts.unread) }), layers: references };
    const looked = { accounts: String(accounts.passwd?.accounts.length ?? 0) };
    evaluations.push(runCheck(unsafeAccounts, evidence, { ...own, evidence: looked }));
  }
  if (tools.some(({ kind }) => kind !== "loader")) {
    evaluations.push(runCheck(shellAndPackageManager, { tools: present(tools, at), layers: references }, own));
  }
  return evaluations;
}

/** What of the tree itself was not read; other gaps are about packages. */
export function treeGaps(gaps: readonly Gap[]): Gap[] {
  return gaps.filter(({ code, concerns }) => concerns === undefined && code === "oci.path");
}

export function accountGaps(unread: readonly string[]): Gap[] {
  return unread.map((reason) => ({ code: "contents.accounts", reason }));
}

function removedAmong(check: string, paths: readonly PathPermissions[]): Record<string, string> {
  const removed = paths.filter((one) => one.removedIn !== undefined && raisesRights(one)).length;
  return removed === 0 || check !== setuidFiles.id ? {} : { "removed by a higher layer": String(removed) };
}
