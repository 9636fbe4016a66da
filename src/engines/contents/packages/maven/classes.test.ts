import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { zipOf } from "../../../../formats/zip/zip.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { libraryOf } from "./classes.ts";
import { jar } from "./jar.ts";

const file = (name: string, content: string | Buffer = "x") => ({ name, content });
const JNDI = "org/apache/logging/log4j/core/lookup/JndiLookup.class";
const LOG4J = "the classes of org.apache.logging.log4j:log4j-core, of an unknown version";
const properties = (group: string, artifact: string, version: string) =>
  file(
    `META-INF/maven/${group}/${artifact}/pom.properties`,
    `groupId=${group}\nartifactId=${artifact}\nversion=${version}\n`,
  );

describe("jars that state nothing", () => {
  test("the best-known libraries are told by their classes, and their version is unknown", () => {
    for (const path of [JNDI, `BOOT-INF/classes/${JNDI}`, `shaded/${JNDI}`]) {
      const facts = factsOf(jar, "app/app.jar", zipOf([file("com/example/Main.class"), file(path)]));
      assert.deepEqual([packagesOf(facts), unreadOf(facts)], [[], [`app.jar: ${LOG4J}`]], path);
    }
    const shaded = factsOf(jar, "app/app-1.0.jar", zipOf([properties("a.org", "app", "1.0"), file(JNDI)]));
    assert.deepEqual(unreadOf(shaded), [`app-1.0.jar: ${LOG4J}`]);
    const nested = zipOf([file("lib/x.jar", zipOf([file("com/thoughtworks/xstream/XStream.class")]))]);
    assert.deepEqual(unreadOf(factsOf(jar, "app/app.war", nested)), [
      "app.war!lib/x.jar: the classes of com.thoughtworks.xstream:xstream, of an unknown version",
    ]);
  });

  test("one that states its version is told by that", () => {
    const own = zipOf([properties("org.apache.logging.log4j", "log4j-core", "2.14.0"), file(JNDI)]);
    assert.deepEqual(unreadOf(factsOf(jar, "lib/a.jar", own)), []);
    const spring = factsOf(
      jar,
      "lib/spring-core-5.3.17.jar",
      zipOf([file("org/springframework/core/SpringVersion.class")]),
    );
    assert.deepEqual(
      packagesOf(spring).map(({ name, version }) => `${name} ${version}`),
      ["org.springframework:spring-core 5.3.17"],
    );
    assert.deepEqual(unreadOf(spring), []);
    const reload = zipOf([
      properties("ch.qos.reload4j", "reload4j", "1.2.25"),
      file("org/apache/log4j/net/SocketServer.class"),
    ]);
    assert.deepEqual(unreadOf(factsOf(jar, "lib/b.jar", reload)), []);
  });

  test("what shows nothing of itself is unknown; resources alone and applications with their libraries are not", () => {
    assert.deepEqual(unreadOf(factsOf(jar, "app/app.jar", zipOf([file("com/example/Main.class")]))), [
      "app.jar: it has no name and no version: unknown package",
    ]);
    assert.equal(factsOf(jar, "app/app.jar", zipOf([file("messages.properties")])), undefined);
    const library = zipOf([properties("a.org", "a", "1")]);
    const application = zipOf([file("BOOT-INF/classes/com/example/Main.class"), file("BOOT-INF/lib/a.jar", library)]);
    assert.deepEqual(unreadOf(factsOf(jar, "app/app.jar", application)), []);
  });

  test("a class is told by its whole path", () => {
    assert.equal(libraryOf(JNDI)?.name, "org.apache.logging.log4j:log4j-core");
    for (const path of ["JndiLookup.class", `x${JNDI}`, "com/example/Yaml.class", "constructor", "a/__proto__.class"]) {
      assert.equal(libraryOf(path), undefined, path);
    }
  });
});
