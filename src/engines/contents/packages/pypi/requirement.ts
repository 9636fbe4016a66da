/** A dependency specifier (formerly PEP 508), taken apart as far as lockfiles need it. */
export interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  /** The version clauses, as written and without the marker: `==1.0,>=0.9`; empty for a URL. */
  readonly clauses: string;
  /** Of `name @ URL`. */
  readonly url?: string;
}

/** Undefined where the text is no specifier. Markers are passed over. */
export function requirementOf(text: string): Requirement | undefined {
  const name = START.exec(text)?.[0];
  if (name === undefined) return undefined;
  let rest = text.slice(name.length).trimStart();
  let extras: string[] = [];
  if (rest.startsWith("[")) {
    const end = rest.indexOf("]");
    if (end < 0) return undefined;
    extras = rest
      .slice(1, end)
      .split(",")
      .map((extra) => extra.trim());
    rest = rest.slice(end + 1).trimStart();
  }
  if (rest.startsWith("@")) {
    const url = rest.slice(1).trim().split(/\s/, 1)[0];
    return { name, extras, clauses: "", ...(url === undefined || url === "" ? {} : { url }) };
  }
  const clauses = (rest.split(";", 1)[0] ?? "")
    .trim()
    .replace(/^\((.*)\)$/, "$1")
    .trim();
  if (clauses !== "" && !/^[=<>!~]/.test(clauses)) return undefined;
  return { name, extras: extras.filter((extra) => extra !== ""), clauses };
}

const START = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;

/**
 * The one version that clauses allow: that of `==` without a wildcard, or of `===`; undefined where they leave a
 * choice ("Version specifiers", formerly PEP 440).
 */
export function pinnedVersion(clauses: string): string | undefined {
  for (const clause of clauses.split(",")) {
    const version = PINNED.exec(clause.trim())?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

const PINNED = /^===?\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)$/;
