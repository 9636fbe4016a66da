/** Until when the distribution and the programs of an inventory get security fixes, by the dated table. */

import { type Evidence, type Gap, present } from "../../../core/evidence.ts";
import { compareText } from "../../../core/order.ts";
import { printable } from "../../../core/printable.ts";
import type { Distribution, Inventory, Lifecycle, Package, ReleaseLifecycle } from "../model.ts";
import { distributions } from "./distributions.ts";
import { productOf } from "./recognise.ts";
import { supportOf } from "./support.ts";
import { LIFECYCLE_AS_OF, LIFECYCLE_CURRENT_DAYS, type Product } from "./table.ts";

const DAY = 24 * 60 * 60 * 1000;

/**
 * Undefined where there is nothing that has a lifecycle: no distribution, no program that the table has. What it does
 * not tell is a gap. The distribution's own packages have its support, and are not looked at one by one.
 */
export function lifecycleOf(inventory: Inventory, now: Date): Evidence<Lifecycle> | undefined {
  const gaps: Gap[] = [];
  const releases: ReleaseLifecycle[] = [];
  let looked = false;
  const { distribution, packages } = inventory;
  const there = packages.filter(({ removedIn }) => removedIn === undefined);

  const add = (kind: ReleaseLifecycle["kind"], product: Product, version: string, of: readonly Package[]): void => {
    looked = true;
    const support = supportOf(product, version, now);
    if (support.state === "unknown") gaps.push(lifecycleGap(support.reason));
    else if (support.state === "dated") releases.push({ kind, ...support.lifecycle, packages: of });
  };

  if (distribution !== undefined) {
    const named = distributionProduct(distribution);
    if ("reason" in named) {
      looked = true;
      gaps.push(lifecycleGap(named.reason));
    } else {
      add("distribution", named.product, named.version, there.filter(isReleasePackage).slice(0, 1));
    }
  }
  for (const [product, found] of programsIn(there)) {
    for (const [version, of] of found) add("program", product, version, of);
  }
  if (!looked) return undefined;
  const { observedAt, ...term } = lifecycleTerm;
  return present({ asOf: LIFECYCLE_AS_OF, releases: merged(releases) }, observedAt, {
    gaps: uniqueGaps(gaps),
    ...term,
  });
}

/** As of when the table holds, and until when. */
export const lifecycleTerm = {
  observedAt: `${LIFECYCLE_AS_OF}T00:00:00.000Z`,
  validUntil: new Date(Date.parse(LIFECYCLE_AS_OF) + LIFECYCLE_CURRENT_DAYS * DAY).toISOString(),
  renewal: "use a later release of Bulkhead, which has a later table",
} as const;

export function lifecycleGap(reason: string): Gap {
  return {
    code: "lifecycle.unknown",
    reason: printable(reason),
    remedy: "check with the vendor, or update Bulkhead",
  };
}

function uniqueGaps(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((each) => [each.reason, each])).values()];
}

type DistributionProduct = { readonly product: Product; readonly version: string } | { readonly reason: string };

function distributionProduct(distribution: Distribution): DistributionProduct {
  const { id, versionId } = distribution;
  const product = Object.hasOwn(distributions, productId(distribution))
    ? distributions[productId(distribution)]
    : undefined;
  if (product === undefined) return { reason: `the table of releases has nothing of the distribution ${id}` };
  if (product.rolling === true) return { product, version: "" };
  // Alpine's edge is built of snapshots and has no end.
  if (id === "alpine" && versionId?.includes("_alpha") === true) {
    return { product: { ...product, rolling: true }, version: "" };
  }
  if (versionId === undefined)
    return { reason: `os-release has no VERSION_ID, so the release of ${product.name} is unknown` };
  // All releases of the first Amazon Linux are one repository.
  if (id === "amzn" && /^201\d\.\d{2}$/.test(versionId)) return { product, version: "2018.03" };
  return { product, version: versionId };
}

/** CentOS Linux and CentOS Stream call themselves by one ID; from 9 on there is Stream alone. */
function productId({ id, versionId, prettyName }: Distribution): string {
  if (id !== "centos") return id === "sled" || id === "sles_sap" ? "sles" : id;
  const stream = prettyName?.startsWith("CentOS Stream") === true || /^(?:9|[1-9]\d)(?:\.|$)/.test(versionId ?? "");
  return stream ? "centos-stream" : "centos";
}

/** Packages that bring os-release, one to a distribution. */
const RELEASE_PACKAGES: ReadonlySet<string> = new Set([
  ...["base-files", "alpine-release", "alpine-baselayout", "wolfi-baselayout"],
  ...["redhat-release", "almalinux-release", "rocky-release", "centos-release", "centos-stream-release"],
  ...["oraclelinux-release", "system-release", "fedora-release-common", "sles-release", "openSUSE-release"],
  ...["photon-release", "mariner-release", "azurelinux-release"],
]);

function isReleasePackage({ type, name }: Package): boolean {
  return (type === "deb" || type === "apk" || type === "rpm") && RELEASE_PACKAGES.has(name);
}

/** Product → version → the packages of it. */
function programsIn(packages: readonly Package[]): Map<Product, Map<string, Package[]>> {
  const found = new Map<Product, Map<string, Package[]>>();
  for (const item of packages) {
    const program = productOf(item);
    if (program === undefined) continue;
    const versions = found.get(program.product) ?? new Map<string, Package[]>();
    found.set(program.product, versions);
    const same = versions.get(program.version);
    if (same === undefined) versions.set(program.version, [item]);
    else same.push(item);
  }
  return found;
}

/** Versions of one release are one entry. The distribution is first, programs are sorted. */
function merged(releases: readonly ReleaseLifecycle[]): ReleaseLifecycle[] {
  const byRelease = Map.groupBy(releases, ({ product, release }) => `${product}\0${release}`);
  const joined = [...byRelease.values()].map(
    (same): ReleaseLifecycle => ({ ...(same[0] as ReleaseLifecycle), packages: same.flatMap((each) => each.packages) }),
  );
  return joined.sort(
    (a, b) => compareText(a.kind, b.kind) || compareText(a.product, b.product) || compareText(a.release, b.release),
  );
}
