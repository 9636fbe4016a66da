import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { mavenPom } from "./pom-xml.ts";

const IN_TURN = "transitive dependencies are only known to a build";
const project = (content: string) => `<project>${content}</project>`;
const coordinates = (artifact: string, version = "1") =>
  `<groupId>a.org</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
const dependency = (artifact: string, version = "") =>
  `<dependency><groupId>b.org</groupId><artifactId>${artifact}</artifactId>${version}</dependency>`;
const parent = (artifact: string, path = "") => `<parent>${coordinates(artifact)}${path}</parent>`;

const property = (name: string) => `\${${name}}`;

const GRANDPARENT = project(
  `${coordinates("root")}<properties><log4j>2.14.0</log4j><jackson>2.0</jackson></properties>` +
    `<dependencyManagement><dependencies>${dependency("log4j", `<version>${property("log4j")}</version>`)}` +
    `${dependency("jackson", `<version>${property("jackson")}</version>`)}</dependencies></dependencyManagement>`,
);
const PARENT = project(
  `${parent("root")}<artifactId>middle</artifactId><properties><jackson>2.9</jackson></properties>` +
    `<dependencies>${dependency("everywhere", "<version>3</version>")}</dependencies>`,
);
const CHILD = project(
  `${parent("middle")}<artifactId>web</artifactId>` +
    `<dependencies>${dependency("log4j")}${dependency("jackson")}</dependencies>`,
);

function read(files: Readonly<Record<string, string>>, path = "app/web/pom.xml") {
  const { [path]: own = "", ...others } = files;
  const companions = Object.fromEntries(Object.entries(others).map(([name, text]) => [name, Buffer.from(text)]));
  return factsOf(mavenPom, path, own, companions);
}

describe("parents of a pom.xml", () => {
  test("properties, managed versions and dependencies of parents in the tree are inherited, the nearest first", () => {
    const facts = read({ "app/web/pom.xml": CHILD, "app/pom.xml": PARENT, "pom.xml": GRANDPARENT });
    assert.deepEqual(packageLines(facts), [
      "b.org:everywhere@3 direct",
      "b.org:jackson@2.9 direct",
      "b.org:log4j@2.14.0 direct",
    ]);
    assert.deepEqual(unreadOf(facts), [IN_TURN]);
  });

  test("they are looked for where the file says", () => {
    const named = (path: string) => mavenPom.includes?.({ path: "app/web/pom.xml", bytes: Buffer.from(path) });
    assert.deepEqual(named(CHILD), ["app/pom.xml"]);
    const beside = (relative: string) => project(parent("p", `<relativePath>${relative}</relativePath>`));
    assert.deepEqual(named(beside("../build/parent.xml")), ["app/build/parent.xml"]);
    assert.deepEqual(named(beside("../build")), ["app/build/pom.xml"]);
    for (const relative of ["", "../../../etc", "/etc/pom.xml"])
      assert.deepEqual(named(beside(relative)), [], relative);
    assert.deepEqual(named("no xml"), []);
  });

  test("one that is not there, or is another project, is named as not read", () => {
    const missing = "inherited settings of its parent are not read (a.org:root:1)";
    assert.ok(unreadOf(read({ "app/web/pom.xml": CHILD, "app/pom.xml": PARENT })).includes(missing));
    const other = { "app/web/pom.xml": CHILD, "app/pom.xml": PARENT.replace("middle", "other") };
    assert.ok(unreadOf(read(other)).includes("inherited settings of its parent are not read (a.org:middle:1)"));
  });

  test("poms that are each other's parents end", () => {
    const one = project(`${coordinates("one")}${parent("two", "<relativePath>two.xml</relativePath>")}`);
    const two = project(`${coordinates("two")}${parent("one", "<relativePath>pom.xml</relativePath>")}`);
    const facts = read({ "pom.xml": one, "two.xml": two }, "pom.xml");
    assert.match(unreadOf(facts)[0] ?? "", /its parent are not read/);
  });
});
