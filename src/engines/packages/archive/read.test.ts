import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { zipOf } from "../../../formats/zip/zip.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { type FixtureEntry, paxEntry, tarEntry, tarOf } from "../../oci/image.fixture.ts";
import { type ArchiveKind, archiveKindOf, readArchive } from "./read.ts";

/** Path → content, and the reasons of the gaps. */
function read(bytes: Buffer, kind: ArchiveKind = "npm"): { files: Record<string, string>; gaps: string } {
  const { files, gaps } = readArchive(bytes, kind, "p");
  return {
    files: Object.fromEntries([...files].map(([path, file]) => [path, file.bytes.toString()])),
    gaps: gaps.map((gap) => `${gap.code} ${gap.reason}`).join("\n"),
  };
}

function npm(...entries: FixtureEntry[]): Buffer {
  return gzipSync(tarOf(entries));
}

const MANIFEST: FixtureEntry = { name: "package/package.json", content: "{}" };

function refusal(bytes: Buffer, kind: ArchiveKind = "npm"): string {
  try {
    readArchive(bytes, kind, "p");
  } catch (error) {
    assert.ok(isEvidenceProblem(error), String(error));
    assert.equal(error.code, "packages.archive");
    return error.message;
  }
  throw new Error("the archive was accepted");
}

describe("an archive of npm", () => {
  test("gives the files without the directory on top, whatever it is called", () => {
    assert.deepEqual(read(npm(MANIFEST, { name: "other/lib/a.js", content: "1" })), {
      files: { "package.json": "{}", "lib/a.js": "1" },
      gaps: "",
    });
  });

  test("of files with one name keeps the last, as npm does", () => {
    const bytes = npm(MANIFEST, { name: "package/a.js", content: "first" }, { name: "package/a.js", content: "last" });
    assert.equal(read(bytes).files["a.js"], "last");
    const over = npm(MANIFEST, { name: "package/a.js", content: "first" }, { name: "x/a.js", content: "last" });
    assert.equal(read(over).files["a.js"], "last");
  });

  test("leaves out links, as npm does", () => {
    const bytes = npm(
      MANIFEST,
      { name: "package/link.js", flag: "2", link: "../../etc/passwd" },
      { name: "package/hard.js", flag: "1", link: "package/package.json" },
    );
    assert.deepEqual(Object.keys(read(bytes).files), ["package.json"]);
  });

  test("tells of names that leave it", () => {
    for (const name of ["../../home/a.js", "/etc/a.js", "package/../../a.js"]) {
      assert.match(read(npm(MANIFEST, { name, content: "1" })).gaps, /^packages\.archive p: names that leave/, name);
    }
  });

  test("tells of what it passes over", () => {
    assert.match(read(npm(MANIFEST, { name: "package/dev", flag: "3" })).gaps, /neither files nor links/);
    assert.match(
      read(npm(MANIFEST, { name: "package/s.js", flag: "S" })).gaps,
      /sparse files are not read: package\/s\.js/,
    );
  });

  test("that is cut off is read as far as it goes, and says where", () => {
    const whole = npm(MANIFEST, { name: "package/a.js", content: "a".repeat(2_000) });
    const tar = tarOf([MANIFEST, { name: "package/a.js", content: "a".repeat(2_000) }]);
    assert.match(read(gzipSync(tar.subarray(0, 1_700))).gaps, /ends within/);
    assert.match(read(gzipSync(tar.subarray(0, 1_700))).gaps, /reading ends early .*: byte/);
    assert.match(read(whole.subarray(0, whole.length - 12)).gaps, /^packages\.archive p: reading ends early/);
    assert.match(refusal(whole.subarray(0, 20)), /^has no file that can be read$/);
  });

  test("with headers that lie is read up to them", () => {
    const huge = Buffer.concat([
      tarEntry(MANIFEST),
      tarEntry({ name: "package/a.js", size: 8 ** 11 - 1, content: "x" }),
      Buffer.alloc(1024),
    ]);
    assert.match(read(gzipSync(huge)).gaps, /ends/);
    const lying = tarOf([MANIFEST, paxEntry({ size: "-5" }), { name: "package/a.js", content: "x" }]);
    assert.match(read(gzipSync(lying)).gaps, /reading ends early/);
    const twice = tarOf([
      MANIFEST,
      paxEntry({ path: "package/b.js" }),
      paxEntry({ path: "package/c.js" }),
      { name: "package/a.js", content: "x" },
    ]);
    assert.match(read(gzipSync(twice)).gaps, /two extended headers/);
    const checksum = tarOf([MANIFEST, { name: "package/a.js", content: "x" }]);
    checksum[1024 + 148] = 0x39;
    assert.match(read(gzipSync(checksum)).gaps, /checksum/);
  });

  test("of several gzip members is one stream", () => {
    const tar = tarOf([MANIFEST, { name: "package/a.js", content: "x" }]);
    const bytes = Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]);
    assert.deepEqual(Object.keys(read(bytes).files), ["package.json", "a.js"]);
  });

  test("that is a bomb is refused", () => {
    assert.match(refusal(gzipSync(Buffer.alloc(64 * 1024 * 1024))), /inflates to more than/);
  });

  test("that is none of its kind is refused", () => {
    assert.match(refusal(Buffer.from("BZh91AY&SY")), /bzip2/);
    assert.match(refusal(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), /xz/);
    assert.match(refusal(Buffer.from("<html>not found</html>")), /neither/);
    assert.match(refusal(Buffer.alloc(0)), /neither/);
    assert.match(refusal(gzipSync(Buffer.from("text"))), /no file/);
  });
});

