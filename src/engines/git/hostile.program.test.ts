import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../contents/mutated-bytes.fixture.ts";
import { parseCommit, parseTag } from "./commit.ts";
import { readConfiguration } from "./configuration.ts";
import { applyDelta } from "./delta.ts";
import { readEntryHeader } from "./entry.ts";
import { commitOf, idOf, packOf, treeOf, writeRepository } from "./pack.fixture.ts";
import { readPackIndex } from "./pack-index.ts";
import { git, readAll, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";
import { openRepository } from "./repository.ts";
import { eachTreeEntry } from "./tree.ts";

const [COMMIT, TREE, BLOB, DELTA] = [1, 2, 3, 7] as const;
const blob = { id: idOf(3), type: BLOB, bytes: Buffer.from("content") };
const tree = { id: idOf(2), type: TREE, bytes: treeOf(["100644", "file", idOf(3)]) };
const commit = { id: idOf(1), type: COMMIT, bytes: commitOf(idOf(2)) };

/** What is wrong with what the entries hold, as `code place`. */
function gapsOf(folder: string, entries: Parameters<typeof writeRepository>[2]): string[] {
  writeRepository(folder, idOf(1), entries);
  return readAll(folder, { unreachable: true }).summary.gaps.map(({ code, place }) => `${code} ${place}`);
}

test("a repository written by hand is read", (context) => {
  const folder = temporaryFolder(context);
  assert.deepEqual(gapsOf(folder, [commit, tree, blob]), []);
  assert.deepEqual(
    [...readAll(folder).blobs.values()].map(({ path, bytes }) => `${path} ${bytes}`),
    ["file content"],
  );
});

test("circles end, and are gaps", (context) => {
  const circleOfCommits = [
    { ...commit, bytes: commitOf(idOf(2), idOf(4)) },
    { ...commit, id: idOf(4), bytes: commitOf(idOf(2), idOf(1)) },
    tree,
    blob,
  ];
  assert.deepEqual(gapsOf(temporaryFolder(context), circleOfCommits), ["git.object-broken the repository"]);

  const treeInItself = { ...tree, bytes: treeOf(["40000", "again", idOf(2)], ["100644", "file", idOf(3)]) };
  assert.deepEqual(gapsOf(temporaryFolder(context), [commit, treeInItself, blob]), []);

  // Copies 7 bytes of a base of 7.
  const delta = Buffer.from([7, 7, 0x90, 7]);
  const circleOfDeltas = [
    { id: idOf(3), type: DELTA, bytes: delta, base: idOf(5) },
    { id: idOf(5), type: DELTA, bytes: delta, base: idOf(3) },
  ];
  const gaps = gapsOf(temporaryFolder(context), [commit, tree, ...circleOfDeltas]);
  assert.ok(gaps.includes(`git.object-broken object ${idOf(3)}`), gaps.join("\n"));
});

test("an object that is not what it is named as is a gap", (context) => {
  const gaps = (entries: Parameters<typeof writeRepository>[2]) => gapsOf(temporaryFolder(context), entries);
  assert.deepEqual(gaps([commit, { ...tree, bytes: treeOf(["100644", "file", idOf(1)]) }]), [
    `git.object-broken object ${idOf(1)}`,
  ]);
  assert.deepEqual(gaps([commit, { ...blob, id: idOf(2) }]).slice(0, 1), [`git.object-broken object ${idOf(2)}`]);
  assert.deepEqual(gaps([commit, { ...tree, bytes: tree.bytes.subarray(0, -1) }, blob]), [
    `git.object-broken object ${idOf(2)}`,
  ]);
  assert.deepEqual(gaps([{ ...commit, bytes: Buffer.from("tree nothing\n") }, tree, blob]), [
    `git.object-broken object ${idOf(1)}`,
  ]);
  assert.deepEqual(gaps([commit, tree]), [`git.object-missing object ${idOf(3)}`]);
  // A delta for a base of another length.
  const misfit = { id: idOf(3), type: DELTA, bytes: Buffer.from([9, 7, 0x90, 7]), base: idOf(6) };
  assert.deepEqual(gaps([commit, tree, misfit, { ...blob, id: idOf(6) }]), [`git.object-broken object ${idOf(3)}`]);
});

test("an object that claims to be huge is refused before it is inflated", (context) => {
  const bomb = {
    id: idOf(3),
    type: DELTA,
    bytes: Buffer.from([7, 0x80, 0x80, 0x80, 0x80, 0x10, 0x90, 7]),
    base: idOf(6),
  };
  assert.deepEqual(gapsOf(temporaryFolder(context), [commit, tree, bomb, { ...blob, id: idOf(6) }]), [
    `git.object-over object ${idOf(3)}`,
  ]);
});

test("deltas upon deltas to the bound are read, in one pass", (context) => {
  const folder = temporaryFolder(context);
  const id = (n: number): string => `ab${n.toString(16).padStart(38, "0")}`;
  const count = 3_000;
  // Each appends one byte to the one before.
  const chain = Array.from({ length: count }, (_, n) =>
    n === 0
      ? { id: id(0), type: BLOB, bytes: Buffer.alloc(100, "x") }
      : {
          id: id(n),
          type: DELTA,
          base: id(n - 1),
          bytes: Buffer.concat([
            varint(99 + n),
            varint(100 + n),
            Buffer.from([0xb0]),
            Buffer.from([(99 + n) & 255, (99 + n) >> 8]),
            Buffer.from("\x01y"),
          ]),
        },
  );
  const names = chain.map((entry, n) => ["100644", `f${n}`, entry.id] as const);
  assert.deepEqual(gapsOf(folder, [commit, { ...tree, bytes: treeOf(...names) }, ...chain.toReversed()]), []);
  const { blobs } = readAll(folder);
  assert.equal(blobs.size, count);
  assert.equal(blobs.get(id(count - 1))?.bytes.toString(), "x".repeat(100) + "y".repeat(count - 1));
});

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.from([(value & 127) | 128, value >> 7]);
}

