import type { PackageOrigin } from "../../model.ts";
import { archivedRevision, gitOrigin, isGitPlace, originOf } from "../origin.ts";

/** `…/NAME/-/FILE.tgz` of npm's registry and those that speak its protocol; GitHub's own packages have no such mark. */
const REGISTRY_ARCHIVE = /\/-\/(?:@[^/]{1,214}\/)?[^/]{1,1024}\.tgz$|\/\/npm\.pkg\.github\.com\/download\//i;

/**
 * Where npm's package managers fetch a package from, by what their lockfiles write for it: an archive of a registry, another
 * archive, a repository, a file. Undefined where the text is none of these, such as a version.
 *
 * @param place - `https://…/-/a-1.0.0.tgz`, `git+ssh://git@host/o/r.git#COMMIT`, `github:o/r#main`, `file:a.tgz`
 */
export function npmOrigin(place: string | undefined): PackageOrigin | undefined {
  if (place === undefined || place === "") return undefined;
  // Nearly all are plain, with nothing in them that may not be shown.
  if (isPlainArchive(place)) return { kind: "registry", url: place };
  if (isGitPlace(place)) return gitOrigin(place);
  if (/^https?:/i.test(place)) {
    const [url = ""] = place.split("#", 1);
    const kind = REGISTRY_ARCHIVE.test(url.split("?", 1)[0] ?? "") ? "registry" : "url";
    return originOf(kind, url, archivedRevision(url));
  }
  if (/^(?:file:|\.{1,2}\/|~\/|\/)/.test(place)) return originOf("file", place.split("#", 1)[0]);
  return undefined;
}

/** `https://host/…/-/file.tgz` without credentials, a query or a fragment. */
function isPlainArchive(place: string): boolean {
  if (!place.startsWith(SECURE) || !place.endsWith(".tgz") || place.length > LONGEST_PLAIN) return false;
  const path = place.indexOf("/", SECURE.length);
  const mark = place.lastIndexOf("/-/");
  if (path < 0 || mark < path || place.indexOf("/", mark + 3) >= 0) return false;
  const credentials = place.indexOf("@");
  if (credentials >= 0 && credentials < path) return false;
  return !place.includes("?") && !place.includes("#") && !place.includes("\\");
}

const SECURE = "https://";
const LONGEST_PLAIN = 1_000;
