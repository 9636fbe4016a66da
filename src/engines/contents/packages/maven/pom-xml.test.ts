import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { mavenPom } from "./pom-xml.ts";

const IN_TURN = "transitive dependencies are only known to a build";

/** `${name}`, which in a plain string looks like a mistake. */
function property(name: string): string {
  return `$\{${name}}`;
}

function read(elements: string) {
  return factsOf(mavenPom, "app/pom.xml", `<project xmlns="http://maven.apache.org/POM/4.0.0">${elements}</project>`);
}

function dependency(elements: string): string {
  return `<dependency><groupId>a.org</groupId><artifactId>a</artifactId>${elements}</dependency>`;
}

const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>shop</groupId>
  <artifactId>web</artifactId>
  <version>1.2.3</version>
  <properties>
    <log.version> 2.14.1 </log.version>
    <both>${property("log.version")}</both>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency><groupId>b</groupId><artifactId>managed</artifactId><version>3.0</version><scope>test</scope></dependency>
      <dependency><groupId>b</groupId><artifactId>unused</artifactId><version>1.0</version></dependency>
      <dependency><groupId>b</groupId><artifactId>bom</artifactId><version>1.0</version><type>pom</type><scope>import</scope></dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <!-- <dependency><groupId>no</groupId></dependency> -->
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-web</artifactId>
      <version>${property("both")}</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>b</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>${property("project.groupId")}</groupId><artifactId>core</artifactId><version>${property("project.version")}</version></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>[4.12]</version><scope>test</scope></dependency>
    <dependency><groupId>c</groupId><artifactId>provided</artifactId><version>1-SNAPSHOT</version><scope>provided</scope><optional>true</optional></dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>p</groupId><artifactId>p</artifactId><version>1</version>
    <dependencies><dependency><groupId>p</groupId><artifactId>q</artifactId><version>1</version></dependency></dependencies>
  </plugin></plugins></build>
</project>
`;

describe("pom.xml", () => {
  test("dependencies that the project names, with the versions that this file settles", () => {
    const facts = factsOf(mavenPom, "pom.xml", POM);
    assert.deepEqual(packageLines(facts), [
      "b:managed@3.0 direct development",
      "c:provided@1-SNAPSHOT direct",
      "junit:junit@4.12 direct development",
      "org.apache.logging.log4j:log4j-web@2.14.1 direct",
      "shop:core@1.2.3 direct",
    ]);
    assert.deepEqual(unreadOf(facts), [IN_TURN]);
    assert.deepEqual(packagesOf(facts)[0], {
      ...{ type: "maven", name: "org.apache.logging.log4j:log4j-web", version: "2.14.1", licenses: [], direct: true },
    });
  });

  test("a project without dependencies has none, and nothing is left open", () => {
    assert.deepEqual(read("<version>1</version>"), { kind: "packages", packages: [], unread: [] });
  });

  const open = [
    "",
    "<version/>",
    "<version>[1.0,2.0)</version>",
    "<version>(,1.0],[1.2,)</version>",
    "<version>LATEST</version>",
    "<version>@a.version@</version>",
    `<version>${property("unknown")}</version>`,
    `<version>${property("project.parent.version")}</version>`,
    `<version>1.${property("unknown")}</version>`,
    `<version>${property("")}</version>`,
  ];
  for (const version of open) {
    test(`nothing is guessed for ${version || "no version"}`, () => {
      const facts = read(`<dependencies>${dependency(version)}</dependencies>`);
      assert.deepEqual(packagesOf(facts), []);
      assert.deepEqual(unreadOf(facts), [IN_TURN, "the version of a.org:a is not settled by this file"]);
    });
  }

  test("the parent's coordinates count, what it passes on is said to be unread", () => {
    const facts = read(
      `<parent><groupId>p</groupId><artifactId>parent</artifactId><version>7</version></parent>` +
        `<dependencies>${dependency(`<version>${property("project.version")}</version>`)}` +
        `<dependency><groupId>${property("project.parent.groupId")}</groupId><artifactId>b</artifactId>` +
        `<version>${property("parent.version")}</version></dependency></dependencies>`,
    );
    assert.deepEqual(packageLines(facts), ["a.org:a@7 direct", "p:b@7 direct"]);
    assert.deepEqual(unreadOf(facts), ["inherited settings of its parent are not read (p:parent:7)", IN_TURN]);
  });

  test("what depends on a profile is said and not guessed", () => {
    const facts = read(
      `<profiles><profile><dependencies>${dependency("<version>1</version>")}</dependencies></profile></profiles>`,
    );
    assert.deepEqual(packagesOf(facts), []);
    assert.deepEqual(unreadOf(facts), ["the dependencies of its profiles (1) are not read"]);
  });

  test("a classifier or type is managed apart, and the same module is one package", () => {
    const managed = dependency("<classifier>tests</classifier><version>2</version>");
    const facts = read(
      `<dependencyManagement><dependencies>${managed}</dependencies></dependencyManagement><dependencies>` +
        `${dependency("<classifier>tests</classifier><scope>test</scope>")}${dependency("<version>2</version>")}` +
        `${dependency("<type>war</type>")}</dependencies>`,
    );
    assert.deepEqual(packageLines(facts), ["a.org:a@2 direct"]);
    assert.deepEqual(unreadOf(facts), [IN_TURN, "the version of a.org:a is not settled by this file"]);
  });

  test("a dependency without coordinates is noted", () => {
    const facts = read("<dependencies><dependency/><dependency><groupId>a</groupId></dependency></dependencies>");
    assert.deepEqual(unreadOf(facts), [
      IN_TURN,
      "dependency 1 has no group and artifact that this file settles",
      "dependency 2 has no group and artifact that this file settles",
    ]);
  });

  test("properties in a circle, or that multiply, settle nothing and end", () => {
    const multiply = Array.from({ length: 100 }, (_, i) => {
      const next = property(`p${i + 1}`);
      return `<p${i}>${next}${next}${next}</p${i}>`;
    });
    const grow = Array.from({ length: 20 }, (_, i) => {
      const next = property(`q${i + 1}`);
      return `<q${i}>${next}${next}</q${i}>`;
    });
    const facts = read(
      `<properties><a>${property("b")}</a><b>${property("a")}</b>${multiply.join("")}${grow.join("")}<q20>x</q20>` +
        `</properties><dependencies>${["a", "p0", "q0"]
          .map((name) => dependency(`<version>${property(name)}</version>`))
          .join("")}</dependencies>`,
    );
    assert.deepEqual(packagesOf(facts), []);
    assert.equal(unreadOf(facts).length, 4);
  });

  test("what is no project is unreadable", () => {
    for (const text of ["", "bogus", "<this is not xml>", "<project>", "<settings/>"]) {
      assert.equal(factsOf(mavenPom, "pom.xml", text)?.kind, "unreadable", text);
    }
  });

  test("the pom within an unpacked jar is not wanted", () => {
    for (const path of ["pom.xml", "a/pom.xml", "META-INF/pom.xml"]) assert.ok(mavenPom.wants(path), path);
    for (const path of ["META-INF/maven/g/a/pom.xml", "x/META-INF/maven/g/a/pom.xml"]) {
      assert.ok(!mavenPom.wants(path), path);
    }
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(mavenPom, "pom.xml", POM));
});
