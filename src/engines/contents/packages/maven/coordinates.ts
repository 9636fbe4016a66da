import { bounds } from "../../bounds.ts";
import { groupOfFamily } from "./families.ts";

/** Of a Maven artifact; the group is left out where nothing states it. */
export interface Coordinates {
  readonly group?: string;
  readonly artifact: string;
  readonly version: string;
}

/**
 * What a `pom.properties` states (Maven Archiver, "pom.properties content"): a properties file with `groupId`,
 * `artifactId` and `version`. Undefined where one is missing or was never filled in (`${project.version}`).
 */
export function statedCoordinates(text: string): Coordinates | undefined {
  const values = new Map<string, string>();
  for (const line of text.split(/[\r\n]+/)) {
    const match = /^[ \t\f]*(groupId|artifactId|version)[ \t\f]*[=:](.*)$/.exec(line);
    if (match !== null) values.set(match[1] as string, (match[2] as string).trim());
  }
  const group = word(values.get("groupId"));
  const artifact = word(values.get("artifactId"));
  const version = word(values.get("version"));
  if (group === undefined || artifact === undefined || version === undefined) return undefined;
  return { group, artifact, version };
}

export interface Evidence {
  /** The jar's file name. */
  readonly file: string;
  readonly manifest: ReadonlyMap<string, string>;
  /** What the `pom.properties` in it state. */
  readonly stated: readonly Coordinates[];
  /** The first two names of the packages of its classes, with slashes. */
  readonly folders: ReadonlySet<string>;
}

/**
 * The jar's own coordinates where no `pom.properties` states them: undefined where one does, or where nothing tells.
 *
 * - version: the end of the file name, for repositories name files by their coordinates; where it has none,
 *   `Implementation-Version`, `Bundle-Version` or `Plugin-Version`
 * - artifact: the file name before the version, else `Implementation-Title` where it is one word, else
 *   `Bundle-SymbolicName`, else `Automatic-Module-Name`
 * - group: `Implementation-Vendor-Id` or `Group-Id`, which Maven's own plugins fill with it; else that of a known
 *   family of libraries, if the classes are in its package too (families.ts). A bundle's or module's name is not
 *   taken for a group: `org.apache.commons.io` is of the group `commons-io`.
 */
export function ownCoordinates({ file, manifest, stated, folders }: Evidence): Coordinates | undefined {
  const named = splitFileName(file);
  const isOwn = ({ artifact }: Coordinates) => artifact === named.artifact || named.stem.startsWith(`${artifact}-`);
  if (stated.length === 1 || stated.some(isOwn)) return undefined;
  const declared = word(
    manifest.get("implementation-version") ?? manifest.get("bundle-version") ?? manifest.get("plugin-version"),
  );
  const version = named.version ?? declared;
  const bundle = manifest.get("bundle-symbolicname")?.split(";", 1)[0]?.trim();
  const artifact =
    (named.version === undefined ? undefined : named.artifact) ??
    word(manifest.get("short-name")) ??
    word(manifest.get("implementation-title")) ??
    word(bundle) ??
    word(manifest.get("automatic-module-name"));
  if (version === undefined || artifact === undefined) return undefined;
  const group =
    groupName(manifest.get("implementation-vendor-id")) ??
    groupName(manifest.get("group-id")) ??
    groupOfFamily(artifact, folders);
  if (group === undefined) return stated.length === 0 ? { artifact, version } : undefined;
  return { group, artifact, version };
}

/**
 * `artifact-1.2.3.jar`: the version begins at the last dash before a digit (`log4j-1.2-api-2.17.1`), or before the
 * first of the three parts of a snapshot's time.
 */
function splitFileName(file: string): {
  readonly stem: string;
  readonly artifact?: string;
  readonly version?: string;
} {
  const dot = file.lastIndexOf(".");
  const stem = file.slice(0, Math.min(dot < 0 ? file.length : dot, bounds.packageNameLength));
  const time = /-\d{8}\.\d{6}-\d{1,6}$/.exec(stem);
  let dash = time === null ? stem.lastIndexOf("-") : stem.lastIndexOf("-", time.index - 1);
  while (dash > 0 && !isDigit(stem.charCodeAt(dash + 1))) dash = stem.lastIndexOf("-", dash - 1);
  const artifact = dash > 0 ? word(stem.slice(0, dash)) : undefined;
  const version = dash > 0 ? word(stem.slice(dash + 1)) : undefined;
  return artifact === undefined || version === undefined ? { stem } : { stem, artifact, version };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** What may be part of a coordinate: one word of letters, digits, dots, dashes and the like, filled in. */
function word(text: string | undefined): string | undefined {
  if (text === undefined || text.length > bounds.packageNameLength) return undefined;
  return /^[\w.+~-]+$/.test(text) ? text : undefined;
}

/** Some write a company's name there: groups are names of packages, in small letters. */
function groupName(text: string | undefined): string | undefined {
  const group = word(text);
  return group !== undefined && /^[a-z][\w-]*(?:\.[\w-]+)+$/.test(group) ? group : undefined;
}
