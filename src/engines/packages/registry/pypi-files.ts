/** Which version a file of an index is of, by its name (packaging.python.org: binary and source distribution formats). */

const SDIST: readonly string[] = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar"];

/**
 * The version as the name writes it; undefined where the file is of another project or of no known form.
 *
 * @param project - as the index calls it
 */
export function versionOfFile(file: string, project: string): string | undefined {
  if (file.endsWith(".whl")) {
    // NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM: hyphens are in no part of it.
    const parts = file.slice(0, -".whl".length).split("-");
    if (parts.length !== 5 && parts.length !== 6) return undefined;
    return normalized(parts[0] ?? "") === normalized(project) ? parts[1] : undefined;
  }
  const ending = SDIST.find((one) => file.endsWith(one));
  if (ending === undefined) return undefined;
  const stem = file.slice(0, -ending.length);
  // Names of old sdists have hyphens of their own, versions seldom: the name that fits decides.
  for (let dash = stem.indexOf("-"); dash >= 0; dash = stem.indexOf("-", dash + 1)) {
    if (normalized(stem.slice(0, dash)) === normalized(project)) return stem.slice(dash + 1);
  }
  return undefined;
}

/** "Normalized Names" of PEP 503. */
export function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
