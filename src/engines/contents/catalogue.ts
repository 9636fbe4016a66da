import { append } from "../../core/append.ts";
import type { Gap } from "../../core/evidence.ts";
import { compareText } from "../../core/order.ts";
import { printable } from "../../core/printable.ts";
import { isAccountFile, passwdPath } from "./accounts/accounts.ts";
import type { AccountFile, Accounts } from "./accounts/model.ts";
import type { FileHistory, RemovedHistory } from "./analyser.ts";
import { folderAnalyserFor } from "./analysers.ts";
import { bounds } from "./bounds.ts";
import { type StatedLicenses, withLicenses } from "./licenses/copyright-files.ts";
import { attribute, departed, identityKey, type Located, type Removed } from "./located.ts";
import type { Distribution, FileFacts, Inventory, Package, PackageType, UnreadManager } from "./model.ts";
import { alpineReleasePath } from "./os/alpine-release.ts";
import { debianVersionPath } from "./os/debian-version.ts";
import { osReleasePaths } from "./os/os-release.ts";
import { type OwnerLookup, type Ownership, ownersOf } from "./owners.ts";
import { isCopyright } from "./packages/dpkg/copyright.ts";
import { isModuleLicense } from "./packages/golang/module-license.ts";
import { DATABASE_NOT_READ } from "./packages/unsupported/databases.ts";
import { purlOf } from "./purl.ts";
import { removedPackages } from "./removed.ts";

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
 * real) is one package; others are as many as the files that declare them. Packages are in the order of type, name,
 * version and path, whatever order the files came in.
 *
 * @param removed - files that a layer took away
 * @param most - packages, and removed ones, that are looked at
 */
export function catalogue(
  files: Iterable<FileHistory>,
  removed: readonly RemovedHistory[] = [],
  most: number = bounds.packages,
): Catalogue {
  const gaps = gapList();
  const distributions = new Map<string, Distribution>();
  const located: Located[] = [];
  const ownerships: Ownership[] = [];
  const stated: StatedLicenses[] = [];
  const troubles: Trouble[] = [];
  const leaving: Removed[] = [];
  let slimmed = false;
  let project: (FileFacts & { kind: "packages" })["project"];
  let accounts: Accounts | undefined;
  const paths = new Set<string>();
  for (const { path, versions } of files) {
    const last = versions.at(-1);
    if (last === undefined) continue;
    const { facts, layer } = last;
    paths.add(path);
    if (versions.length > 1) append(leaving, departed(path, versions));
    if (isAccountFile(path)) {
      accounts = withAccounts(accounts, path, layer, facts);
      continue;
    }
    switch (facts.kind) {
      case "accounts":
        break;
      case "excludes":
        if (facts.documentation) slimmed = true;
        break;
      case "distribution":
        distributions.set(path, facts.distribution);
        break;
      case "ownership":
        ownerships.push(facts);
        break;
      case "licenses":
        stated.push(facts);
        break;
      case "unreadable":
        // It says nothing of what is installed: the package has no stated license.
        if (isCopyright(path) || isModuleLicense(path)) break;
        troubles.push({ path, layer, code: facts.code, reason: facts.reason, concerns: facts.concerns });
        break;
      case "packages":
        project = facts.project ?? project;
        for (const reason of facts.unread) {
          troubles.push({ path, layer, code: "contents.unread", reason, concerns: facts.concerns });
        }
        for (const found of attribute(path, versions)) located.push(found);
    }
  }
  const ownerOf = ownersOf(located, ownerships, (path) => paths.has(path));
  const typesUnread = new Set<string>();
  const databases = new Set<string>();
  for (const { path, layer, code, reason, concerns } of troubles) {
    // Of what a distribution's package brought its own advisories say what is in it.
    if (ownerOf(path, layer) !== undefined) continue;
    if (code === DATABASE_NOT_READ) {
      if (databases.has(reason)) continue;
      databases.add(reason);
    }
    const packageType = concerns ?? packageTypeOf(path);
    if (packageType !== undefined) typesUnread.add(packageType);
    gaps.add(code, `/${path}: ${reason}`, packageType);
  }

  const distribution = DISTRIBUTION_PATHS.map((path) => distributions.get(path)).find((found) => found !== undefined);
  const unique = withoutRepeats(located.filter((item) => !isSpokenFor(item, ownerOf)));
  const typesRead = new Set(unique.map(({ record }) => record.type));
  if (unique.length > most) {
    gaps.add("contents.too-many-packages", `${unique.length} packages, of which ${most} are checked`);
    unique.length = most;
  }
  const expected = distribution === undefined ? undefined : databaseOf(distribution);
  if (distribution !== undefined && expected !== undefined && !typesRead.has(expected) && !typesUnread.has(expected)) {
    gaps.add("contents.no-package-database", `no ${expected} packages found in ${distribution.id}`, expected);
  }

  const packages = describe(withLicenses(unique, stated), ownerOf, distribution);
  const gone = removedPackages(leaving, removed, {
    located,
    ownerships,
    distribution,
    isFile: (path) => paths.has(path),
  });
  if (gone.length > most) {
    gaps.add("contents.too-many-packages", `${gone.length} removed packages, of which ${most} are checked`);
    gone.length = most;
  }
  return {
    inventory: {
      ...(distribution === undefined ? {} : { distribution }),
      packages,
      ...(gone.length === 0 ? {} : { removed: gone }),
      ...(project === undefined ? {} : { project: purlOf({ ...project, version: "", licenses: [] }, undefined) }),
      ...(slimmed ? { slimmed } : {}),
      ...(accounts === undefined ? {} : { accounts }),
    },
    gaps: gaps.all(),
  };
}

