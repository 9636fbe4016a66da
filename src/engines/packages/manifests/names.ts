/** Files in which people write what a project needs, by the names that package managers look for. */
const MANIFESTS: ReadonlySet<string> = new Set([
  "package.json",
  "pyproject.toml",
  "Pipfile",
  "Cargo.toml",
  "composer.json",
  "go.sum",
]);

export function isManifestName(name: string): boolean {
  return MANIFESTS.has(name);
}
