import { isEvidenceProblem } from "../../../../core/problem.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { type Companions, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";
import { parentPath, withParents } from "./parents.ts";
import { type Pom, type PomDependency, readPom } from "./pom.ts";
import { interpolation } from "./properties.ts";

/**
 * pom.xml (Maven's "POM Reference"): the dependencies that a project names, with versions that this file alone settles:
 * literal, by its properties, or by its own dependencyManagement. Parents that lie in the same tree are read with it
 * ("Project Inheritance"). Imported poms and those of a repository are not, nor is what the dependencies need in turn;
 * where that leaves something open, `unread` says so and nothing is guessed.
 */
export const mavenPom = lockfile({
  id: "maven-pom",
  version: 2,
  basenames: ["pom.xml"],
  // The poms of an unpacked jar describe that jar and not a project.
  wants: (path) => !`/${path}`.includes("/META-INF/maven/"),
  includes(text, path) {
    const parent = parentPath(readable(text), path);
    return parent === undefined ? [] : [parent];
  },
  read,
});

/** Undefined where it is none: reading it says what is wrong. */
function readable(text: string): Pom | undefined {
  try {
    return readPom(text);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
}

function read(text: string, path: string, companions: Companions): FileFacts {
  const { pom, missing } = withParents(readPom(text), path, (other) => {
    const found = companions(other);
    return found === undefined ? undefined : readable(found);
  });
  const unread = unreadEntries();
  if (missing !== undefined) {
    const name = `${missing.groupId}:${missing.artifactId}:${missing.version}`.slice(0, SHOWN);
    unread.add(`inherited settings of its parent are not read (${name})`);
  }
  if (pom.inProfiles > 0) unread.add(`the dependencies of its profiles (${pom.inProfiles}) are not read`);
  if (pom.dependencies.length > 0) unread.add("transitive dependencies are only known to a build");
  if (pom.overBound) unread.add(`more than the ${bounds.packages} dependencies that are read`);

  const interpolate = interpolation(pom);
  const managed = new Map(pom.managed.map((dependency) => [keyOf(dependency, interpolate), dependency]));
  const list = packageList();
  for (const [index, dependency] of pom.dependencies.entries()) {
    const group = interpolate(dependency.groupId);
    const artifact = interpolate(dependency.artifactId);
    if (!isName(group) || !isName(artifact)) {
      unread.add(`dependency ${index + 1} has no group and artifact that this file settles`);
      continue;
    }
    const name = `${group}:${artifact}`;
    const management = managed.get(keyOf(dependency, interpolate));
    const version = exactVersion(interpolate(dependency.version ?? management?.version));
    if (version === undefined) {
      unread.add(`the version of ${name.slice(0, SHOWN)} is not settled by this file`);
      continue;
    }
    const identity = identityOf(name, version);
    if ("fault" in identity) {
      unread.add(`dependency ${index + 1} ${identity.fault}`);
      continue;
    }
    const scope = interpolate(dependency.scope ?? management?.scope);
    const development = scope === "test";
    list.add({
      type: "maven",
      ...identity,
      licenses: [],
      direct: true,
      ...(development ? { usage: "development" } : {}),
    });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

type Interpolate = ReturnType<typeof interpolation>;

/** What dependencyManagement is keyed by ("Dependency Management"). */
function keyOf({ groupId, artifactId, type, classifier }: PomDependency, interpolate: Interpolate): string {
  return [groupId, artifactId, type ?? "jar", classifier ?? ""].map((part) => interpolate(part) ?? "").join(" ");
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== "" && !text.includes(":");
}

const SHOWN = 120;

/**
 * The version that a requirement can only mean: a soft one as written, `[1.0]` as 1.0. A range, a version that the
 * repository chooses and a placeholder of resource filtering (`@version@`) mean none.
 */
function exactVersion(requirement: string | undefined): string | undefined {
  if (requirement === undefined || requirement === "" || /[@$]|^(?:LATEST|RELEASE)$/.test(requirement))
    return undefined;
  const single = /^\[([^,[\]()]+)\]$/.exec(requirement)?.[1];
  if (single !== undefined) return single.trim();
  return /[,[\]()]/.test(requirement) ? undefined : requirement;
}
