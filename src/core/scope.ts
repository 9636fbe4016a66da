/** The part of an asset that was judged, where one asset has several. */
export type Scope =
  /** Its packages of one ecosystem, or of one release of a distribution, as OSV names them: `npm`; `Debian`, `13`. */
  | { readonly kind: "packages"; readonly ecosystem: string; readonly release?: string }
  /** One object of a cluster: `Pod shop/web`. */
  | { readonly kind: "object"; readonly object: string };

/** `npm`, `Debian:13`, `Pod shop/web`. */
export function formatScope(scope: Scope): string {
  if (scope.kind === "object") return scope.object;
  return scope.release === undefined ? scope.ecosystem : `${scope.ecosystem}:${scope.release}`;
}

/** @param written - as OSV writes it: the ecosystem, and behind a colon the release (`Ubuntu:Pro:18.04:LTS`) */
export function packagesScope(written: string): Scope {
  const colon = written.indexOf(":");
  if (colon < 0) return { kind: "packages", ecosystem: written };
  return { kind: "packages", ecosystem: written.slice(0, colon), release: written.slice(colon + 1) };
}
