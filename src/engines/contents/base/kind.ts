/** Which kind of base an image's contents show. */

import type { Distribution, Inventory, Package, PackageType } from "../model.ts";
import type { BaseKind } from "./model.ts";

/** What a kind is told by; `why` says it in words. */
export interface DetectedKind {
  readonly kind: BaseKind;
  readonly why: string;
}

const OS_TYPES: ReadonlySet<PackageType> = new Set(["deb", "apk", "rpm"]);

export function isOfDistribution({ type }: Pick<Package, "type">): boolean {
  return OS_TYPES.has(type);
}

/** Packages that hold a shell, by the names that distributions give them. */
export const SHELL_PACKAGES: ReadonlySet<string> = new Set([
  ...["bash", "dash", "busybox", "busybox-static", "zsh", "ksh", "mksh", "fish", "toybox", "oksh", "yash", "tcsh"],
  ...["bash-binsh", "dash-binsh", "yash-binsh", "busybox-binsh", "bash-sh"],
]);

/** Packages that hold a package manager. */
export const MANAGER_PACKAGES: ReadonlySet<string> = new Set([
  ...["apt", "dpkg", "aptitude", "apk-tools", "rpm", "rpm-ndb", "dnf", "dnf5", "microdnf", "yum", "tdnf", "zypper"],
]);

/** The C library is what tells a base for dynamically linked programs from one for static ones. */
const C_LIBRARIES: ReadonlySet<string> = new Set(["libc6", "glibc", "musl", "libc-bin", "glibc-minimal-langpack"]);

/** Package managers that only minimal images of rpm's distributions have in dnf's or zypper's place. */
const MINIMAL_MANAGERS: ReadonlySet<string> = new Set(["microdnf", "tdnf"]);
const WHOLE_MANAGERS: ReadonlySet<string> = new Set(["dnf", "dnf5", "yum", "zypper"]);

/**
 * The kind by what is there, whatever the image says of itself: a label costs its author nothing. What a higher layer
 * removed counts, since the base still brings it. Undefined where nothing tells.
 */
export function kindOf({
  distribution,
  packages,
  removed = [],
  tools = [],
  slimmed,
}: Inventory): DetectedKind | undefined {
  const names = new Set([...packages, ...removed].filter(isOfDistribution).map(({ name }) => name));
  const named = (set: ReadonlySet<string>) => [...names].sort().find((name) => set.has(name));
  const tool = (kind: string) => tools.find((each) => each.kind === kind)?.path;
  const shell = named(SHELL_PACKAGES) ?? pathOf(tool("shell"));
  const manager = named(MANAGER_PACKAGES) ?? pathOf(tool("package-manager"));

  if (shell === undefined && manager === undefined) {
    const library = named(C_LIBRARIES) ?? tool("loader");
    if (distribution === undefined && names.size === 0 && library === undefined) {
      return { kind: "scratch", why: "no distribution, no shell, no package manager and no C library" };
    }
    const without = `${nameOf(distribution)} without a shell and a package manager`;
    // Where no package is listed what is there is not known, so the lesser claim is made.
    return library === undefined && names.size > 0
      ? { kind: "static", why: `${without}, and without a C library` }
      : { kind: "distroless", why: without };
  }
  const has = `has ${[shell, manager].filter((each) => each !== undefined).join(" and ")}`;
  const { id, idLike } = distribution ?? { id: "", idLike: [] };
  const is = (...ids: string[]) => ids.some((each) => id === each || idLike.includes(each));
  if (is("wolfi", "chainguard")) return { kind: "wolfi", why: `${nameOf(distribution)}, ${has}` };
  if (is("alpine")) return { kind: "alpine", why: `${nameOf(distribution)}, ${has}` };
  if (slimmed === true) {
    return { kind: "slim", why: `${nameOf(distribution)} whose dpkg leaves out documentation, ${has}` };
  }
  if (manager === undefined) return { kind: "slim", why: `${nameOf(distribution)} without a package manager, ${has}` };
  const minimal = named(MINIMAL_MANAGERS);
  if (minimal !== undefined && named(WHOLE_MANAGERS) === undefined) {
    return { kind: "slim", why: `${nameOf(distribution)} with ${minimal} alone, ${has}` };
  }
  if (distribution === undefined && names.size === 0) return undefined;
  return { kind: "full", why: `${nameOf(distribution)} with ${names.size} packages, ${has}` };
}

function pathOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : `/${path}`;
}

/** `debian 13`. */
export function nameOf(distribution: Distribution | undefined): string {
  if (distribution === undefined) return "no distribution that says its name";
  const release = distribution.versionId ?? distribution.versionCodename;
  return release === undefined ? distribution.id : `${distribution.id} ${release}`;
}
