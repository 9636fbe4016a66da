import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { type FixtureEntry, paxEntry, tarEntry, tarOf } from "./image.fixture.ts";
import { createTarWalker, type TarEntry } from "./tar.ts";

interface Walked {
  readonly entries: TarEntry[];
  readonly contents: Map<string, string>;
}

/** Walks an archive in pieces of the given sizes, collecting the content of every file. */
function walk(archive: Buffer, pieces: readonly number[] = []): Walked {
  const entries: TarEntry[] = [];
  const contents = new Map<string, string>();
  const walker = createTarWalker("test.tar", {
    entry(entry) {
      entries.push(entry);
      return entry.type === "file" && entry.size < 1_000_000;
    },
    content: (entry, bytes) => contents.set(entry.name, bytes.toString("utf8")),
  });
  let at = 0;
  for (const piece of pieces) {
    walker.write(archive.subarray(at, at + piece));
    at += piece;
  }
  walker.write(archive.subarray(at));
  walker.end();
  return { entries, contents };
}

function refusal(archive: Buffer): string {
  try {
    walk(archive);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, "input");
    return error.message;
  }
  throw new Error("the archive was accepted");
}

test("reads files, folders, symlinks and hard links", () => {
  const { entries, contents } = walk(
    tarOf([
      { name: "etc/", flag: "5", mode: 0o755 },
      { name: "etc/passwd", content: "root:x:0:0\n", mode: 0o4644 },
      { name: "etc/alias", flag: "2", link: "passwd" },
      { name: "etc/twin", flag: "1", link: "etc/passwd" },
      { name: "dev/null", flag: "3" },
    ]),
  );
  assert.deepEqual(
    entries.map(({ type, name, link }) => [type, name, link]),
    [
      ["directory", "etc/", ""],
      ["file", "etc/passwd", ""],
      ["symlink", "etc/alias", "passwd"],
      ["hardlink", "etc/twin", "etc/passwd"],
      ["other", "dev/null", ""],
    ],
  );
  assert.equal(entries[1]?.mode, 0o4644);
  assert.equal(contents.get("etc/passwd"), "root:x:0:0\n");
});

test("the old type NUL with a trailing slash is a folder, as engines take it", () => {
  assert.equal(walk(tarOf([{ name: "old/", flag: "\0" }])).entries[0]?.type, "directory");
  assert.equal(walk(tarOf([{ name: "old", flag: "\0" }])).entries[0]?.type, "file");
});

test("pax headers give long paths, links and sizes to the one entry that follows", () => {
  const long = `${"d/".repeat(150)}ä`;
  const { entries } = walk(
    tarOf([
      paxEntry({ path: long, linkpath: "target/ü" }),
      { name: "cut", flag: "2" },
      { name: "next", flag: "2", link: "x" },
    ]),
  );
  assert.equal(entries[0]?.name, long);
  assert.equal(entries[0]?.link, "target/ü");
  assert.equal(entries[1]?.name, "next");
});

test("a pax size counts over the header's", () => {
  const content = "0123456789";
  const archive = Buffer.concat([
    tarEntry(paxEntry({ size: "10" })),
    tarEntry({ name: "big", content, size: 0 }),
    tarEntry({ name: "after" }),
  ]);
  const { contents, entries } = walk(archive);
  assert.equal(contents.get("big"), content);
  assert.equal(entries[1]?.name, "after");
});

test("GNU long names and links are joined", () => {
  const name = "n".repeat(300);
  const link = "l".repeat(200);
  const { entries } = walk(
    tarOf([
      { name: "././@LongLink", flag: "L", content: `${name}\0` },
      { name: "././@LongLink", flag: "K", content: `${link}\0` },
      { name: "n", flag: "2", link: "l" },
    ]),
  );
  assert.deepEqual([entries[0]?.name, entries[0]?.link], [name, link]);
});

test("a global pax header says nothing of the entries that follow, and is one itself, as engines take it", () => {
  const { entries } = walk(
    tarOf([
      { ...paxEntry({ path: "in/the/way" }), flag: "g" },
      { ...paxEntry({ comment: "c" }), flag: "g" },
      { name: "good" },
    ]),
  );
  assert.deepEqual(
    entries.map(({ type, name }) => [type, name]),
    [
      ["other", "in/the/way"],
      ["other", "PaxHeaders/x"],
      ["file", "good"],
    ],
  );
});

