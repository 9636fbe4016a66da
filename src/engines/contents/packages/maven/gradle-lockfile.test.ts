import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { gradleLockfile } from "./gradle-lockfile.ts";

const LOCK = `# This is a Gradle generated file for dependency locking.
# Manual edits can break the build and are not advised.
a.b:latest:1.0=latestClasspath
com.fasterxml.jackson.core:jackson-databind:2.9.1=compileClasspath, runtimeClasspath,testRuntimeClasspath
junit:junit:4.12=testCompileClasspath,testRuntimeClasspath
mock:mock:1.0=androidTestImplementation,test
empty=annotationProcessor,testAnnotationProcessor
`;

function read(text: string, path = "app/gradle.lockfile") {
  return factsOf(gradleLockfile, path, text);
}

describe("Gradle's lockfiles", () => {
  test("modules, and which tests alone need", () => {
    assert.deepEqual(packageLines(read(LOCK)), [
      "a.b:latest@1.0",
      "com.fasterxml.jackson.core:jackson-databind@2.9.1",
      "junit:junit@4.12 development",
      "mock:mock@1.0 development",
    ]);
  });

  test("a build script's are for development", () => {
    const lines = packageLines(read("a:b:1=classpath\n", "buildscript-gradle.lockfile"));
    assert.deepEqual(lines, ["a:b@1 development"]);
  });

  test("before Gradle 6.8, one file for each configuration", () => {
    const folder = "app/gradle/dependency-locks";
    assert.deepEqual(packageLines(read("# x\na:b:1\n", `${folder}/runtimeClasspath.lockfile`)), ["a:b@1"]);
    assert.deepEqual(packageLines(read("a:b:1\n", `${folder}/testRuntimeClasspath.lockfile`)), ["a:b@1 development"]);
  });

  test("a file of comments has no module", () => {
    assert.deepEqual(read("# x\nempty=\n"), { kind: "packages", packages: [], unread: [] });
  });

  test("what is not a module is noted, the others are there", () => {
    const facts = read("bogus\na:b\n:b:1=x\na::1\na:b:1:jar=x\na:b:2=x\n");
    assert.deepEqual(packageLines(facts), ["a:b@2"]);
    assert.deepEqual(unreadOf(facts), [
      "line 1 (bogus:) states no version",
      "line 2 (a:b) states no version",
      "line 3 is not a module",
      "line 4 is not a module",
      "line 5 is not a module",
    ]);
  });

  test("which files are wanted", () => {
    for (const path of ["gradle.lockfile", "a/buildscript-gradle.lockfile", "gradle/dependency-locks/a.lockfile"]) {
      assert.ok(gradleLockfile.wants(path), path);
    }
    for (const path of ["a.lockfile", "dependency-locks/a.txt", "dependency-locks/a/b.lockfile"]) {
      assert.ok(!gradleLockfile.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(gradleLockfile, "gradle.lockfile", LOCK));
});
