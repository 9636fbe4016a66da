/** `name@rest`, with a scope or without: what npm's lockfiles write for a package at a version, a range or a place. */
export interface Specifier {
  readonly name: string;
  /** What stands behind the `@`; empty where there is none. */
  readonly rest: string;
}

export function specifierOf(text: string): Specifier {
  const at = text.indexOf("@", 1);
  return at < 0 ? { name: text, rest: "" } : { name: text.slice(0, at), rest: text.slice(at + 1) };
}

/** The project's own folders, under the protocols that the package managers have for them. */
const OWN_FOLDER = /^(?:workspace|link|portal|root):/;

/**
 * Whether a package at this place is the project's own code: a workspace, a link, or a folder. Packed archives are
 * not, wherever they lie: their name and version are what was packed.
 */
export function isOwnFolder(place: string): boolean {
  return OWN_FOLDER.test(place) || (isLocal(place) && !isArchive(place));
}

function isLocal(place: string): boolean {
  return /^(?:file:|\.{1,2}\/|~\/|\/)/.test(place);
}

function isArchive(place: string): boolean {
  const path = place.split("#", 1)[0]?.split("?", 1)[0] ?? "";
  return /\.(?:tgz|tar\.gz|tar)$/i.test(path) || /\.(?:tgz|tar\.gz|tar)::/i.test(place);
}
