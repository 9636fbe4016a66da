/** From what other tools write of a package to a record as our own readers make it. */
import { bounds as contentsBounds } from "../bounds.ts";
import type { PackageRecord, PackageType } from "../model.ts";
import { identityOf } from "../packages/identity.ts";
import type { ParsedPurl } from "../purl-parse.ts";
import { joinName } from "./group.ts";

/** purl types → ours. */
const TYPES: ReadonlyMap<string, PackageType> = new Map<string, PackageType>([
  ...(["deb", "apk", "rpm", "npm", "pypi", "golang", "maven", "cargo", "gem", "composer"] as const).map(same),
  ...(["nuget", "pub", "hex", "swift", "conan", "cran", "generic"] as const).map(same),
  ...(["alpm", "conda", "cocoapods", "bitnami"] as const).map(same),
  // The type's first name.
  ["alpine", "apk"],
]);

function same(type: PackageType): [string, PackageType] {
  return [type, type];
}

export function packageTypeOf(purl: ParsedPurl): PackageType | undefined {
  return TYPES.get(purl.type);
}

/** What a document calls the component, beside its package-url. */
export interface StatedName {
  readonly group?: string;
  readonly name?: string;
  readonly version?: string;
}

export interface NamedPackage {
  readonly name: string;
  readonly version: string;
  /** What the document and its package-url say differently, as the end of a sentence. */
  readonly contradiction?: string;
}

/**
 * Name and version, as the ecosystem writes them. Where the package-url and the component's own fields differ by more
 * than the case that the package-url's type takes away, the package-url counts and the contradiction is told.
 */
export function namedPackage(
  type: PackageType,
  purl: ParsedPurl,
  stated: StatedName,
): NamedPackage | { readonly fault: string } {
  const ofPurl = nameOf(type, purl);
  const written = writtenNames(type, stated);
  const name = written.find((candidate) => sameName(type, candidate, ofPurl)) ?? ofPurl;
  const version = versionOf(type, purl);
  const identity = version ?? stated.version;
  const checked = identityOf(name, identity);
  if ("fault" in checked) return checked;
  const contradiction =
    version !== undefined && stated.version !== undefined && !sameVersion(version, stated.version)
      ? `states version ${shown(stated.version)} and a package-url of version ${shown(version)}`
      : written.length > 0 && !written.some((candidate) => isPlausibleName(candidate, ofPurl))
        ? `is named ${shown(stated.name ?? "")} and has a package-url of ${shown(ofPurl)}`
        : undefined;
  return { ...checked, ...(contradiction === undefined ? {} : { contradiction }) };
}

function nameOf(type: PackageType, { namespace, name }: ParsedPurl): string {
  switch (type) {
    case "deb":
    case "apk":
    case "rpm":
    case "alpm":
    case "conda":
    case "cocoapods":
    case "bitnami":
    case "conan":
    case "cran":
    case "gem":
    case "cargo":
    case "nuget":
    case "pypi":
    case "pub":
      return name;
    case "maven":
      return namespace.length === 0 ? name : `${namespace.join(".")}:${name}`;
    case "npm":
    case "golang":
    case "composer":
    case "hex":
    case "swift":
    case "generic":
      return [...namespace, name].join("/");
  }
}

/** deb and rpm: with the epoch, which rpm's type, and some writers of deb's, keep apart. */
function versionOf(type: PackageType, { version, qualifiers }: ParsedPurl): string | undefined {
  const epoch = qualifiers.get("epoch");
  if (version === undefined || epoch === undefined || (type !== "rpm" && type !== "deb")) return version;
  return /^\d{1,9}:/.test(version) || !/^\d{1,9}$/.test(epoch) ? version : `${epoch}:${version}`;
}

function writtenNames(type: PackageType, { group, name }: StatedName): string[] {
  if (name === undefined || name.length > contentsBounds.packageNameLength) return [];
  return group === undefined ? [name] : [joinName(type, { group, name }), name];
}

/** Whether two names are one to the ecosystem: those whose package-urls are in lower case keep their own case. */
function sameName(type: PackageType, a: string, b: string): boolean {
  if (a === b) return true;
  if (type === "maven" || type === "rpm" || type === "cargo" || type === "gem" || type === "cran") return false;
  return fold(type, a) === fold(type, b);
}

function fold(type: PackageType, name: string): string {
  const lower = name.toLowerCase();
  return type === "pypi" ? lower.replace(/[-_.]+/g, "-") : lower;
}

/**
 * Tools write as a component's name whatever part of the whole they like: `bootstrap` for `@example/bootstrap`,
 * `com.example:example` for a maven artifact, a folder's name for a module.
 */
function isPlausibleName(written: string, ofPurl: string): boolean {
  const [a, b] = [lastWord(written), lastWord(ofPurl)];
  return a === b || written.toLowerCase().includes(b) || ofPurl.toLowerCase().includes(a);
}

function lastWord(name: string): string {
  return name
    .slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf(":")) + 1)
    .toLowerCase()
    .replace(/[-_.]+/g, "-");
}

/** An epoch, a leading v, or the go of Go's own library that one of the two leaves out is no contradiction. */
function sameVersion(a: string, b: string): boolean {
  return a === b || bare(a) === bare(b);
}

function bare(version: string): string {
  return version
    .trim()
    .replace(/^\d{1,9}:/, "")
    .replace(/^(?:[vV]|go)(?=\d)/, "");
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Source of a distribution's package: every writer has its own qualifier for it. */
export function sourceOf(
  type: PackageType,
  own: { readonly name: string; readonly version: string },
  qualifiers: ReadonlyMap<string, string>,
  stated: { readonly name?: string; readonly version?: string } = {},
): PackageRecord["source"] {
  if (type !== "deb" && type !== "apk" && type !== "rpm") return undefined;
  const plain = type === "rpm" ? { ...own, version: own.version.replace(/^\d{1,9}:/, "") } : own;
  if (stated.name !== undefined) return { name: stated.name, version: stated.version ?? plain.version };
  const sourceRpm = qualifiers.get("sourcerpm");
  const upstream = sourceRpm ?? qualifiers.get("upstream") ?? qualifiers.get("source") ?? qualifiers.get("origin");
  if (upstream === undefined) return plain;
  const file = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(upstream.slice(0, contentsBounds.packageNameLength));
  if (file !== null) return { name: file[1] as string, version: file[2] as string };
  const at = upstream.indexOf("@");
  return at > 0
    ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) || plain.version }
    : { name: upstream, version: qualifiers.get("sourceversion") ?? plain.version };
}
