/** Control 9: whether an image was rebuilt in time, by what its suites have newer or by its age. */

import { imageUpdatesChecks } from "../../checks/lists/image-updates.ts";
import type { ImageUpdatesFacts } from "../../checks/subjects/image.ts";
import type { Asset } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { BaseImage } from "../../engines/contents/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { BuildDates, PendingUpdates, SuiteUse } from "../../engines/updates/model.ts";

const DAY = 24 * 60 * 60 * 1000;

export function buildDates({ config: { created } }: Pick<OpenImage, "config">, base: Evidence<BaseImage>): BuildDates {
  // From scratch there is nothing below to grow old.
  const scratch = base.state === "present" && base.facts.kind === "scratch";
  const below = scratch ? created : base.state === "present" ? base.facts.created : undefined;
  return { ...(created === undefined ? {} : { image: created }), ...(below === undefined ? {} : { base: below }) };
}

/** The evaluations of control 9. @param pending - undefined where nobody asked for a look-up */
export function evaluateUpdates(
  asset: Asset,
  stated: BuildDates,
  pending: Evidence<PendingUpdates> | undefined,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  const at = now.toISOString();
  const built = datesOf(stated, now);
  const { maxAgeDays } = policy.rebuild;
  const evidence = pending ?? present(undefined, at, { gaps: ageGaps(built, maxAgeDays, now) });
  return runChecks<ImageUpdatesFacts>(
    imageUpdatesChecks,
    {
      built: present(built, at, { gaps: pending === undefined ? [] : undatedGaps(built, pending) }),
      pending: evidence,
    },
    { asset, policy, now, evidence: looked(built, pending, now) },
  );
}

/** Without a look-up only an image that is young, on a base that is young, is known to be rebuilt in time. */
function ageGaps(built: BuildDates, maxAgeDays: number, now: Date): Gap[] {
  const isYoung = (date: string) => Date.parse(date) + maxAgeDays * DAY >= now.getTime();
  const remedy = "use --updates to check pending updates";
  if (built.image === undefined) {
    return [{ code: "updates.age", reason: "has no build date", remedy }];
  }
  // An old one is a finding, which says more than a gap.
  if (!isYoung(built.image)) return [];
  if (built.base === undefined) {
    return [{ code: "updates.base-age", reason: "the build date of its base is unknown", remedy }];
  }
  if (isYoung(built.base)) return [];
  const day = built.base.slice(0, 10);
  return [
    {
      code: "updates.base-age",
      reason: `its base is of ${day}, and newer ones were not checked`,
      remedy,
    },
  ];
}

/** An image without an age may be older than it may be while updates are pending. */
function undatedGaps({ image }: BuildDates, pending: Evidence<PendingUpdates>): Gap[] {
  return image === undefined && pending.state === "present" && pending.facts.updates.length > 0
    ? [{ code: "updates.age", reason: "updates are pending, and it has no build date" }]
    : [];
}

const SAID: Readonly<Record<SuiteUse["trust"], string>> = {
  caller: "the caller's key",
  machine: "this machine's key",
  image: "trusted only by the image",
  server: "not signed, trusted by its server's certificate",
};

function looked(
  { image, base }: BuildDates,
  pending: Evidence<PendingUpdates> | undefined,
  now: Date,
): Record<string, string> {
  return {
    ...(image === undefined ? {} : { built: image.slice(0, 10) }),
    ...(base === undefined ? {} : { "base built": base.slice(0, 10) }),
    ...(pending?.state === "present"
      ? {
          summary: summaryOf(pending.facts, now, pending.gaps.length === 0),
          packages: String(pending.facts.packages),
          suites: pending.facts.suites.map(suiteText).join(", ") || "none",
        }
      : {}),
  };
}

function suiteText({ name, date, trust }: SuiteUse): string {
  return `${name} of ${date.slice(0, 10)} (${SAID[trust]})`;
}

/**
 * `rebuild needed: 14 packages, 3 with a fix for a known vulnerability, oldest pending 41 days`.
 *
 * @param isWhole - false where something could not be looked up
 */
export function summaryOf({ updates }: PendingUpdates, now: Date, isWhole: boolean): string {
  if (updates.length === 0) {
    return isWhole
      ? "no rebuild needed: no pending updates"
      : "unknown: pending updates could not be checked completely";
  }
  const fixing = updates.filter(({ fixes }) => fixes.length > 0).length;
  const [oldest] = updates.map(({ since }) => since.at).sort();
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(oldest as string)) / DAY));
  const fixes =
    fixing === 0 ? "none with a fix for a known vulnerability" : `${fixing} with a fix for a known vulnerability`;
  return `rebuild needed: ${isWhole ? "" : "at least "}${counted(updates.length, "package")}, ${fixes}, oldest pending ${counted(days, "day")}`;
}

function datesOf({ image, base }: BuildDates, now: Date): BuildDates {
  const [own, below] = [buildTime(image, now), buildTime(base, now)];
  return { ...(own === undefined ? {} : { image: own }), ...(below === undefined ? {} : { base: below }) };
}

/** Before it no image was ever built: reproducible builds state 1970 or 1980. */
const FIRST_BUILD = Date.UTC(2013, 2, 1);

/** A time that a build can have had, as ISO 8601. */
function buildTime(stated: string | undefined, now: Date): string | undefined {
  const time = stated === undefined ? Number.NaN : Date.parse(stated);
  return time >= FIRST_BUILD && time <= now.getTime() + DAY ? new Date(time).toISOString() : undefined;
}
