/** Which packages of an inventory have a newer version where their distribution publishes them. */

import type { Gap } from "../../core/evidence.ts";
import { compareText } from "../../core/order.ts";
import type { PackageType } from "../contents/model.ts";
import { alpineUpdates } from "./alpine/pending.ts";
import { debianUpdates } from "./debian/pending.ts";
import { installedOf, type LookupAnswer, type LookupRequest } from "./lookup.ts";
import type { PendingUpdate } from "./model.ts";
import { rpmUpdates } from "./rpm/pending.ts";
import { isRpmSource } from "./rpm/repositories.ts";

/**
 * Looks up every package of dpkg, apk and rpm. What cannot be looked up, or not in full, is a gap; what was found stands.
 * The flaws that each update mends are for the caller to fill in, who has the advisories.
 */
export async function pendingUpdates(request: LookupRequest): Promise<LookupAnswer> {
  const { inventory } = request;
  const answers: LookupAnswer[] = [];
  const others = { ...request, sources: request.sources.filter(({ path }) => !isRpmSource(path)) };
  if (installedOf(inventory, "deb").length > 0) answers.push(await debianUpdates(others));
  if (installedOf(inventory, "apk").length > 0) answers.push(await alpineUpdates(others));
  if (installedOf(inventory, "rpm").length > 0) answers.push(await rpmUpdates(request));
  const gaps: Gap[] = answers.flatMap((answer) => answer.gaps);
  const alpm: PackageType = "alpm";
  if (inventory.packages.some(({ type, removedIn }) => type === alpm && removedIn === undefined)) {
    gaps.push({ code: "updates.unsupported", reason: "pending updates: not supported for pacman's packages" });
  }
  return {
    updates: {
      packages: answers.reduce((sum, { updates }) => sum + updates.packages, 0),
      suites: answers.flatMap(({ updates }) => updates.suites),
      updates: answers.flatMap(({ updates }) => updates.updates).sort(comparePending),
    },
    gaps,
  };
}

function comparePending(a: PendingUpdate, b: PendingUpdate): number {
  return (
    Number(b.securitySuite) - Number(a.securitySuite) ||
    compareText(a.since.at, b.since.at) ||
    compareText(a.package.purl, b.package.purl)
  );
}
