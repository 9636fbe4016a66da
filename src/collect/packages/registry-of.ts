/** Which registry is asked for a package: the one that the user's package manager would take, never one that a tree chose. */
import type { Gap } from "../../core/evidence.ts";
import { compileGlob } from "../../core/glob.ts";
import type { PackageOrigin, PackageType } from "../../engines/contents/model.ts";
import { isFrom, isPublic } from "../../engines/packages/model.ts";
import { decoded } from "../../engines/packages/registry/fields.ts";
import { baseOf, type RegistrySettings } from "./settings.ts";

/** The registries that are asked where the user's settings name none. */
const PUBLIC: Readonly<Partial<Record<PackageType, string>>> = {
  npm: "https://registry.npmjs.org/",
  pypi: "https://pypi.org/simple/",
  cargo: "https://crates.io/",
  gem: "https://rubygems.org/",
  golang: "https://proxy.golang.org/",
  composer: "https://repo.packagist.org/",
  // Without compression, and so without versions of SemVer 2.
  nuget: "https://api.nuget.org/v3/registration5-semver1/",
  maven: "https://repo1.maven.org/maven2/",
};

export interface ChosenRegistry {
  /** Ends in a slash. */
  readonly base: string;
  /** `default`: the public one. */
  readonly by: "default" | "settings" | "override" | "policy";
}

export interface RegistryChoice {
  readonly settings: RegistrySettings;
  /** The caller's, in the place of any other. */
  readonly overrides?: Readonly<Partial<Record<PackageType, string>>>;
  /** Of a trusted policy alone: hosts and URLs that a lockfile may send us to. */
  readonly allowed?: readonly string[];
}

export interface AskedPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly fetchedFrom?: PackageOrigin;
}

export function registryOf(
  { type, name, fetchedFrom }: AskedPackage,
  { settings, overrides = {}, allowed = [] }: RegistryChoice,
): ChosenRegistry | Gap {
  const override = overrides[type];
  if (override !== undefined) return { base: baseOf(override)?.url ?? override, by: "override" };
  if (fetchedFrom !== undefined && fetchedFrom.kind !== "registry") {
    return { code: "packages.no-registry", reason: "not from a registry", concerns: type };
  }
  if (settings.off.includes(type) || isPrivateModule(type, name, settings)) {
    return {
      code: "packages.registry-off",
      reason: "your settings let no registry be asked",
      concerns: type,
    };
  }
  const own = ownBase(type, name, settings);
  if (own === undefined) {
    return { code: "packages.unsupported", reason: `no registry of ${type} packages is known`, concerns: type };
  }
  const url = fetchedFrom === undefined ? null : URL.parse(fetchedFrom.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return own;
  // Package managers replace the public registry's address by the configured registry's.
  if (isPublic(type, url) || sameHost(url, own.base)) return own;
  if (allowed.some((entry) => isFrom(entry, url))) {
    const base = baseBelow(type, name, url);
    if (base !== undefined) return { base, by: "policy" };
  }
  return {
    code: "packages.other-registry",
    reason: `from ${url.host}, a registry that your settings do not name`,
    remedy: "name it in your package manager's own settings",
    concerns: type,
  };
}

function ownBase(type: PackageType, name: string, settings: RegistrySettings): ChosenRegistry | undefined {
  const scope = type === "npm" && name.startsWith("@") ? name.slice(0, Math.max(0, name.indexOf("/"))) : "";
  const scoped = Object.hasOwn(settings.scopes, scope) ? settings.scopes[scope] : undefined;
  const stated = scoped ?? settings.bases[type];
  if (stated !== undefined) return { base: stated, by: "settings" };
  const known = PUBLIC[type];
  return known === undefined ? undefined : { base: known, by: "default" };
}

function sameHost(url: URL, base: string): boolean {
  return URL.parse(base)?.host === url.host;
}

/** `GOPRIVATE` (go.dev/ref/mod): patterns of prefixes of module paths. */
function isPrivateModule(type: PackageType, name: string, { privateModules }: RegistrySettings): boolean {
  if (type !== "golang") return false;
  return privateModules.some((pattern) => {
    const segments = pattern.split("/").length;
    return compileGlob(pattern)(name.split("/").slice(0, segments).join("/"));
  });
}

/** What stands before the package in the URL of its archive: `https://npm.acme.example/web/` before `@acme/api/-/…`. */
function baseBelow(type: PackageType, name: string, url: URL): string | undefined {
  if (type !== "npm") return undefined;
  const path = decoded(url.pathname);
  const at = path.indexOf(`/${name}/-/`);
  return at < 0 ? undefined : `${url.origin}${path.slice(0, at)}/`;
}