test("reftables, and extensions that nobody knows, are refused by name", (context) => {
  const folder = temporaryFolder(context);
  writeRepository(folder, idOf(1), [commit, tree, blob]);
  const refused = (config: string, code: string): void => {
    writeFileSync(join(folder, "config"), config);
    assert.throws(() => openRepository(folder, { outside: true }), { code });
  };
  refused("[core]\nrepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable", "git.reftable");
  refused("[core]\nrepositoryformatversion = 1\n[extensions]\n\tnews = 1", "git.extension-unknown");
  refused("[core]\nrepositoryformatversion = 2", "git.extension-unknown");
});

test("what leads out of the folder is not followed where it must not be", (context) => {
  const folder = temporaryFolder(context);
  writeRepository(join(folder, "real"), idOf(1), [commit, tree, blob]);
  const work = join(folder, "work");
  mkdirSync(work);
  writeFileSync(join(work, ".git"), "gitdir: ../real\n");
  assert.equal(readAll(work).blobs.size, 1);
  assert.throws(() => openRepository(work, { outside: false }), { code: "git.outside" });
  writeRepository(join(folder, "borrower"), idOf(1), [commit, tree]);
  mkdirSync(join(folder, "borrower/objects/info"));
  writeFileSync(join(folder, "borrower/objects/info/alternates"), "../../real/objects\n");
  using borrower = openRepository(join(folder, "borrower"), { outside: false });
  assert.deepEqual(
    borrower?.gaps.list().map(({ code }) => code),
    ["git.outside"],
  );
});

test("a pipe in the place of a file is not waited for", { skip: process.platform === "win32" }, (context) => {
  const folder = temporaryFolder(context);
  writeRepository(folder, idOf(1), [commit, tree, blob]);
  execFileSync("mkfifo", [join(folder, "packed-refs")]);
  assert.throws(() => openRepository(folder, { outside: true }), { code: "git.file-unreadable" });
});

