import type { Distribution, PackageRecord } from "./model.ts";

/**
 * The canonical package-url of a record (ECMA-427 and its type definitions deb, apk, rpm and npm). The namespace of a
 * distribution's package is the distribution's id; it and the `distro` qualifier are left out where the distribution
 * is not known.
 */
export function purlOf(record: PackageRecord, distribution: Distribution | undefined): string {
  switch (record.type) {
    case "npm":
      return npmPurl(record.name, record.version);
    case "deb":
    case "apk":
      return distributionPurl(record, record.name.toLowerCase(), record.version, undefined, distribution);
    case "rpm": {
      // The type keeps the epoch apart from the version, and rpm names do have capitals.
      const colon = record.version.indexOf(":");
      const epoch = colon < 0 ? undefined : record.version.slice(0, colon);
      return distributionPurl(record, record.name, record.version.slice(colon + 1), epoch, distribution);
    }
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

function npmPurl(declaredName: string, version: string): string {
  const name = declaredName.toLowerCase();
  const slash = name.indexOf("/");
  const path = slash < 0 ? encode(name) : `${encode(name.slice(0, slash))}/${encode(name.slice(slash + 1))}`;
  return `pkg:npm/${path}@${encode(version)}`;
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
