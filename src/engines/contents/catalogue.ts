import { bounds } from "../../core/bounds.ts";
import type { Gap } from "../../core/evidence.ts";
import { printable } from "../../core/printable.ts";
import type { FileHistory } from "./analyser.ts";
import { analyserFor } from "./analysers.ts";
import type { Distribution, Inventory, Package, PackageRecord, PackageType } from "./model.ts";
import { alpineReleasePath } from "./os/alpine-release.ts";
import { debianVersionPath } from "./os/debian-version.ts";
import { osReleasePaths } from "./os/os-release.ts";
import { purlOf } from "./purl.ts";

/** What is in the merged tree, and why that may not be all. */
export interface Catalogue {
  readonly inventory: Inventory;
  /** Those that concern one package type alone say so. */
  readonly gaps: readonly Gap[];
}

/** Which file names the distribution: the first of these that is there and can be read. */
const DISTRIBUTION_PATHS: readonly string[] = [...osReleasePaths, alpineReleasePath, debianVersionPath];

/**
 * Joins the facts of the files that survive in the merged tree. A file's last version says what is there, its earlier
 * ones when it came. A package of a distribution that two databases list alike (`lib/apk` and `usr/lib/apk`, both
 * real) is one package; npm packages are as many as their folders. Packages are in the order of type, name, version
 * and path, whatever order the files came in.
 */
export function catalogue(files: Iterable<FileHistory>): Catalogue {
  const gaps = gapList();
  const distributions = new Map<string, Distribution>();
  const located: Located[] = [];
  const typesUnread = new Set<PackageType>();
  for (const { path, versions } of files) {
    const facts = versions.at(-1)?.facts;
    if (facts === undefined) continue;
    switch (facts.kind) {
      case "distribution":
        distributions.set(path, facts.distribution);
        break;
      case "unreadable": {
        const packageType = packageTypeOf(path);
        if (packageType !== undefined) typesUnread.add(packageType);
        gaps.add(facts.code, `/${path}: ${facts.reason}`, packageType);
        break;
      }
      case "packages": {
        const packageType = packageTypeOf(path);
        for (const sentence of facts.unread) gaps.add("contents.unread", `/${path}: ${sentence}`, packageType);
        if (packageType !== undefined && facts.unread.length > 0) typesUnread.add(packageType);
        for (const found of attribute(path, versions)) located.push(found);
      }
    }
  }

  const distribution = DISTRIBUTION_PATHS.map((path) => distributions.get(path)).find((found) => found !== undefined);
  const unique = withoutRepeats(located);
  const typesRead = new Set(unique.map(({ record }) => record.type));
  if (unique.length > bounds.packages) {
    gaps.add("contents.too-many-packages", `${unique.length} packages, of which ${bounds.packages} are looked at`);
    unique.length = bounds.packages;
  }
  const expected = distribution === undefined ? undefined : databaseOf(distribution);
  if (distribution !== undefined && expected !== undefined && !typesRead.has(expected) && !typesUnread.has(expected)) {
    gaps.add("contents.no-package-database", `no ${expected} packages found in ${distribution.id}`, expected);
  }

  const packages = unique.map(
    ({ record, path, layer }): Package => ({
      ...record,
      purl: purlOf(record, distribution),
      path,
      ...(layer === undefined ? {} : { layer }),
    }),
  );
  return { inventory: { ...(distribution === undefined ? {} : { distribution }), packages }, gaps: gaps.all() };
}

/** A record, the file that states it, and the layer that first brought it. */
interface Located {
  readonly record: PackageRecord;
  readonly path: string;
  readonly layer?: number;
}

/**
 * Databases are written whole in each layer that installs something, so the layer of a package is the lowest from
 * which on every later version of its file lists it. A version that cannot be read says neither yes nor no.
 */
function attribute(path: string, versions: FileHistory["versions"]): Located[] {
  let current = new Map<string, Located>();
  for (const { layer, facts } of versions) {
    if (facts.kind === "unreadable") continue;
    const next = new Map<string, Located>();
    for (const record of facts.kind === "packages" ? facts.packages : []) {
      const key = identityKey(record);
      const since = current.get(key);
      // The newest record, since an unchanged version may have other fields; but the layer of the first.
      const from = since === undefined ? layer : since.layer;
      next.set(key, { record, path, ...(from === undefined ? {} : { layer: from }) });
    }
    current = next;
  }
  return [...current.values()];
}

/** Unambiguous: identityOf refuses control characters in names and versions. */
function identityKey({ type, name, version, architecture }: PackageRecord): string {
  return `${type}\0${name}\0${version}\0${architecture ?? ""}`;
}

/** Sorted, and with what two databases of a distribution list alike kept once: from the lower layer. */
function withoutRepeats(located: Located[]): Located[] {
  located.sort(
    (a, b) =>
      compareText(a.record.type, b.record.type) ||
      compareText(a.record.name, b.record.name) ||
      compareText(a.record.version, b.record.version) ||
      compareText(a.record.architecture ?? "", b.record.architecture ?? "") ||
      (a.record.type === "npm" ? 0 : (a.layer ?? 0) - (b.layer ?? 0)) ||
      compareText(a.path, b.path),
  );
  return located.filter((item, index) => {
    const before = located[index - 1];
    return (
      before === undefined || item.record.type === "npm" || identityKey(before.record) !== identityKey(item.record)
    );
  });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Analysers of packages have the name of their manager. */
const PACKAGE_TYPES: Readonly<Record<string, PackageType>> = { dpkg: "deb", apk: "apk", rpm: "rpm", npm: "npm" };

function packageTypeOf(path: string): PackageType | undefined {
  return PACKAGE_TYPES[analyserFor(path)?.id ?? ""];
}

/** Distributions that are made of packages: without a database they were not read, they are not empty. */
const DATABASES: readonly { readonly type: PackageType; readonly distributions: ReadonlySet<string> }[] = [
  { type: "deb", distributions: new Set(["debian", "ubuntu"]) },
  { type: "apk", distributions: new Set(["alpine", "wolfi", "chainguard"]) },
  {
    type: "rpm",
    distributions: new Set([
      ...["rhel", "fedora", "centos", "almalinux", "rocky", "ol", "amzn", "azurelinux", "mariner", "photon"],
      ...["suse", "opensuse", "sles", "sled", "opensuse-leap", "opensuse-tumbleweed", "openeuler"],
    ]),
  },
];

function databaseOf({ id, idLike }: Distribution): PackageType | undefined {
  for (const name of [id, ...idLike]) {
    const database = DATABASES.find(({ distributions }) => distributions.has(name));
    if (database !== undefined) return database.type;
  }
  return undefined;
}

/** Gaps up to the bound, and one more that counts the rest. Paths come from images, so they are made printable. */
function gapList() {
  const first: Gap[] = [];
  let count = 0;
  return {
    add(code: string, reason: string, packageType?: PackageType): void {
      count += 1;
      if (first.length >= bounds.contentsGaps) return;
      first.push({ code, reason: printable(reason), ...(packageType === undefined ? {} : { concerns: packageType }) });
    },
    all(): Gap[] {
      const more = count - first.length;
      return more === 0 ? first : [...first, { code: "contents.unread", reason: `${more} more things were not read` }];
    },
  };
}