test("nothing that a repository names is run", { skip: skipWithoutGit }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  writeFileSync(join(folder, "file"), "content");
  git(folder, ["add", "file"]);
  git(folder, ["commit", "-qm", "One"]);
  const trace = join(folder, "ran");
  const program = join(folder, "program");
  writeFileSync(program, `#!/bin/sh\ntouch '${trace}'\n`);
  chmodSync(program, 0o755);
  for (const hook of ["post-checkout", "pre-commit", "fsmonitor-watchman"]) {
    writeFileSync(join(folder, ".git/hooks", hook), readFileSync(program), { mode: 0o755 });
  }
  for (const key of ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "filter.x.smudge"]) {
    git(folder, ["config", key, program]);
  }
  writeFileSync(join(folder, ".git/info/attributes"), "* filter=x\n");
  assert.equal(readAll(folder, { unreachable: true }).blobs.size, 1);
  assert.equal(existsSync(trace), false);
});

test("parsers take any bytes", () => {
  const { pack, index } = packOf([commit, tree, blob]);
  const parsers: readonly (readonly [Buffer, (bytes: Buffer) => unknown])[] = [
    [index, (bytes) => readPackIndex(bytes, 20, "index")],
    [pack.subarray(12, 60), (bytes) => readEntryHeader(bytes, 20)],
    [Buffer.from([7, 9, 0x90, 7, 2, 65, 66]), (bytes) => applyDelta(Buffer.from("content"), bytes)],
    [commit.bytes, (bytes) => parseCommit(bytes, 20)],
    [
      Buffer.from(`object ${idOf(1)}\ntype commit\ntag v1\ntagger A <a@b> 1 +0\n\nwords`),
      (bytes) => parseTag(bytes, 20),
    ],
    [treeOf(["100644", "a", idOf(1)], ["40000", "b", idOf(2)]), (bytes) => eachTreeEntry(bytes, 20, () => {})],
    [Buffer.from('[core]\n\tx = "a;b" ; c\n[extensions "y]"]\nz'), (bytes) => readConfiguration(bytes.toString())],
  ];
  for (const [seed, parse] of parsers) {
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        try {
          parse(bytes);
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
        }
      }),
      runs(300),
    );
  }
});

test("a repository with any of its files mutated is read as far as it goes", { skip: skipWithoutGit }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q", "--bare"]);
  const lines = (n: number): string => Array.from({ length: 40 }, (_, at) => `line ${at === n ? "x" : at}\n`).join("");
  const stream = [1, 2, 3, 4].map(
    (n) =>
      `commit refs/heads/main\ncommitter C <c@example.org> ${n} +0000\ndata 2\n${n}\nM 100644 inline d/f\ndata <<END\n${lines(n)}END\n\n`,
  );
  git(folder, ["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"], stream.join(""));
  git(folder, ["repack", "-adfq"]);
  git(folder, ["pack-refs", "--all"]);
  git(folder, ["hash-object", "-w", "--stdin"], "loose");
  const pack = git(folder, ["rev-parse", "--git-path", "objects/pack"]).trim();
  const name =
    git(folder, ["count-objects", "-v"]) && /pack-\w+/.exec(execFileSync("ls", [join(folder, pack)]).toString())?.[0];
  const files = ["HEAD", "config", "packed-refs", `${pack}/${name}.idx`, `${pack}/${name}.pack`];
  for (const path of files.map((file) => join(folder, file))) {
    const whole = readFileSync(path);
    chmodSync(path, 0o644);
    fc.assert(
      fc.property(mutatedBytes(whole), (bytes) => {
        writeFileSync(path, bytes);
        try {
          readAll(folder, { unreachable: true });
        } catch (error) {
          // Where HEAD is broken it is no repository any more.
          assert.ok(error instanceof Problem || (error as Error).message.endsWith("is no repository"), String(error));
        }
      }),
      runs(60),
    );
    writeFileSync(path, whole);
  }
  assert.deepEqual(readAll(folder).summary.gaps, []);
});
