import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { Lifecycle, Package, ReleaseLifecycle } from "../../engines/contents/model.ts";
import { endOfLifeOf, NOTICE_DAYS, WITHOUT_CONTROL } from "../findings/end-of-life-finding.ts";
import type { ImageCheck } from "../subjects/image.ts";

const id = "image/end-of-life";

/** The file that names the distribution, at the place where most have it. */
const OS_RELEASE = "etc/os-release";

/** Distributions, runtimes and frameworks whose support is over, or soon will be: one finding for each release. */
export const endOfLife: ImageCheck<"lifecycle" | "layers"> = {
  id,
  title: "End-of-life releases",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: WITHOUT_CONTROL,
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
      const finding = judge(release, lifecycle, layers, now);
      if (finding !== undefined) yield finding;
    }
  },
};

function judge(
  release: ReleaseLifecycle,
  lifecycle: Lifecycle,
  layers: readonly LayerReference[],
  now: Date,
): FindingDraft | undefined {
  const { kind, packages } = release;
  const found = endOfLifeOf(release, lifecycle, now);
  if (found === undefined) return undefined;
  const [first] = packages;
  return {
    ...found,
    locations: kind === "distribution" ? [locationOf(first?.layer, OS_RELEASE, layers)] : locationsOf(packages, layers),
    matches:
      kind === "distribution" || first === undefined
        ? { ids: [id], path: OS_RELEASE }
        : { ids: [id], package: first.name, version: first.version, purl: first.purl, path: first.path },
  };
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
