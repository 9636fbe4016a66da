import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ZipEntry, zipOf } from "../../../../formats/zip/zip.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { jar } from "./jar.ts";
import { bundleLicenses, pomLicenses } from "./licenses.ts";

const license = (name: string, url: string) =>
  `<license><name>${name}</name><url>${url}</url><distribution>repo</distribution></license>`;
const pom = (...licenses: string[]) =>
  `<?xml version="1.0"?><project><!-- <licenses><license><name>MIT</name></license></licenses> -->
   <licenses>\n${licenses.join("\n")}</licenses><dependencies/></project>`;
const EPL = license("Eclipse Public License - v 2.0", "https://www.eclipse.org/legal/epl-2.0/");

test("a pom's licenses by their names, or by an address where only that is known", () => {
  assert.deepEqual(pomLicenses(pom(EPL, license("Our License", "https://www.apache.org/licenses/LICENSE-2.0.txt"))), [
    "Eclipse Public License - v 2.0",
    "https://www.apache.org/licenses/LICENSE-2.0.txt",
  ]);
  assert.deepEqual(pomLicenses(pom(license("Our License", "https://example.com/terms"))), ["Our License"]);
  assert.deepEqual(pomLicenses(pom(license("${license.name}", ""))), []);
  for (const none of ["<project/>", "<licenses><license><name>MIT</licenses>", "<licenses>", ""]) {
    assert.deepEqual(pomLicenses(none), []);
  }
});

test("a manifest's licenses, with commas that part them and commas within a name", () => {
  assert.deepEqual(bundleLicenses("Apache-2.0"), ["Apache-2.0"]);
  assert.deepEqual(bundleLicenses("The Apache Software License, Version 2.0"), [
    "The Apache Software License, Version 2.0",
  ]);
  assert.deepEqual(bundleLicenses('"Eclipse Public License, v 2.0";link="https://x/a,b",MIT;description=x'), [
    "Eclipse Public License, v 2.0",
    "MIT",
  ]);
  assert.deepEqual(bundleLicenses("<<EXTERNAL>>"), []);
  assert.deepEqual(bundleLicenses(undefined), []);
});

function stated(artifact: string): ZipEntry {
  const content = `groupId=com.a\nartifactId=${artifact}\nversion=1.0\n`;
  return { name: `META-INF/maven/com.a/${artifact}/pom.properties`, content };
}

const pomEntry = (artifact: string, content: string): ZipEntry => ({
  name: `META-INF/maven/com.a/${artifact}/pom.xml`,
  content,
});
const bundle: ZipEntry = {
  name: "META-INF/MANIFEST.MF",
  content: "Manifest-Version: 1.0\r\nBundle-License: MIT\r\n\r\n",
};
const text: ZipEntry = { name: "META-INF/LICENSE.txt", content: "Licensed under the Apache License, Version 2.0\n" };

function licensesIn(...entries: ZipEntry[]) {
  const facts = factsOf(jar, "app/lib/a-1.0.jar", zipOf(entries));
  assert.deepEqual(unreadOf(facts), []);
  return packagesOf(facts).map(({ name, licenses, licensesRecognized }) => [
    ...[name, ...licenses],
    ...(licensesRecognized === true ? ["recognized"] : []),
  ]);
}

test("the pom counts before the manifest, that before a text", () => {
  assert.deepEqual(licensesIn(stated("a"), pomEntry("a", pom(EPL)), bundle, text), [
    ["com.a:a", "Eclipse Public License - v 2.0"],
  ]);
  assert.deepEqual(licensesIn(stated("a"), pomEntry("a", "<project/>"), bundle, text), [["com.a:a", "MIT"]]);
  assert.deepEqual(licensesIn(stated("a"), pomEntry("a", "<broken"), text), [["com.a:a", "Apache-2.0", "recognized"]]);
  assert.deepEqual(licensesIn(stated("a")), [["com.a:a"]]);
});

test("of what is shaded into a jar only its own pom speaks", () => {
  assert.deepEqual(licensesIn(stated("a"), stated("b"), pomEntry("b", pom(EPL)), bundle, text), [
    ["com.a:a"],
    ["com.a:b", "Eclipse Public License - v 2.0"],
  ]);
});

test("any poms end", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(pom(EPL, license("a", "b")))), (bytes) => {
      for (const found of pomLicenses(bytes.toString("utf8"))) assert.ok(found !== "" && !found.includes("${"));
    }),
  );
});
