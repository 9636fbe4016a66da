import { xmlEvents } from "../../../../formats/xml/events.ts";
import { bounds } from "../../bounds.ts";
import { brokenLockfile, lockfileXml } from "../lockfile.ts";

/** What of a pom.xml is read, as written: nothing is interpolated or inherited yet. */
export interface Pom {
  readonly coordinates: Coordinates;
  /** `relativePath` is "" where the file says that the parent is of a repository. */
  readonly parent?: Coordinates & { readonly relativePath?: string };
  readonly properties: ReadonlyMap<string, string>;
  readonly dependencies: readonly PomDependency[];
  readonly managed: readonly PomDependency[];
  /** How many dependencies its profiles have. */
  readonly inProfiles: number;
  /** Whether there were more dependencies than are looked at. */
  readonly overBound: boolean;
}

export type Coordinates = Readonly<Partial<Record<"groupId" | "artifactId" | "version", string>>>;
export type PomDependency = Coordinates & Readonly<Partial<Record<"scope" | "type" | "classifier", string>>>;

const COORDINATES: ReadonlySet<string> = new Set(["groupId", "artifactId", "version"]);
const OF_DEPENDENCY: ReadonlySet<string> = new Set([...COORDINATES, "scope", "type", "classifier"]);

/**
 * Reads the elements of a project (Maven's "POM Reference").
 *
 * @throws Problem for broken XML, and where the root element is no project
 */
export function readPom(text: string): Pom {
  const coordinates: Record<string, string> = {};
  const parent: Record<string, string> = {};
  const properties = new Map<string, string>();
  const dependencies: PomDependency[] = [];
  const managed: PomDependency[] = [];
  let hasParent = false;
  let inProfiles = 0;
  let overBound = false;
  let dependency: Record<string, string> = {};
  const path: string[] = [];
  let content = "";

  for (const event of xmlEvents(text, lockfileXml)) {
    if (event.kind === "text") {
      content += event.text;
      continue;
    }
    if (event.kind === "start") {
      path.push(event.name);
      content = "";
      if (path.length === 1 && event.name !== "project") throw brokenLockfile("the file", "not a project");
      if (event.name === "dependency") dependency = {};
      continue;
    }
    const place = path.length > DEEPEST ? "" : path.slice(1, -1).join("/");
    path.pop();
    const value = content.trim();
    content = "";
    if (place === "" && path.length === 1) {
      if (COORDINATES.has(event.name)) coordinates[event.name] = value;
      if (event.name === "parent") hasParent = true;
    } else if (place === "parent") {
      if (COORDINATES.has(event.name) || event.name === "relativePath") parent[event.name] = value;
    } else if (place === "properties") {
      if (properties.size < bounds.packages) properties.set(event.name, value);
    } else if (place === "dependencies/dependency" || place === "dependencyManagement/dependencies/dependency") {
      if (OF_DEPENDENCY.has(event.name)) dependency[event.name] = value;
    } else if (event.name === "dependency") {
      if (place === "profiles/profile/dependencies") inProfiles += 1;
      const into = LISTS.get(place) === "managed" ? managed : LISTS.has(place) ? dependencies : undefined;
      if (into !== undefined && into.length >= bounds.packages) overBound = true;
      else into?.push(dependency);
    }
  }
  return {
    coordinates,
    ...(hasParent ? { parent } : {}),
    properties,
    dependencies,
    managed,
    inProfiles,
    overBound,
  };
}

const LISTS: ReadonlyMap<string, "named" | "managed"> = new Map([
  ["dependencies", "named"],
  ["dependencyManagement/dependencies", "managed"],
]);

/** Elements within elements of the deepest that is read: project/dependencyManagement/dependencies/dependency/version. */
const DEEPEST = 5;
