import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../../core/code-point.fixture.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { type ZipEntry, zipOf } from "../../../../formats/zip/zip.fixture.ts";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { jar } from "./jar.ts";
import { readManifest } from "./manifest.ts";

function read(bytes: Buffer, file = "shop.jar") {
  return factsOf(jar, `app/lib/${file}`, bytes);
}

/** `name@version` of what is found. */
function found(bytes: Buffer, file?: string): string[] {
  const facts = read(bytes, file);
  return facts === undefined ? [] : packagesOf(facts).map(({ name, version }) => `${name}@${version}`);
}

function stated(group: string, artifact: string, version: string): ZipEntry {
  return {
    name: `META-INF/maven/${group}/${artifact}/pom.properties`,
    content: `#Created by Maven\nversion=${version}\r\ngroupId=${group}\nartifactId = ${artifact}\n`,
  };
}

function manifest(attributes: Readonly<Record<string, string>>): ZipEntry {
  const lines = Object.entries(attributes).map(([name, value]) => `${name}: ${value}\r\n`);
  return { name: "META-INF/MANIFEST.MF", content: `Manifest-Version: 1.0\r\n${lines.join("")}\r\n` };
}

function classes(...names: string[]): ZipEntry[] {
  return names.map((name) => ({ name: `${name}.class`, content: "\xca\xfe\xba\xbe" }));
}

describe("the artifacts of a jar", () => {
  test("every pom.properties states one", () => {
    const bytes = zipOf([stated("com.a", "a", "1.0"), ...classes("com/a/A"), stated("com.b", "b", "2.0-jre")]);
    assert.deepEqual(found(bytes), ["com.a:a@1.0", "com.b:b@2.0-jre"]);
    assert.equal(packagesOf(read(bytes))[0]?.type, "maven");
  });

  test("one that was not filled in states none", () => {
    for (const [name, version] of [
      ["${artifactId}", "1"],
      ["a", "${project.version}"],
      ["a", ""],
      ["a b", "1"],
    ] as const) {
      const bytes = zipOf([{ ...stated("com.a", name, version), name: "META-INF/maven/g/a/pom.properties" }]);
      assert.deepEqual(found(bytes), []);
    }
  });

  test("in the jars within it, stored or deflated, whatever their folder", () => {
    const inner = zipOf([stated("com.a", "a", "1.0")]);
    const middle = zipOf([stated("com.b", "b", "1.0"), { name: "lib/a.jar", content: inner, stored: true }]);
    const bytes = zipOf([
      { name: "WEB-INF/lib/b.jar", content: middle },
      { name: "WEB-INF/lib/again.JAR", content: inner },
      { name: "WEB-INF/lib/provided.jar", content: "" },
    ]);
    assert.deepEqual(found(bytes, "shop.war"), ["com.b:b@1.0", "com.a:a@1.0"]);
  });
});

