import type { Distribution, PackageRecord, PackageType } from "./model.ts";

/**
 * The canonical package-url of a record (ECMA-427 and its type definitions). The namespace of a distribution's package
 * is the distribution's id; it and the `distro` qualifier are left out where the distribution is not known. Records
 * name a package as its ecosystem does: `group:artifact` (maven), a module path (golang), `vendor/name` (composer).
 */
export function purlOf(record: PackageRecord, distribution: Distribution | undefined): string {
  const { type, name, version } = record;
  switch (type) {
    case "deb":
    case "apk":
    case "alpm":
      return distributionPurl(record, name.toLowerCase(), version, undefined, distribution);
    case "rpm": {
      // The type keeps the epoch apart from the version, and rpm names do have capitals.
      const colon = version.indexOf(":");
      const epoch = colon < 0 ? undefined : version.slice(0, colon);
      return distributionPurl(record, name, version.slice(colon + 1), epoch, distribution);
    }
    case "npm":
    case "composer":
    case "golang":
    case "hex":
      return pathPurl(type, name.toLowerCase().split("/"), version);
    case "pypi":
      return pathPurl(type, [name.toLowerCase().replaceAll("_", "-")], version);
    case "pub":
      return pathPurl(type, [name.toLowerCase()], version);
    case "maven":
      return pathPurl(type, name.split(":"), version);
    case "swift":
      return pathPurl(type, name.split("/"), version);
    case "cargo":
    case "gem":
    case "nuget":
    case "conan":
    case "cran":
    case "conda":
    case "cocoapods":
    case "bitnami":
    case "generic":
      return pathPurl(type, [name], version);
  }
}

function distributionPurl(
  record: PackageRecord,
  name: string,
  version: string,
  epoch: string | undefined,
  distribution: Distribution | undefined,
): string {
  const namespace = distribution === undefined ? "" : `${encode(distribution.id)}/`;
  // In the order of their keys, as the canonical form wants it.
  const qualifiers: string[] = [];
  if (record.architecture !== undefined) qualifiers.push(`arch=${encode(record.architecture)}`);
  if (distribution !== undefined) qualifiers.push(`distro=${encode(distroOf(distribution))}`);
  if (epoch !== undefined) qualifiers.push(`epoch=${encode(epoch)}`);
  const query = qualifiers.length === 0 ? "" : `?${qualifiers.join("&")}`;
  return `pkg:${record.type}/${namespace}${encode(name)}@${encode(version)}${query}`;
}

function pathPurl(type: PackageType, path: readonly string[], version: string): string {
  const at = version === "" ? "" : `@${encode(version)}`;
  // Nothing but a hostile file names a package `a//b`, and a package-url has no empty segments.
  const segments = path.includes("") ? [path.join("/")] : path;
  return `pkg:${type}/${segments.map(encode).join("/")}${at}`;
}

/** `debian-13`; the codename where a release has no number yet; the id alone where it rolls. */
function distroOf({ id, versionId, versionCodename }: Distribution): string {
  const release = versionId ?? versionCodename;
  return release === undefined ? id : `${id}-${release}`;
}

/** What stays as it is in every component: unreserved characters, and the colon ("Character encoding"). */
const PLAIN = /^[A-Za-z0-9._~:-]*$/;

function encode(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
