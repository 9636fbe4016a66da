import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { Lifecycle, Package, ReleaseLifecycle } from "../../engines/contents/model.ts";
import type { ImageCheck } from "../subjects/image.ts";

const id = "image/end-of-life";

/** Days before an end from which on it is a finding. */
const NOTICE_DAYS = 90;

/** The file that names the distribution, at the place where most have it. */
const OS_RELEASE = "etc/os-release";

const DAY = 24 * 60 * 60 * 1000;

/** Distributions, runtimes and frameworks whose support is over, or soon will be: one finding for each release. */
export const endOfLife: ImageCheck<"lifecycle" | "layers"> = {
  id,
  title: "End-of-life releases",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl:
    "control 2 counts known vulnerabilities and control 9 pending updates, whether or not a release is still maintained",
  severity: "high",
  documentation: {
    what: `Looks up the release of the distribution, and of runtimes, servers and frameworks that no distribution maintains, in a dated table. One whose support is over is of severity high, one that has ${NOTICE_DAYS} days or less left is medium. A release that the table does not have is unknown.`,
    why: "After its end of life a release gets no fixes, and often no advisories either: a scan of it finds less and less while there is more and more to find.",
    fix: "Move to a release that is still supported; the finding names the oldest one. Where a vendor sells longer support and you have it, write an exception with its end as the expiry.",
    references: [],
  },
  subject: "image",
  needs: { lifecycle: "partial", layers: "partial" },
  looked: ({ lifecycle: { releases, asOf } }) => ({ releases: String(releases.length), table: `as of ${asOf}` }),
  *evaluate({ lifecycle, layers }, now) {
    for (const release of lifecycle.releases) {
      const finding = release.ends === undefined ? undefined : judge(release, release.ends, lifecycle, layers, now);
      if (finding !== undefined) yield finding;
    }
  },
};

function judge(
  { kind, product, release, packages, extended, newer, source }: ReleaseLifecycle,
  ends: string,
  { asOf }: Lifecycle,
  layers: readonly LayerReference[],
  now: Date,
): FindingDraft | undefined {
  // The last day belongs to the support.
  const left = Math.ceil((lastMoment(ends) - now.getTime()) / DAY);
  if (left > NOTICE_DAYS) return undefined;
  const over = left <= 0;
  const [first] = packages;
  return {
    subject: `${product} ${release}`,
    severity: over ? "high" : "medium",
    title: over
      ? `${product} ${release} has had no security support since ${ends}`
      : `Security support of ${product} ${release} ends on ${ends}`,
    locations: kind === "distribution" ? [locationOf(first?.layer, OS_RELEASE, layers)] : locationsOf(packages, layers),
    matches:
      kind === "distribution" || first === undefined
        ? { ids: [id], path: OS_RELEASE }
        : { ids: [id], package: first.name, version: first.version, purl: first.purl, path: first.path },
    fix: { kind: "instruction", text: fixText(product, newer, now) },
    evidence: {
      release: `${product} ${release}`,
      ends,
      days: over ? `${daysText(1 - left)} ago` : `${daysText(left)} left`,
      ...(extended === undefined || lastMoment(extended.ends) <= now.getTime()
        ? {}
        : { extended: `${extended.name} until ${extended.ends}, for those who have it` }),
      ...(packages.length > 1 ? { places: String(packages.length) } : {}),
      table: `as of ${asOf}`,
    },
    references: [source],
  };
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

function lastMoment(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY;
}

/** The oldest release to move to is the first that is not itself about to end, else the first with any days left. */
function fixText(product: string, newer: ReleaseLifecycle["newer"], now: Date): string {
  const left = newer.filter(({ ends }) => ends === undefined || lastMoment(ends) > now.getTime());
  const target =
    left.find(({ ends }) => ends === undefined || lastMoment(ends) > now.getTime() + NOTICE_DAYS * DAY) ?? left.at(-1);
  if (target === undefined) return `move to a release of ${product} that its vendor supports`;
  const until = target.ends === undefined ? "" : `, supported until ${target.ends}`;
  return `move to ${product} ${target.release}${until}, or later`;
}

/** A program may lie in a hundred places: the first ones stand for all. */
const LOCATIONS = 20;

function locationsOf(packages: readonly Package[], layers: readonly LayerReference[]): [Location, ...Location[]] {
  const [first, ...more] = packages.slice(0, LOCATIONS).map(({ layer, path }) => locationOf(layer, path, layers));
  return [first ?? locationOf(undefined, OS_RELEASE, layers), ...more];
}

function locationOf(layer: number | undefined, path: string, layers: readonly LayerReference[]): Location {
  const reference = layer === undefined ? undefined : layers[layer];
  return reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
}