describe("a jar without its own pom.properties", () => {
  const vendor = { "Implementation-Vendor-Id": "org.example" };
  const cases: readonly [title: string, file: string, entries: readonly ZipEntry[], expected: string[]][] = [
    ["vendor id and file name", "tool-1.2.3.jar", [manifest(vendor)], ["org.example:tool@1.2.3"]],
    [
      "the file name's version counts, for it names the coordinates",
      "tool-1.2.3.jar",
      [manifest({ ...vendor, "Implementation-Version": "1.2.3-b5", "Implementation-Title": "The Tool" })],
      ["org.example:tool@1.2.3"],
    ],
    [
      "title and version of the manifest",
      "renamed.jar",
      [manifest({ ...vendor, "Implementation-Title": "tool", "Implementation-Version": "3" })],
      ["org.example:tool@3"],
    ],
    [
      "the bundle's name and version",
      "renamed.jar",
      [manifest({ ...vendor, "Bundle-SymbolicName": "org.example.tool;singleton:=true", "Bundle-Version": "3.1" })],
      ["org.example:org.example.tool@3.1"],
    ],
    [
      "a plugin of Jenkins",
      "git.hpi",
      [manifest({ "Group-Id": "org.jenkins-ci.plugins", "Short-Name": "git", "Plugin-Version": "5.2.1" })],
      ["org.jenkins-ci.plugins:git@5.2.1"],
    ],
    [
      "a family whose classes are in its package",
      "spring-beans-5.3.20.jar",
      classes("org/springframework/beans/A"),
      ["org.springframework:spring-beans@5.3.20"],
    ],
    [
      "a project of that family",
      "spring-boot-starter-web-3.1.0.jar",
      classes("org/springframework/boot/A"),
      ["org.springframework.boot:spring-boot-starter-web@3.1.0"],
    ],
    ["one package deep", "okhttp-4.9.0.jar", classes("okhttp3/Call"), ["com.squareup.okhttp3:okhttp@4.9.0"]],
    ["a family's name alone is no proof", "spring-beans-5.3.20.jar", classes("evil/A"), ["spring-beans@5.3.20"]],
    [
      "a company's name is no group",
      "tool-1.jar",
      [manifest({ "Implementation-Vendor-Id": "Example Inc." })],
      ["tool@1"],
    ],
    [
      "a title of several words is no artifact",
      "x.jar",
      [manifest({ ...vendor, "Implementation-Title": "A Tool" })],
      [],
    ],
    ["nothing tells", "app.jar", [manifest({ "Main-Class": "com.shop.Main" })], []],
  ];
  for (const [title, file, entries, expected] of cases) {
    test(title, () => assert.deepEqual(found(zipOf(entries), file), expected));
  }

  const names: readonly [file: string, expected: string][] = [
    ["guava-31.1-jre.jar", "guava@31.1-jre"],
    ["log4j-1.2-api-2.17.1.jar", "log4j-1.2-api@2.17.1"],
    ["netty-4.1.2.Final-linux-x86_64.jar", "netty@4.1.2.Final-linux-x86_64"],
    ["tool-1.0-20240102.101112-3.jar", "tool@1.0-20240102.101112-3"],
    ["a_b.c-1+d.jar", "a_b.c@1+d"],
  ];
  for (const [file, expected] of names) {
    test(`the file name ${file}`, () => assert.deepEqual(found(zipOf([]), file), [expected]));
  }
  for (const file of ["-1.jar", "1.2.3.jar", "tool.jar", "tool-x.jar", "a b-1.jar"]) {
    test(`the file name ${file} tells nothing`, () => assert.deepEqual(found(zipOf([]), file), []));
  }

  test("that no group can be told is said, except of an application, which carries its libraries", () => {
    assert.match(unreadOf(read(zipOf([]), "tool-1.jar"))[0] ?? "", /^tool-1\.jar: no group ID/);
    const library = { name: "BOOT-INF/lib/a.jar", content: zipOf([stated("com.a", "a", "1")]) };
    assert.deepEqual(unreadOf(read(zipOf([library]), "shop-1.jar")), []);
  });

  test("a shaded jar's own coordinates count beside those of what it holds", () => {
    const shaded = [stated("com.a", "a", "1"), stated("com.b", "b", "1")];
    assert.deepEqual(found(zipOf([...shaded, manifest(vendor)]), "tool-2.jar").at(-1), "org.example:tool@2");
    assert.deepEqual(found(zipOf(shaded), "tool-2.jar").length, 2);
    assert.deepEqual(found(zipOf([...shaded, manifest(vendor)]), "b-1-shaded.jar").length, 2);
  });
});

describe("a manifest", () => {
  test("has main attributes up to an empty line, continued by lines that begin with a blank", () => {
    const text =
      "Manifest-Version: 1.0\r\nImplementation-Title: a\r\n b\nBROKEN\nX:y\r\rName: z\nImplementation-Version: 1\n";
    assert.deepEqual(Object.fromEntries(readManifest(text)), {
      "manifest-version": "1.0",
      "implementation-title": "ab",
      x: "y",
    });
  });

  test("the first of two counts", () => assert.equal(readManifest("A: 1\nA: 2\n").get("a"), "1"));
});

/**
 * What each of these bytes is to Java: it opens the archive and lists log4j-core, so the class loader finds its classes.
 * test/differential/zip holds it against Java itself.
 */