/** What is not read of them concerns nothing but them, so it is no gap of the inventory. */
function withAccounts(
  before: Accounts | undefined,
  path: string,
  layer: number | undefined,
  facts: FileFacts,
): Accounts | undefined {
  const unread = before?.unread ?? [];
  if (facts.kind === "unreadable") return { ...before, unread: [...unread, `/${path}: ${facts.reason}`] };
  if (facts.kind !== "accounts") return before;
  const file: AccountFile = { path, ...(layer === undefined ? {} : { layer }), accounts: facts.accounts };
  return {
    ...before,
    [path === passwdPath ? "passwd" : "shadow"]: file,
    unread: facts.more === 0 ? unread : [...unread, `/${path}: ${facts.more} more accounts were not checked`],
  };
}

/** What of one file could not be read. */
interface Trouble {
  readonly path: string;
  readonly layer: number | undefined;
  readonly code: string;
  readonly reason: string;
  readonly concerns: PackageType | UnreadManager | undefined;
}

/** Types whose packages a distribution's database lists, and which own files. */
const DISTRIBUTION_TYPES: ReadonlySet<PackageType> = new Set(["deb", "apk", "rpm", "alpm"]);

/** A program that a distribution's package brought is that package, under another name. */
function isSpokenFor({ record, path, layer }: Located, ownerOf: OwnerLookup): boolean {
  return record.type === "generic" && ownerOf(path, layer) !== undefined;
}

/** The packages with their package-urls; what they own is what of it declares other packages here. */
function describe(
  unique: readonly Located[],
  ownerOf: OwnerLookup,
  distribution: Distribution | undefined,
): readonly Package[] {
  const owners = new Map<Located, Located>();
  const owned = new Map<string, Set<string>>();
  for (const item of unique) {
    if (DISTRIBUTION_TYPES.has(item.record.type)) continue;
    const owner = ownerOf(item.path, item.layer);
    if (owner === undefined) continue;
    owners.set(item, owner);
    const key = identityKey(owner.record);
    const paths = owned.get(key);
    if (paths === undefined) owned.set(key, new Set([item.path]));
    else paths.add(item.path);
  }
  return unique.map((item): Package => {
    const { owns: _, ...record } = item.record;
    const owner = owners.get(item);
    const owns = DISTRIBUTION_TYPES.has(record.type) ? owned.get(identityKey(record)) : undefined;
    return {
      ...record,
      ...(owns === undefined ? {} : { owns: [...owns].sort() }),
      purl: purlOf(record, distribution),
      path: item.path,
      ...(item.layer === undefined ? {} : { layer: item.layer }),
      ...(owner === undefined ? {} : { ownedBy: purlOf(owner.record, distribution) }),
    };
  });
}

