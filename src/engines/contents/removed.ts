/** Packages that an upper layer removed and that the layers below still ship. */
import { append } from "../../core/append.ts";
import { compareText } from "../../core/order.ts";
import type { RemovedHistory } from "./analyser.ts";
import { attribute, departed, type Located, type Removed } from "./located.ts";
import type { Distribution, Package, PackageType } from "./model.ts";
import { type Ownership, ownersOf } from "./owners.ts";
import { purlOf } from "./purl.ts";

/** What the merged tree has, to hold what went against it. */
export interface Installed {
  readonly located: readonly Located[];
  readonly ownerships: readonly Ownership[];
  readonly distribution: Distribution | undefined;
  readonly isFile: (path: string) => boolean;
}

const OS_TYPES: ReadonlySet<PackageType> = new Set(["deb", "apk", "rpm"]);

/**
 * The packages that are gone from the merged tree, by type, name, version and path. One that is still there is
 * none of them: in another version where a database or the same file had it (it was upgraded), or in the same version
 * wherever it is now (it was moved).
 *
 * @param leaving - from databases and manifests that are still there, in another version
 * @param files - that are gone
 */
export function removedPackages(
  leaving: readonly Removed[],
  files: readonly RemovedHistory[],
  installed: Installed,
): Package[] {
  const { located, distribution } = installed;
  const gone: Removed[] = [...leaving];
  const ownerships: Ownership[] = [...installed.ownerships];
  for (const { path, versions, removedIn } of files) {
    append(gone, departed(path, versions));
    for (const item of attribute(path, versions)) gone.push({ ...item, removedIn });
    const last = versions.at(-1)?.facts;
    if (last?.kind === "ownership") ownerships.push(last);
  }
  if (gone.length === 0) return [];

  const there = new Set(located.flatMap((item) => keysOf(item)));
  const latest = new Map<string, Removed>();
  for (const item of gone) {
    if (keysOf(item).some((key) => there.has(key))) continue;
    const { record, path } = item;
    const key = JSON.stringify([record.type, record.name, record.version, record.architecture, path]);
    const before = latest.get(key);
    if (before === undefined || before.removedIn <= item.removedIn) latest.set(key, item);
  }
  const kept = [...latest.values()];
  const ownerOf = ownersOf([...located, ...kept], ownerships, installed.isFile);
  return kept
    .flatMap(({ record: stated, path, layer, removedIn }): Package[] => {
      // Without the graph: what it needed may still be there, and what needed it is not.
      const { owns: _, reference: _reference, dependsOn: _dependsOn, needs: _needs, ...record } = stated;
      const owner = OS_TYPES.has(record.type) ? undefined : ownerOf(path, layer);
      // A program of a distribution's package is that package, under another name.
      if (record.type === "generic" && owner !== undefined) return [];
      return [
        {
          ...record,
          purl: purlOf(record, distribution),
          path,
          ...(layer === undefined ? {} : { layer }),
          ...(owner === undefined ? {} : { ownedBy: purlOf(owner.record, distribution) }),
          removedIn,
        },
      ];
    })
    .sort(comparePackages);
}

/** Under what a package counts as still there. */
function keysOf({ record, path }: Located): string[] {
  const { type, name, version } = record;
  return [
    JSON.stringify([type, name, version]),
    OS_TYPES.has(type) ? JSON.stringify([type, name]) : JSON.stringify([type, name, "at", path]),
  ];
}

function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture ?? "", b.architecture ?? "") ||
    compareText(a.path, b.path)
  );
}