describe("a jar that is one to Java alone", () => {
  const LOG4J = "org.apache.logging.log4j:log4j-core@2.14.0";
  const entries = [stated("org.ok", "ok", "9.9"), stated("org.apache.logging.log4j", "log4j-core", "2.14.0")];
  const END = 22;

  test("bytes before its first header", () => {
    // The first bytes alone do not tell.
    assert.equal(jar.startsRight, undefined);
    for (const before of ["x", "MZ\0\0", "#!/bin/sh\n", "\n".repeat(5000)]) {
      const bytes = Buffer.concat([Buffer.from(before), zipOf(entries)]);
      assert.ok(found(bytes).includes(LOG4J), JSON.stringify(before.slice(0, 10)));
    }
  });

  test("an end record whose count is short", () => {
    const bytes = zipOf(entries);
    for (const count of [0, 1]) {
      bytes.writeUInt16LE(count, bytes.length - END + 8);
      bytes.writeUInt16LE(count, bytes.length - END + 10);
      assert.ok(found(bytes).includes(LOG4J), `${count}`);
    }
  });

  test("a comment that spans an archive: the last end record counts, whatever follows it", () => {
    const decoy = zipOf([stated("org.ok", "ok", "9.9")]);
    for (const behind of ["", "x"]) {
      const last = Buffer.concat([zipOf(entries), Buffer.from(behind)]);
      const both = Buffer.concat([decoy, last]);
      both.writeUInt16LE(last.length, decoy.length - 2);
      assert.ok(found(both).includes(LOG4J), JSON.stringify(behind));
    }
  });

  test("bytes behind its end record, with or without a comment of another length", () => {
    for (const behind of ["x", "\n\n", "PK\x05\x06", "x".repeat(60_000)]) {
      assert.ok(found(Buffer.concat([zipOf(entries), Buffer.from(behind)])).includes(LOG4J), behind.slice(0, 8));
    }
    const longer = zipOf(entries, { comment: "ab" });
    assert.ok(found(Buffer.concat([longer, Buffer.from("cd")])).includes(LOG4J));
  });

  test("a Zip64 record elsewhere that says the same as the end record", () => {
    const real = zipOf(entries);
    const [size, offset] = [real.readUInt32LE(real.length - END + 12), real.readUInt32LE(real.length - END + 16)];
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    for (const [at, value] of [2, 2, size, offset].entries()) record.writeBigUInt64LE(BigInt(value), 24 + 8 * at);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(real.length - END), 8);
    // A decoy of the same size, which ends right before the end record: its last entry has the rest for a comment.
    const ok = zipOf(entries.slice(0, 1));
    const local = ok.subarray(0, ok.readUInt32LE(ok.length - END + 16));
    const entry = Buffer.from(ok.subarray(local.length, -END));
    entry.writeUInt16LE(size - entry.length, 32);
    entry.writeUInt32LE(offset - local.length, 42);
    const comment = Buffer.alloc(size - entry.length - locator.length, "x");
    const parts = [real.subarray(0, -END), record, local, entry, comment, locator, real.subarray(-END)];
    assert.deepEqual(found(Buffer.concat(parts)), ["org.ok:ok@9.9", LOG4J]);
  });

  test("what lies behind the last entry of its directory is a gap that names it", () => {
    const real = zipOf(entries);
    const end = Buffer.from(real.subarray(real.length - END));
    end.writeUInt32LE(end.readUInt32LE(12) + 5, 12);
    const facts = read(Buffer.concat([real.subarray(0, -END), Buffer.from("12345"), end]));
    assert.deepEqual(unreadOf(facts), ["directory: 5 bytes follow its last entry"]);
  });
});

