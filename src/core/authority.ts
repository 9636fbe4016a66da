/**
 * Who an asset belongs to, so that it has one identity on every machine and no two repositories share a fingerprint:
 * the repository that a directory is of, or the cluster. An authority is what a lineage starts with.
 */

export type Authority =
  /** `remote` is `host/path` (a claim of whoever wrote the checkout); `path` is the directory's, from the root of the repository. */
  | { readonly kind: "repository"; readonly remote: string; readonly path: string }
  /** Nothing says which repository it is of. `reason`: why, one clause. */
  | { readonly kind: "directory"; readonly path: string; readonly reason: string }
  /** `uid` is that of its kube-system namespace, which no two clusters share. */
  | { readonly kind: "cluster"; readonly uid: string }
  /** Where that cannot be read: how it is reached (`host:port/path`), and a digest of who signs for it. */
  | { readonly kind: "cluster-address"; readonly server: string; readonly authorities: string };

/** What an asset of a directory that nothing identifies starts with: the same in each of them. */
const DIRECTORY = "local";

/** Between the authority and what it is of: none of the authorities has it. */
const SEPARATOR = "//";

/** `github.com/acme/shop`, `local`, `cluster:UID`, `cluster:api.example.com:6443#DIGEST`: never with `//` in it. */
export function formatAuthority(authority: Authority): string {
  switch (authority.kind) {
    case "repository":
      return authority.remote;
    case "directory":
      return DIRECTORY;
    case "cluster":
      return `cluster:${authority.uid}`;
    case "cluster-address":
      return `cluster:${authority.server}#${authority.authorities}`;
  }
}

/**
 * An asset's lineage everywhere, from the one within its directory or cluster:
 * `github.com/acme/shop//services/web/Dockerfile`, whichever directory of the repository was scanned.
 *
 * @param local - `.` and `` are the whole
 */
export function lineageUnder(authority: Authority, local: string): string {
  const path = authority.kind === "repository" || authority.kind === "directory" ? authority.path : "";
  const within = local === "." ? "" : local.replace(/^\.\//, "");
  return formatAuthority(authority) + SEPARATOR + [path, within].filter((part) => part !== "").join("/");
}

/** The authority that a lineage starts with; undefined of one that has none: an image is its repository's everywhere. */
export function authorityIn(lineage: string): string | undefined {
  const end = lineage.indexOf(SEPARATOR);
  return end < 1 ? undefined : lineage.slice(0, end);
}
