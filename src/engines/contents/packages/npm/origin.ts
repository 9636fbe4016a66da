import type { PackageOrigin } from "../../model.ts";
import { archivedRevision, gitOrigin, isGitPlace, originOf } from "../origin.ts";

/** `…/NAME/-/FILE.tgz` of npm's registry and those that speak its protocol; GitHub's own packages have no such mark. */
const REGISTRY_ARCHIVE = /\/-\/(?:@[^/]{1,214}\/)?[^/]{1,1024}\.tgz$|\/\/npm\.pkg\.github\.com\/download\//i;

const PLAIN_ARCHIVE = /^https:\/\/[a-z0-9.-]+\/(?:@?[\w.~-]+\/){1,6}-\/[\w.~+-]+\.tgz$/;
const LONGEST_PLAIN = 1_000;

/**
 * Where npm's package managers fetch a package from, by what their lockfiles write for it: an archive of a registry, another
 * archive, a repository, a file. Undefined where the text is none of these, such as a version.
 *
 * @param place - `https://…/-/a-1.0.0.tgz`, `git+ssh://git@host/o/r.git#COMMIT`, `github:o/r#main`, `file:a.tgz`
 */
export function npmOrigin(place: string | undefined): PackageOrigin | undefined {
  if (place === undefined || place === "") return undefined;
  // Nearly all are plain, with nothing in them that may not be shown.
  if (PLAIN_ARCHIVE.test(place) && place.length <= LONGEST_PLAIN) return { kind: "registry", url: place };
  if (isGitPlace(place)) return gitOrigin(place);
  if (/^https?:/i.test(place)) {
    const [url = ""] = place.split("#", 1);
    const kind = REGISTRY_ARCHIVE.test(url.split("?", 1)[0] ?? "") ? "registry" : "url";
    return originOf(kind, url, archivedRevision(url));
  }
  if (/^(?:file:|\.{1,2}\/|~\/|\/)/.test(place)) return originOf("file", place.split("#", 1)[0]);
  return undefined;
}
