/**
 * PyPI and indexes like it: the simple API as JSON (PEP 691, with upload times and versions by PEP 700, attestations by PEP
 * 740), and the JSON API of one version (docs.pypi.org/api/json), which alone has the license.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { PublishedArchive } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import { broken, hexIn, linkIn, listIn, objectIn, objectOf, recordOf, textIn, timeIn } from "./fields.ts";
import { versionOfFile } from "./pypi-files.ts";

/** @param url - of the page: URLs of files may be relative to it @throws Problem `packages.answer` */
export function readSimplePage(bytes: Buffer, url: URL, place: string): RegistryDocument {
  const root = objectOf(bytes, place);
  const name = textIn(root, "name");
  if (name === undefined || !Array.isArray(root.files))
    throw broken(place, "no simple API page: name or files are missing");
  if (root.files.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} files`);
  const groups = new Map<string, Untyped[]>();
  for (const version of listIn(root, "versions", bounds.versions)) {
    if (typeof version === "string") groups.set(version, []);
  }
  for (const file of root.files) {
    if (!isObject(file)) continue;
    const version = versionOfFile(textIn(file, "filename") ?? "", name);
    if (version === undefined) continue;
    const group = groups.get(version) ?? groups.set(version, []).get(version);
    if (group !== undefined && group.length < bounds.archives) group.push(file);
  }
  const versions = [...groups].map(([version, files]) => [version, entryOf(files, url)] as const);
  const published = versions.flatMap(([, entry]) => entry.published ?? []).sort();
  const status = textIn(objectIn(root, "project-status"), "status");
  return {
    type: "pypi",
    name,
    ...(published[0] === undefined ? {} : { firstPublished: published[0] }),
    ...(status === undefined ? {} : statusOf(status, objectIn(root, "project-status"))),
    versions: recordOf(versions),
    allVersions: Array.isArray(root.versions),
    notServed: ["license"],
  };
}

/** PEP 792. */
function statusOf(status: string, stated: Untyped): Pick<RegistryDocument, "archived" | "deprecated"> {
  const reason = textIn(stated, "reason");
  if (status === "archived") return { archived: true };
  if (status === "deprecated" || status === "quarantined") return { deprecated: reason ?? status };
  return {};
}

/** The first file that was uploaded dates the version; it is yanked where all of its files are (PEP 592). */
function entryOf(files: readonly Untyped[], page: URL): VersionEntry {
  const notServed: ServedField[] = [];
  const times = files.flatMap((file) => timeIn(file, "upload-time") ?? []).sort();
  if (times.length < files.length || times.length === 0) notServed.push("published");
  const archives = archivesOf(files, page);
  if (archives.length === 0) notServed.push("hashes");
  const tellsYanked = files.every((file) => Object.hasOwn(file, "yanked"));
  const yanked = files.length > 0 && files.every(({ yanked: stated }) => stated === true || typeof stated === "string");
  const reason = files.map((file) => textIn(file, "yanked")).find((text) => text !== undefined);
  // An index that serves no upload times is of before PEP 700, and nothing says that it knows of PEP 592.
  if (!tellsYanked && times.length === 0) notServed.push("yanked");
  const attestations = attestationsOf(files, page);
  if (attestations === undefined) notServed.push("attestations");
  return {
    ...(times.length === 0 || times.length < files.length ? {} : { published: times[0] as string }),
    yanked,
    ...(yanked && reason !== undefined ? { deprecated: reason } : {}),
    ...(archives.length === 0 ? {} : { archives }),
    ...(attestations === undefined ? {} : { attestations }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

/** Wheels first: an sdist runs its own code when it is built. */
function archivesOf(files: readonly Untyped[], page: URL): PublishedArchive[] {
  const all = files.flatMap((file) => {
    const url = linkIn(file, "url", page);
    const hashes = objectIn(file, "hashes");
    const known = {
      ...hexIn(hashes, "md5", "md5"),
      ...hexIn(hashes, "sha256", "sha256"),
      ...hexIn(hashes, "sha512", "sha512"),
    };
    if (url === undefined || Object.keys(known).length === 0) return [];
    url.hash = "";
    return [{ url: url.href, hashes: known }];
  });
  const isWheel = ({ url }: PublishedArchive) => url.endsWith(".whl");
  return [...all.filter(isWheel), ...all.filter((one) => !isWheel(one))];
}

/**
 * PEP 740: `provenance` is a URL, or null where there is none. Of the version all of its files count: one without provenance
 * beside others with it is as good as none, since any of them may be installed.
 */
function attestationsOf(files: readonly Untyped[], page: URL): VersionEntry["attestations"] {
  if (files.length === 0 || !files.every((file) => Object.hasOwn(file, "provenance"))) return undefined;
  const urls = files.flatMap((file) => linkIn(file, "provenance", page)?.href ?? []);
  return urls.length < files.length ? "none" : urls;
}

/** What the JSON API says of one version. */
export interface VersionDocument {
  readonly entry: Partial<VersionEntry>;
  readonly archives: readonly PublishedArchive[];
}

/** @throws Problem `packages.answer` */
export function readVersionDocument(bytes: Buffer, place: string): VersionDocument {
  const root = objectOf(bytes, place);
  const info = objectIn(root, "info");
  if (!isObject(root.info)) throw broken(place, "no document of a version: info is missing");
  const license = licenseOf(info);
  const repository = repositoryOf(info);
  const files = listIn(root, "urls", bounds.archives).filter(isObject);
  const times = files.flatMap((file) => timeIn(file, "upload_time_iso_8601") ?? []).sort();
  const isWhole = files.length > 0 && times.length === files.length;
  const yanked = info.yanked;
  const reason = textIn(info, "yanked_reason");
  const entry = {
    ...(license === undefined ? {} : { license }),
    ...(repository === undefined ? {} : { repository }),
    ...(isWhole ? { published: times[0] as string } : {}),
    ...(typeof yanked === "boolean" ? { yanked } : {}),
    ...(yanked === true && reason !== undefined ? { deprecated: reason } : {}),
  };
  const page = new URL("https://localhost/");
  return {
    entry,
    archives: archivesOf(
      files.map((file) => ({ ...file, hashes: file.digests })),
      page,
    ),
  };
}

/** `license_expression` (PEP 639), the classifiers, or the free text where it is short enough to be a name. */
function licenseOf(info: Untyped): string | undefined {
  const expression = textIn(info, "license_expression");
  if (expression !== undefined) return expression;
  const stated = textIn(info, "license");
  if (stated !== undefined && stated.length <= 100 && !stated.includes("\n")) return stated;
  const prefix = "License :: ";
  const classified = listIn(info, "classifiers", 200).flatMap((one) =>
    typeof one === "string" && one.startsWith(prefix) ? (one.split(" :: ").at(-1) ?? []) : [],
  );
  return classified.length === 0 ? undefined : classified.join(" OR ");
}

function repositoryOf(info: Untyped): string | undefined {
  const urls = objectIn(info, "project_urls");
  const names = ["source", "source code", "repository", "code", "github", "homepage"];
  const stated = Object.keys(urls).find((name) => names.includes(name.toLowerCase()));
  return stated === undefined ? textIn(info, "home_page") : textIn(urls, stated);
}
