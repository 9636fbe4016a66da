import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makePrivateFolder, refuseLink, writeNew, writeWhole } from "./write.ts";

function folder(context: TestContext): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-write-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const read = (path: string): string => readFileSync(path, "utf8");

test("a file is replaced whole, its mode stays, and nothing is left beside it", (context) => {
  const root = folder(context);
  const file = join(root, "a.json");
  writeWhole(file, "one");
  chmodSync(file, 0o640);
  writeWhole(file, "two");
  assert.equal(read(file), "two");
  assert.equal(statSync(file).mode & 0o777, 0o640);
  writeWhole(join(root, "private"), "x", { mode: 0o600 });
  assert.equal(statSync(join(root, "private")).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(root).sort(), ["a.json", "private"]);
});

test("nothing is written through a link at the file's place, whole or broken", (context) => {
  const root = folder(context);
  const target = join(root, "target");
  writeFileSync(target, "kept");
  for (const [name, to] of [
    ["whole", target],
    ["broken", join(root, "nowhere")],
  ] as const) {
    symlinkSync(to, join(root, name));
    assert.throws(() => writeWhole(join(root, name), "x"), { code: "files.link", kind: "usage" });
    assert.throws(() => writeNew(join(root, name), "x"), { code: "files.exists" });
    assert.ok(lstatSync(join(root, name)).isSymbolicLink());
  }
  assert.equal(read(target), "kept");
  assert.ok(!existsSync(join(root, "nowhere")));
});

test("nothing is written through a linked folder of the tree, though it is through one above", (context) => {
  const root = folder(context);
  const elsewhere = folder(context);
  symlinkSync(elsewhere, join(root, "out"));
  mkdirSync(join(root, "tree"));
  symlinkSync(elsewhere, join(root, "tree/out"));
  const within = [join(root, "tree")];
  for (const path of ["out/a", "out/new/a"]) {
    assert.throws(() => writeWhole(join(root, "tree", path), "x", { within }), { code: "files.link" });
    assert.throws(() => writeNew(join(root, "tree", path), "x", { within }), { code: "files.link" });
  }
  assert.deepEqual(readdirSync(elsewhere), []);
  writeWhole(join(root, "out/a"), "x", { within });
  assert.equal(read(join(elsewhere, "a")), "x");
});

test("a hard link is parted from, and what is no file is refused without waiting", (context) => {
  const root = folder(context);
  writeFileSync(join(root, "other"), "kept");
  linkSync(join(root, "other"), join(root, "hard"));
  writeWhole(join(root, "hard"), "x");
  assert.equal(read(join(root, "other")), "kept");
  execFileSync("mkfifo", [join(root, "pipe")]);
  mkdirSync(join(root, "folder"));
  for (const name of ["pipe", "folder"]) {
    assert.throws(() => writeWhole(join(root, name), "x"), { code: "files.unwritable" });
  }
});

test("where no new file can be made, the old one is written in place", {
  skip: process.geteuid?.() === 0 && "root may write anywhere",
}, (context) => {
  const root = folder(context);
  writeFileSync(join(root, "file"), "a longer text");
  chmodSync(root, 0o500);
  try {
    writeWhole(join(root, "file"), "short");
    assert.equal(read(join(root, "file")), "short");
    assert.throws(() => writeWhole(join(root, "new"), "x"), { code: "files.unwritable" });
  } finally {
    chmodSync(root, 0o700);
  }
});

test("what the kernel keeps below /dev is written to", () => {
  writeWhole("/dev/null", "x");
});

test("folders of our own are nobody else's, and become so where they were not", (context) => {
  const root = folder(context);
  const mode = (path: string): number => statSync(path).mode & 0o777;
  makePrivateFolder(join(root, "cache/bulkhead/suites"));
  for (const path of ["cache", "cache/bulkhead", "cache/bulkhead/suites"]) assert.equal(mode(join(root, path)), 0o700);
  chmodSync(join(root, "cache/bulkhead"), 0o755);
  makePrivateFolder(join(root, "cache/bulkhead"));
  assert.equal(mode(join(root, "cache/bulkhead")), 0o700);
  mkdirSync(join(root, "shared"), { mode: 0o755 });
  makePrivateFolder(join(root, "shared"));
  assert.equal(mode(join(root, "shared")), 0o755);
});

test("a link in the place of a file of ours is told", (context) => {
  const root = folder(context);
  symlinkSync("nowhere", join(root, "scans.db"));
  assert.throws(
    () => refuseLink(join(root, "scans.db"), "show or clear the scan cache"),
    /in the place of show or clear the scan cache/,
  );
  refuseLink(join(root, "none"), "x");
});

test("what comes in pieces and cannot be finished leaves the old file, and nothing beside it", (context) => {
  const root = folder(context);
  const file = join(root, "report.json");
  writeWhole(file, () => ["ol", "d"]);
  function* broken(): Generator<string> {
    yield "x".repeat(200_000);
    throw new RangeError("Invalid string length");
  }
  assert.throws(() => writeWhole(file, broken), RangeError);
  assert.equal(read(file), "old");
  assert.deepEqual(readdirSync(root), ["report.json"]);
});