describe("hostile jars", () => {
  test("that begin or end as an archive and are none are unreadable", () => {
    for (const bytes of ["PK\x03\x04", `x${"PK\x05\x06"}`, `${"PK\x05\x06"}${"x".repeat(100)}`]) {
      assert.equal(factsOf(jar, "a.jar", bytes)?.kind, "unreadable");
    }
  });

  test("in which no reader would find an archive are none", () => {
    for (const bytes of ["", "PK", "<html>", "#!/bin/bash\n", Buffer.alloc(1000)]) {
      assert.equal(factsOf(jar, "a.jar", bytes), undefined);
    }
  });

  test("within others are unread, and the rest is there", () => {
    const bytes = zipOf([
      { name: "a.jar", content: "no archive" },
      { name: "b.jar", content: zipOf([stated("com.b", "b", "1")]) },
      { name: "c.jar", content: "x", checksum: 1 },
      { ...stated("com.d", "d", "1"), claimedSize: 4 },
    ]);
    assert.deepEqual(found(bytes), ["com.b:b@1"]);
    assert.deepEqual(
      unreadOf(read(bytes)).map((sentence) => sentence.split(":", 1)[0]),
      ["shop.jar!META-INF/maven/com.d/d/pom.properties", "shop.jar!a.jar", "shop.jar!c.jar"],
    );
  });

  test("a directory that breaks off keeps what was read", () => {
    const bytes = zipOf([stated("com.a", "a", "1"), stated("com.b", "b", "1")]);
    bytes.writeUInt32LE(0, bytes.lastIndexOf("PK\x01\x02"));
    assert.deepEqual(found(bytes), ["com.a:a@1"]);
    assert.equal(unreadOf(read(bytes)).length, 1);
  });

  test("deeper than the bound", () => {
    let bytes = zipOf([stated("com.a", "a", "1")]);
    for (let depth = 0; depth < bounds.jarDepth + 2; depth++) {
      bytes = zipOf([stated("com.a", `level${depth}`, "1"), { name: "a.jar", content: bytes }]);
    }
    assert.equal(found(bytes).length, bounds.jarDepth);
    assert.match(unreadOf(read(bytes))[0] ?? "", /archives deep$/);
  });

  test("that multiply are stopped by the bounds on all together", () => {
    let bytes = zipOf([stated("com.a", "a", "1")]);
    for (let depth = 0; depth < 5; depth++) {
      const copy = bytes;
      bytes = zipOf(Array.from({ length: 12 }, (_, index) => ({ name: `${index}.jar`, content: copy })));
    }
    assert.deepEqual(found(bytes), ["com.a:a@1"]);
    assert.match(unreadOf(read(bytes))[0] ?? "", /more than 10000 archives$/);
  });

  test("whose entries state sizes over the bound are not inflated", () => {
    const bytes = zipOf([{ ...stated("com.a", "a", "1"), claimedSize: bounds.smallFileBytes + 1 }]);
    assert.match(unreadOf(read(bytes))[0] ?? "", /exceed the limit$/);
  });

  const seed = zipOf([
    manifest({ "Implementation-Title": "tool", "Implementation-Version": "1", "Bundle-SymbolicName": "a.b;x=y" }),
    stated("com.a", "a", "1"),
    { name: "lib/b-1.jar", content: zipOf([stated("com.b", "b", "1"), ...classes("okhttp3/A")]), stored: true },
  ]);
  test("whatever the bytes, an answer", () => {
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        const facts = read(bytes, "tool-1.jar");
        assert.ok(facts === undefined || facts.kind === "packages" || facts.kind === "unreadable");
      }),
      runs(500),
    );
  });

  test("whatever the manifest or properties say, names and versions are words", () => {
    const text = fc.string({ unit: codePoint, maxLength: 40 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const bytes = zipOf([
          manifest({ "Implementation-Title": a, "Implementation-Version": b, "Implementation-Vendor-Id": c }),
          { name: "META-INF/maven/a/b/pom.properties", content: `groupId=${a}\nartifactId=${b}\nversion=${c}` },
        ]);
        for (const item of found(bytes)) assert.match(item, /^[\w.+~-]+(?::[\w.+~-]+)?@[\w.+~-]+$/);
      }),
      runs(300),
    );
  });
});

describe("which files", () => {
  test("archives of Java by their ending, in any case", () => {
    for (const path of ["a.jar", "opt/app.WAR", "x/y.ear", "plugins/git.hpi"]) assert.ok(jar.wants(path), path);
    for (const path of ["a.zip", ".jar", "x/.jar", "jar", "a.jar/b"]) assert.ok(!jar.wants(path), path);
  });
});