describe("an archive of Python", () => {
  test("as a source distribution has its directory taken away where all is in it", () => {
    const entries = [{ name: "a-1.0/setup.py", content: "1" }];
    assert.deepEqual(Object.keys(read(gzipSync(tarOf(entries)), "sdist").files), ["setup.py"]);
    assert.deepEqual(Object.keys(read(gzipSync(tarOf([...entries, { name: "b.py", content: "" }])), "sdist").files), [
      "a-1.0/setup.py",
      "b.py",
    ]);
    assert.deepEqual(Object.keys(read(zipOf(entries), "sdist").files), ["setup.py"]);
  });

  test("follows links within it, and no other", () => {
    const bytes = gzipSync(
      tarOf([
        { name: "a/real.py", content: "code" },
        { name: "a/setup.py", flag: "2", link: "other.py" },
        { name: "a/other.py", flag: "2", link: "real.py" },
        { name: "a/out.py", flag: "2", link: "../../../etc/passwd" },
        { name: "a/loop.py", flag: "2", link: "loop.py" },
      ]),
    );
    const { files, gaps } = read(bytes, "sdist");
    assert.equal(files["setup.py"], "code");
    assert.equal(files["out.py"], undefined);
    assert.match(gaps, /links out of the package are not followed: a\/out\.py/);
    assert.match(gaps, /links to nothing/);
  });

  test("as a wheel is read by its directory; lies are told", () => {
    const entries = [
      { name: "a/__init__.py", content: "1" },
      { name: "a/b.py", content: "x".repeat(100), claimedSize: 7 },
    ];
    const { files, gaps } = read(zipOf(entries), "wheel");
    assert.deepEqual(Object.keys(files), ["a/__init__.py"]);
    assert.match(gaps, /entries are not read: .*: a\/b\.py/);
    const names = zipOf([{ name: "a/one.py", content: "1" }]);
    names.write("a/two.py", 30, "latin1");
    assert.match(read(names, "wheel").gaps, /named otherwise/);
    assert.match(read(zipOf([{ name: "../out.py", content: "1" }]), "wheel").gaps, /names that leave/);
    assert.match(
      read(
        zipOf([
          { name: "a.py", content: "1" },
          { name: "b.py", content: "0".repeat(40_000_000) },
        ]),
        "wheel",
      ).gaps,
      /limit of unpacked bytes/,
    );
  });
});

test("a gem has its data and metadata within", () => {
  const data = gzipSync(tarOf([{ name: "lib/a.rb", content: "1" }]));
  const bytes = tarOf([
    { name: "metadata.gz", content: gzipSync("name: a") },
    { name: "data.tar.gz", content: data },
  ]);
  assert.deepEqual(read(bytes, "gem").files, { "lib/a.rb": "1", "metadata.yaml": "name: a" });
});

test("the kind of an archive is told by its ecosystem and name", () => {
  assert.equal(archiveKindOf("a-1.0-py3-none-any.whl", "pypi"), "wheel");
  assert.equal(archiveKindOf("a-1.0.tar.gz", "pypi"), "sdist");
  assert.equal(archiveKindOf("a-1.0.exe", "pypi"), undefined);
  assert.equal(archiveKindOf("a-1.0.tgz", "npm"), "npm");
  assert.equal(archiveKindOf("a.jar", "maven"), undefined);
});

for (const [kind, seed] of [
  ["npm", tarOf([MANIFEST, paxEntry({ path: "package/long.js" }), { name: "package/a.js", content: "let a = 1;" }])],
  [
    "wheel",
    zipOf([
      { name: "a/__init__.py", content: "import os" },
      { name: "a-1.dist-info/METADATA", content: "Name: a\n" },
    ]),
  ],
] as const) {
  test(`whatever the bytes of a ${kind}, files or a problem`, () => {
    fc.assert(
      fc.property(mutatedBytes(seed), fc.boolean(), (bytes, packed) => {
        try {
          const { files } = readArchive(packed && kind === "npm" ? gzipSync(bytes) : bytes, kind, "p");
          for (const { path } of files.values())
            assert.ok(!path.startsWith("/") && !path.split("/").includes(".."), path);
        } catch (error) {
          assert.ok(isEvidenceProblem(error), String(error));
        }
      }),
      runs(400),
    );
  });
}