test("sparse files are marked, their content is never handed on", () => {
  const { entries, contents } = walk(
    tarOf([
      paxEntry({ "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "real" }),
      { name: "GNUSparseFile.0/real", content: "x" },
    ]),
  );
  assert.deepEqual([entries[0]?.name, entries[0]?.sparse], ["real", true]);
  assert.equal(contents.size, 0);
});

test("an archive may end without its zero blocks, and what stands behind them is ignored", () => {
  assert.equal(walk(tarEntry({ name: "only" })).entries.length, 1);
  const trailing = Buffer.concat([tarOf([{ name: "only" }]), Buffer.from("junk".repeat(200))]);
  assert.equal(walk(trailing).entries.length, 1);
});

test("refuses what is no tar, with the place", () => {
  assert.match(refusal(Buffer.alloc(512, 0x41)), /checksum/);
  const broken = tarEntry({ name: "a" });
  broken[0] = 0x62;
  assert.match(refusal(broken), /checksum/);
  assert.match(refusal(tarEntry({ name: "short", content: "abc", size: 10_000 })), /ends inside/);
  assert.match(refusal(tarEntry({ name: "cut" }).subarray(0, 100)), /ends inside/);
  assert.match(refusal(Buffer.concat([Buffer.alloc(512), tarEntry({ name: "after" })])), /zero block/);
});

test("refuses broken pax records and headers over the bound", () => {
  for (const content of ["nonsense", "99 path=x\n", "6 path\n", "9 path=x\0\n", "5 a=b"]) {
    assert.match(refusal(tarOf([{ name: "x", flag: "x", content }, { name: "y" }])), /extended header/);
  }
  assert.match(refusal(tarOf([{ name: "x", flag: "x", content: "", size: bounds.extendedHeaderBytes + 1 }])), /limit/);
  const negative = tarEntry(paxEntry({ size: "-1" }));
  assert.match(refusal(Buffer.concat([negative, tarEntry({ name: "y" })])), /negative/);
});

test("the pieces in which bytes arrive do not matter", () => {
  const name = fc.string({ minLength: 1, maxLength: 90, unit: fc.constantFrom("a", "b", "/", ".", "é") });
  const file: fc.Arbitrary<FixtureEntry> = fc.record({ name, content: fc.string({ maxLength: 1500 }) });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 6 }), fc.array(fc.integer({ min: 0, max: 700 })), (files, pieces) => {
      const archive = tarOf(files);
      assert.deepEqual(walk(archive, pieces), walk(archive));
    }),
    runs(100),
  );
});

test("a seekable source that skips sees the same entries", () => {
  const archive = tarOf([{ name: "a", content: "x".repeat(3000) }, { name: "b" }, { name: "c", content: "y" }]);
  const seen: string[] = [];
  const walker = createTarWalker("test.tar", {
    entry(entry) {
      seen.push(entry.name);
      return false;
    },
  });
  for (let at = 0; at < archive.length; ) {
    const jump = Math.min(walker.skippable(), archive.length - at);
    if (jump > 0) walker.skip(jump);
    else walker.write(archive.subarray(at, at + 512));
    at += jump > 0 ? jump : 512;
  }
  walker.end();
  assert.deepEqual(seen, ["a", "b", "c"]);
});

test("a look at the first bytes decides whether a file's content is kept", () => {
  const files = [
    { name: "elf", content: `\u007fELF${"x".repeat(3000)}` },
    { name: "script", content: `#!/bin/sh${"y".repeat(3000)}` },
    { name: "short", content: "\u007fELF" },
    { name: "empty", content: "" },
    { name: "exact", content: "\u007fELF0123456789ab" },
    { name: "after", content: "z" },
  ];
  const archive = tarOf(files);
  for (const piece of [1, 5, 16, 511, 513, 100_000]) {
    const looks = new Map<string, number>();
    const contents = new Map<string, string>();
    const walker = createTarWalker("test.tar", {
      entry: () => "peek",
      peek(entry, first) {
        looks.set(entry.name, first.length);
        return first.toString("latin1").startsWith("\u007fELF");
      },
      content: (entry, bytes) => contents.set(entry.name, bytes.toString("utf8")),
    });
    for (let at = 0; at < archive.length; at += piece) walker.write(archive.subarray(at, at + piece));
    walker.end();
    assert.deepEqual([...looks.values()], [16, 16, 4, 0, 16, 1]);
    assert.deepEqual(
      [...contents],
      files.filter(({ content }) => content.startsWith("\u007fELF")).map(({ name, content }) => [name, content]),
    );
  }
});

test("what is lent is whole while it is looked at, and what is asked for otherwise stays", () => {
  const files = ["a", "b", "c", "d"].map((name, at) => ({ name, content: name.repeat(200_000 - at * 40_000) }));
  const [first, second, third, last] = files;
  assert.ok(first && second && third && last);
  const archive = tarOf([first, paxEntry({ path: "b" }), second, third, last]);
  for (const piece of [4096, 10_000_000]) {
    const kept: Buffer[] = [];
    const lent: string[] = [];
    const walker = createTarWalker("test.tar", {
      entry: ({ name }) => (name === "a" ? "lent" : name === "c" ? true : "peek"),
      peek: () => "lent",
      content({ name }, bytes) {
        if (name === "c") kept.push(bytes);
        else lent.push(bytes.toString());
      },
    });
    for (let at = 0; at < archive.length; at += piece) walker.write(archive.subarray(at, at + piece));
    walker.end();
    assert.deepEqual(
      lent,
      [first, second, last].map(({ content }) => content),
    );
    assert.deepEqual(kept.map(String), [third.content]);
  }
});

test("mutated archives end in entries or a Problem, nothing else", () => {
  const seed = tarOf([
    paxEntry({ path: "p/ä", size: "3" }),
    { name: "p", content: "abc" },
    { name: "l", flag: "2", link: "p" },
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(seed.length),
      (changes, length) => {
        const bytes = Buffer.from(seed.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          walk(bytes);
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      },
    ),
    runs(500),
  );
});

test("owners of every entry: those of the header, or of its extended one", () => {
  const { entries } = walk(
    tarOf([
      { name: "a/", flag: "5", mode: 0o700, uid: 110, gid: 111 },
      paxEntry({ uid: "3000000", gid: "-1" }),
      { name: "a/b", mode: 0o600, uid: 1, gid: 2 },
    ]),
  );
  assert.deepEqual(
    entries.map(({ uid, gid, owner }) => [uid, gid, owner]),
    [
      [110, 111, undefined],
      [3_000_000, -1, undefined],
    ],
  );
});
