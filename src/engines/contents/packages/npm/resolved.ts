/**
 * Whether a lockfile's `resolved` may bring something else than the name and version that stand beside it: npm and yarn
 * download what it names and install that, whatever the version says.
 *
 * A registry's archive is `…/NAME/-/BASENAME-VERSION.tgz` (npm's registry, and those that speak its protocol). Of any
 * other address only a part of the path that is the version, or ends in it, speaks for the version. Places that are no
 * address of the web (folders, repositories) say nothing of a version.
 *
 * @returns the end of a sentence about the package; undefined where they agree
 */
export function contradictionIn(name: string, version: string, resolved: string): string | undefined {
  if (!/^https?:/i.test(resolved)) return undefined;
  const path = decoded(resolved.split(/[?#]/, 1)[0] ?? "");
  const bare = version.split("+", 1)[0] ?? "";
  if (path.endsWith(".git")) return undefined;
  const dash = path.lastIndexOf("/-/");
  if (dash < 0) {
    return path.split("/").some((part) => isOf(part, bare))
      ? undefined
      : `is resolved to ${shown(resolved)}, which says no version`;
  }
  const file = path.slice(path.lastIndexOf("/") + 1);
  const base = name.slice(name.lastIndexOf("/") + 1);
  // Some registries state the scope before the file once more, and Enterprise ones a folder for the version.
  const isName = path.slice(0, dash).endsWith(`/${name}`);
  const isFile = file === `${base}-${bare}.tgz` || file === `${base}-${version}.tgz`;
  return isName && isFile ? undefined : `is resolved to ${shown(resolved)}, which is not version ${version}`;
}

/**
 * The name of the package that a registry's archive is of, where it is another than the one beside it: that is what is
 * installed. Undefined where the address tells none, or the same.
 *
 * @param version - which the archive has to be of, or the address speaks for nothing
 */
export function otherName(name: string, version: string, resolved: string): string | undefined {
  if (!/^https?:/i.test(resolved)) return undefined;
  const path = decoded(resolved.split(/[?#]/, 1)[0] ?? "");
  const match = /\/((?:@[^/@]{1,214}\/)?([^/@]{1,214}))\/-\/([^/]{1,1024})\.tgz$/.exec(path);
  if (match === null || match[1] === name) return undefined;
  return match[3] === `${match[2]}-${version}` ? match[1] : undefined;
}

function isOf(part: string, version: string): boolean {
  const stem = part.replace(/\.(?:tgz|tar\.gz|tar)$/i, "");
  return stem === version || stem === `v${version}` || stem.endsWith(`-${version}`) || stem.endsWith(`-v${version}`);
}

/** Without escapes of addresses, where they are well formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function shown(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

const MOST_SHOWN = 120;
