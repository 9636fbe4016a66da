/** The order of versions, as far as a package's ecosystem has one that is known. */
import type { PackageType } from "../../contents/model.ts";
import { languageEcosystems } from "../../vulnerability/languages.ts";
import { type SchemeName, schemes, type Version, type VersionScheme } from "../../vulnerability/versions/scheme.ts";

/** Ecosystems without advisories of their own, by whose order their tools go. */
const OTHER_SCHEMES: Readonly<Partial<Record<PackageType, SchemeName>>> = {
  // `Pod::Version` is RubyGems' own.
  cocoapods: "gem",
  // Conda's order agrees with Python's wherever both know a version.
  conda: "pep440",
};

const schemeNames = new Map<PackageType, SchemeName>(
  languageEcosystems.map(({ packageType, scheme }) => [packageType, scheme]),
);

const spellings = new Map(languageEcosystems.map(({ packageType, spell }) => [packageType, spell]));

/** One spelling for all that an ecosystem takes for one name. */
export function spelledName(type: PackageType, name: string): string {
  return spellings.get(type)?.(name) ?? name;
}

export function schemeOf(type: PackageType): VersionScheme | undefined {
  const name = schemeNames.get(type) ?? OTHER_SCHEMES[type];
  return name === undefined ? undefined : schemes[name];
}

/** Undefined where it is no version of the scheme: a commit, an address. */
export function versionOf(type: PackageType, text: string): Version | undefined {
  return COMMIT.test(text) ? undefined : schemeOf(type)?.parse(text);
}

/** Lenient schemes would take one that begins with a digit for a version. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/** Below 0, 0 or above 0; undefined where one of them is none that can be ordered. */
export function orderOf(type: PackageType, a: string, b: string): number | undefined {
  const scheme = schemeOf(type);
  const [left, right] = [versionOf(type, a), versionOf(type, b)];
  return scheme === undefined || left === undefined || right === undefined ? undefined : scheme.compare(left, right);
}
