import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { rpmHeader } from "../packages/rpm/header.fixture.ts";
import { ndbFile } from "../packages/rpm/ndb.fixture.ts";
import { readDiversions } from "./distribution.ts";
import { fileListReaderFor } from "./readers.ts";

function listsIn(path: string, content: string | Buffer) {
  const reader = fileListReaderFor(path);
  assert.ok(reader !== undefined, path);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return [...reader.read({ path, bytes, companions: new Map() })].map(({ owner, files, folders }) => ({
    owner,
    files: [...files],
    ...(folders === undefined ? {} : { folders }),
  }));
}

test("dpkg's lists name their package, and its architecture where several are installed", () => {
  assert.deepEqual(listsIn("var/lib/dpkg/info/libc6:amd64.list", "/.\n/usr\n/usr/lib/libc.so.6\n"), [
    {
      owner: { kind: "package", type: "deb", name: "libc6", architecture: "amd64" },
      files: [".", "usr", "usr/lib/libc.so.6"],
    },
  ]);
  const digests = `${"0".repeat(32)}  usr/lib/with  blanks\n`;
  assert.deepEqual(listsIn("var/lib/dpkg/status.d/base.md5sums", digests), [
    { owner: { kind: "declared", path: "var/lib/dpkg/status.d/base" }, files: ["usr/lib/with  blanks"] },
  ]);
});

test("apk's files stand behind their folder; the last package needs no empty line", () => {
  const database = "P:a\nV:1-r0\nA:x86_64\nF:\nR:init\nF:usr/bin\nR:a\na:0:0:755\n\nP:b\nV:2-r0\nF:etc\nR:b\n";
  assert.deepEqual(listsIn("usr/lib/apk/db/installed", database), [
    {
      owner: { kind: "package", type: "apk", name: "a", version: "1-r0", architecture: "x86_64" },
      files: ["init", "usr/bin/a"],
    },
    { owner: { kind: "package", type: "apk", name: "b", version: "2-r0" }, files: ["etc/b"] },
  ]);
});

const rpms = ndbFile([
  rpmHeader({ name: "curl", version: "8.9", release: "1.el9", epoch: 2, files: [["/usr/bin/", "curl", 0o100755]] }),
  rpmHeader({ name: "docs", files: [["/usr/share/", "doc", 0o040755]] }),
]);

test("rpm's headers list regular files under the version that packages have", () => {
  assert.deepEqual(listsIn("usr/lib/sysimage/rpm/Packages.db", rpms), [
    {
      owner: { kind: "package", type: "rpm", name: "curl", version: "2:8.9-1.el9", architecture: "x86_64" },
      files: ["usr/bin/curl"],
    },
    { owner: { kind: "package", type: "rpm", name: "docs", version: "1.0-1.el9", architecture: "x86_64" }, files: [] },
  ]);
});

test("pacman's and conda's lists are of the package whose folder or file they are in", () => {
  assert.deepEqual(
    listsIn("var/lib/pacman/local/zlib-1/files", "%FILES%\nusr/\nusr/lib/libz.so\n\n%BACKUP%\netc/x\tsum\n"),
    [{ owner: { kind: "declared", path: "var/lib/pacman/local/zlib-1" }, files: ["usr/lib/libz.so"] }],
  );
  assert.deepEqual(listsIn("opt/conda/conda-meta/zlib-1.json", '{"files":["lib/libz.so","../../../../etc/x",7]}'), [
    { owner: { kind: "declared", path: "opt/conda/conda-meta/zlib-1.json" }, files: ["opt/conda/lib/libz.so"] },
  ]);
});

test("Python's lists are relative, and what leads out of the image is none of its files", () => {
  const record =
    'a/__init__.py,sha256=x,1\n"a/b,""c"".py",,\n../../bin/a,,\n../../../../../etc/x,,\na-1.dist-info/RECORD,,\n';
  assert.deepEqual(listsIn("usr/lib/site/a-1.dist-info/RECORD", record), [
    {
      owner: { kind: "declared", path: "usr/lib/site/a-1.dist-info" },
      files: ["usr/lib/site/a/__init__.py", 'usr/lib/site/a/b,"c".py', "usr/bin/a"],
    },
  ]);
  assert.deepEqual(listsIn("site/a.egg-info/installed-files.txt", "../a.py\nPKG-INFO\n"), [
    { owner: { kind: "declared", path: "site/a.egg-info" }, files: ["site/a.py"] },
  ]);
  assert.deepEqual(listsIn("site/a.egg-info/top_level.txt", "a\n\n.\n"), [
    { owner: { kind: "declared", path: "site/a.egg-info" }, files: ["site/a.py"], folders: ["site/a"] },
  ]);
  assert.equal(fileListReaderFor("site/RECORD"), undefined);
});

test("diversions are lines in threes", () => {
  assert.deepEqual(readDiversions(Buffer.from("/bin/sh\n/bin/sh.distrib\ndash\n/cut")), [
    { from: "bin/sh", to: "bin/sh.distrib", by: "dash" },
  ]);
});

test("whatever the bytes: lists, or a problem", () => {
  const seeds: [string, Buffer][] = [
    ["var/lib/dpkg/info/a.list", Buffer.from("/.\n/usr/bin/a\n")],
    ["lib/apk/db/installed", Buffer.from("P:a\nV:1\nF:usr\nR:a\n\n")],
    ["usr/lib/sysimage/rpm/Packages.db", rpms],
    ["var/lib/pacman/local/a-1/files", Buffer.from("%FILES%\nusr/a\n")],
    ["s/a.dist-info/RECORD", Buffer.from('a.py,,\n"b.py",,\n')],
    ["s/a.egg-info/top_level.txt", Buffer.from("a\nb\n")],
    ["s/conda-meta/a.json", Buffer.from('{"files":["a"]}')],
  ];
  const cases = seeds.map(([path, seed]) => mutatedBytes(seed).map((bytes) => ({ path, bytes })));
  fc.assert(
    fc.property(fc.oneof(...cases), ({ path, bytes }) => {
      try {
        for (const { files } of listsIn(path, bytes)) for (const file of files) assert.ok(!file.startsWith("../"));
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
  );
});
