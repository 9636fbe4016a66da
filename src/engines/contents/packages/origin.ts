import { bounds } from "../bounds.ts";
import type { PackageOrigin } from "../model.ts";

/**
 * Where a package is fetched from, as the record holds it: without credentials, and without what is no part of the place.
 *
 * @param url - as the lockfile writes it; undefined and what is longer than any address give no origin
 */
export function originOf(
  kind: PackageOrigin["kind"],
  url: string | undefined,
  revision?: string,
): PackageOrigin | undefined {
  if (url === undefined || url === "" || url.length > bounds.declaredTextLength) return undefined;
  const shown = withoutCredentials(url);
  if (kind === "registry") return { kind, url: shown };
  return { kind, url: shown, ...(revision === undefined || revision === "" ? {} : { revision }) };
}

/** A record's field, absent where there is no origin. */
export function fetchedFrom(origin: PackageOrigin | undefined): { readonly fetchedFrom?: PackageOrigin } {
  return origin === undefined ? {} : { fetchedFrom: origin };
}

/**
 * An address as it may be shown: names and passwords before the host are left out, and so are the values of parameters that
 * are named like keys. A name alone stays where it is how the service is spoken to (`git@`).
 */
export function withoutCredentials(url: string): string {
  const scheme = /^(?:[a-z][a-z0-9+.-]{0,40}:)?\/\//i.exec(url)?.[0];
  let bare = url;
  if (scheme !== undefined) {
    const rest = url.slice(scheme.length);
    const authority = rest.search(/[/?#\\]/);
    const host = authority < 0 ? rest : rest.slice(0, authority);
    const at = host.lastIndexOf("@");
    if (at >= 0 && host.slice(0, at) !== "git") bare = scheme + rest.slice(at + 1);
  }
  return bare.replace(SECRET_PARAMETER, "$1***");
}

const SECRET_PARAMETER =
  /([?&#;][\w.-]{0,40}(?:token|secret|password|passwd|auth|apikey|api_key|access_key|signature|credential|sig)[\w-]{0,40}=)[^&#;\s]{1,4096}/gi;

/**
 * The place of a git repository, apart from what is checked out of it. What stands behind `#` is the commit, or a name for
 * it where no more is told; what stands in the query says how it was chosen.
 *
 * @param written - `git+https://host/o/r.git?branch=main#COMMIT`, `git@host:o/r.git#COMMIT`
 */
export function gitOrigin(written: string, revision?: string): PackageOrigin | undefined {
  const hash = written.indexOf("#");
  const place = (hash < 0 ? written : written.slice(0, hash)).replace(/^git\+/, "");
  const stated = hash < 0 ? undefined : written.slice(hash + 1).replace(/^commit=/, "");
  return originOf("git", place, revision ?? stated);
}

/** Whether an address is of a git repository, by the forms that package managers write. */
export function isGitPlace(place: string): boolean {
  return (
    /^(?:git[+:@]|ssh:|github:|gitlab:|bitbucket:|gist:)/i.test(place) || /^[^?#]{1,2048}\.git(?:[?#]|$)/i.test(place)
  );
}

/** Services that make an archive of a commit on demand: `/o/r/tar.gz/COMMIT`, `/o/r/archive/COMMIT.tar.gz`. */
export function archivedRevision(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  const last = path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:tar\.gz|tgz|zip)$/i, "");
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(last) ? last : undefined;
}
