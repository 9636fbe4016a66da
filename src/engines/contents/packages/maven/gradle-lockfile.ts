import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { lockfile } from "../lockfile.ts";
import { textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";

/**
 * Gradle's lock state (Gradle User Manual, "Locking Versions"): `group:artifact:version=configuration,…` in
 * gradle.lockfile and buildscript-gradle.lockfile; before Gradle 6.8 one file for each configuration in
 * gradle/dependency-locks, without the `=`. What test configurations or the build script alone resolve is for
 * development. There are no edges.
 */
export const gradleLockfile = lockfile({
  id: "gradle-lockfile",
  version: 2,
  extensions: [".lockfile"],
  wants: isLockfile,
  read,
});

const NAMES: ReadonlySet<string> = new Set(["gradle.lockfile", "buildscript-gradle.lockfile"]);

function isLockfile(path: string): boolean {
  const folders = path.split("/");
  return NAMES.has(folders.at(-1) ?? "") || (path.endsWith(".lockfile") && folders.at(-2) === "dependency-locks");
}

function read(source: string, path: string): FileFacts {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const ofBuild = file.startsWith("buildscript-");
  const ofFile = NAMES.has(file) ? undefined : file.slice(0, file.lastIndexOf("."));
  const unread = unreadEntries();
  const list = packageList();
  for (const { number, text } of textLines(source)) {
    const line = text.trim();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const module = equals < 0 ? line : line.slice(0, equals);
    // The configurations that resolve to nothing.
    if (module === "empty") continue;
    const [group = "", artifact = "", version, more] = module.split(":", 4);
    const identity = identityOf(`${group}:${artifact}`, version);
    if ("fault" in identity || group === "" || artifact === "" || more !== undefined) {
      unread.add(`line ${number} ${"fault" in identity ? identity.fault : "is not a module"}`);
      continue;
    }
    const configurations = equals < 0 ? [ofFile ?? ""] : line.slice(equals + 1).split(",");
    const development = ofBuild || configurations.every((name) => OF_TESTS.test(name.trim()));
    list.add({
      ...{ type: "maven", ...identity, licenses: [], line: number },
      ...(development ? { usage: "development" } : {}),
    });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

/** `testRuntimeClasspath`, `androidTestCompileClasspath`: a word of the camel-case name is "test". */
const OF_TESTS = /^test(?:[A-Z]|$)|Test(?:[A-Z]|$)/;