/** Sorted, and with what two databases of a distribution list alike kept once: from the lower layer. */
function withoutRepeats(located: Located[]): Located[] {
  located.sort(
    (a, b) =>
      compareText(a.record.type, b.record.type) ||
      compareText(a.record.name, b.record.name) ||
      compareText(a.record.version, b.record.version) ||
      compareText(a.record.architecture ?? "", b.record.architecture ?? "") ||
      (DISTRIBUTION_TYPES.has(a.record.type) ? (a.layer ?? 0) - (b.layer ?? 0) : 0) ||
      compareText(a.path, b.path),
  );
  return located.filter((item, index) => {
    const before = located[index - 1];
    return (
      before === undefined ||
      !DISTRIBUTION_TYPES.has(item.record.type) ||
      identityKey(before.record) !== identityKey(item.record)
    );
  });
}

/** Analysers of packages have the name of their manager. */
const PACKAGE_TYPES: Readonly<Record<string, PackageType>> = {
  dpkg: "deb",
  "dpkg-files": "deb",
  apk: "apk",
  rpm: "rpm",
  "rpm-container-manifest": "rpm",
  pacman: "alpm",
  "conda-meta": "conda",
  "bitnami-spdx": "bitnami",
  npm: "npm",
  "package-lock": "npm",
  "yarn-lock": "npm",
  "pnpm-lock": "npm",
  "bun-lock": "npm",
  "bun-lockb": "npm",
  "deno-lock": "npm",
  pypi: "pypi",
  "poetry-lock": "pypi",
  "uv-lock": "pypi",
  "pdm-lock": "pypi",
  pylock: "pypi",
  "pipfile-lock": "pypi",
  requirements: "pypi",
  jar: "maven",
  "java-release": "generic",
  "cargo-lock": "cargo",
  "go-mod": "golang",
  "go-vendor-modules": "golang",
  "gemfile-lock": "gem",
  gemspec: "gem",
  "composer-lock": "composer",
  "composer-installed": "composer",
  "nuget-packages-lock": "nuget",
  "nuget-project-assets": "nuget",
  "nuget-packages-config": "nuget",
  "paket-lock": "nuget",
  "dotnet-deps": "nuget",
  "pubspec-lock": "pub",
  "mix-lock": "hex",
  "rebar-lock": "hex",
  "swift-package-resolved": "swift",
  "conan-lock": "conan",
  "r-description": "cran",
  "renv-lock": "cran",
  "gradle-lockfile": "maven",
  "maven-pom": "maven",
  "sbt-lock": "maven",
  "go-work": "golang",
  "nuget-central-versions": "nuget",
  "podfile-lock": "cocoapods",
};

function packageTypeOf(path: string): PackageType | undefined {
  return PACKAGE_TYPES[folderAnalyserFor(path)?.id ?? ""];
}

/** Distributions that are made of packages: without a database they were not read, they are not empty. */
const DATABASES: readonly { readonly type: PackageType; readonly distributions: ReadonlySet<string> }[] = [
  { type: "deb", distributions: new Set(["debian", "ubuntu", "echo"]) },
  {
    type: "apk",
    distributions: new Set([
      ...["alpine", "wolfi", "chainguard", "minimos", "cleanstart", "clnstrt", "alpaquita"],
      "bellsoft-hardened-containers",
    ]),
  },
  { type: "alpm", distributions: new Set(["arch", "archarm"]) },
  {
    type: "rpm",
    distributions: new Set([
      ...["rhel", "fedora", "centos", "almalinux", "rocky", "ol", "amzn", "azurelinux", "mariner", "photon"],
      ...[
        "suse",
        "opensuse",
        "sles",
        "sles_sap",
        "sle_hpc",
        "sled",
        "opensuse-leap",
        "opensuse-tumbleweed",
        "openeuler",
      ],
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
    add(code: string, reason: string, concerns?: string): void {
      count += 1;
      if (first.length >= bounds.contentsGaps) return;
      first.push({ code, reason: printable(reason), ...(concerns === undefined ? {} : { concerns }) });
    },
    all(): Gap[] {
      const more = count - first.length;
      return more === 0 ? first : [...first, { code: "contents.unread", reason: `${more} more files were not read` }];
    },
  };
}
