import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { bounds as contentsBounds } from "../../engines/contents/bounds.ts";
import type { FileFacts, PackageRecord } from "../../engines/contents/model.ts";
import { createFileAnalysis, limitOf } from "./file-analysis.ts";

/** Says what it was handed: the file's bytes, and each companion's. */
function echo(changes: Partial<Analyser> = {}): Analyser {
  return {
    id: "echo",
    version: 1,
    evidence: "installed",
    maxBytes: 10,
    wants: () => true,
    analyse: ({ bytes, companions }) => said(bytes, ...companions.values()),
    ...changes,
  };
}

const musl: PackageRecord = { type: "apk", name: "musl", version: "1.1.22-r2", licenses: [] };

function said(...bytes: readonly Buffer[]): FileFacts {
  return { kind: "packages", packages: [], unread: bytes.map(String) };
}

test("facts come in the order in which the files were announced, not in that of their contents", () => {
  const files = createFileAnalysis<number>("here");
  files.expect(1, "a", echo(), 1);
  files.expect(2, "b", echo(), 1);
  files.content(2, Buffer.from("second"));
  files.content(1, Buffer.from("first"));
  assert.deepEqual(files.finish(), [said(Buffer.from("first")), said(Buffer.from("second"))]);
});

test("a file over its analyser's bound is refused before it is read, with both numbers", () => {
  const files = createFileAnalysis<number>("here");
  assert.equal(files.expect(1, "a", echo(), 10), true);
  assert.equal(files.expect(2, "b", echo(), 11), false);
  files.content(1, Buffer.from("fits"));
  const [, refused] = files.finish();
  assert.ok(refused?.kind === "unreadable");
  assert.equal(refused.code, "contents.too-large");
  assert.match(refused.reason, /11 bytes .* limit of 10/);
});

test("no analyser is handed more than the bound for all of them", () => {
  assert.equal(limitOf(echo({ maxBytes: Number.MAX_SAFE_INTEGER })), contentsBounds.wantedFileBytes);
  assert.equal(limitOf(echo()), 10);
});

test("what failed and what never arrived is unreadable, not empty", () => {
  const files = createFileAnalysis<number>("here");
  files.expect(1, "a", echo(), 1);
  files.expect(2, "b", echo(), 1);
  files.failed(1, "permission denied");
  assert.deepEqual(
    files.finish().map((facts) => facts.kind === "unreadable" && [facts.code, facts.reason]),
    [
      ["contents.unreadable", "permission denied"],
      ["contents.unreadable", "its content did not arrive"],
    ],
  );
});

test("content that nobody announced, or that comes twice, changes nothing", () => {
  const files = createFileAnalysis<number>("here");
  files.content(7, Buffer.from("whose?"));
  files.failed(7, "whose?");
  files.expect(1, "a", echo(), 1);
  files.content(1, Buffer.from("first"));
  files.content(1, Buffer.from("again"));
  assert.deepEqual(files.finish(), [said(Buffer.from("first"))]);
});

test("files that are read together wait for each other, whatever their order", () => {
  const together = echo({ companions: (path) => (path === "db" ? ["db-wal", "db-gone"] : []) });
  const files = createFileAnalysis<string>("here");
  for (const path of ["db-wal", "db"]) files.expect(path, path, together, 1);
  files.content("db", Buffer.from("base"));
  files.content("db-wal", Buffer.from("log"));
  assert.deepEqual(files.finish(), [said(Buffer.from("log")), said(Buffer.from("base"), Buffer.from("log"))]);
});

test("files that together list more packages than the bound are too many", () => {
  const half: FileFacts = {
    kind: "packages",
    packages: Array.from({ length: contentsBounds.packages / 2 }, () => musl),
    unread: [],
  };
  const files = createFileAnalysis<number>("layer 1 of web");
  for (const key of [1, 2, 3]) files.expect(key, "a", echo({ analyse: () => half }), 1);
  for (const key of [1, 2]) files.content(key, Buffer.from("x"));
  assert.throws(
    () => files.content(3, Buffer.from("x")),
    (error) =>
      error instanceof Problem && error.code === "contents.too-many-packages" && error.place === "layer 1 of web",
  );
});

test("a file that is nothing to its analyser has no packages", () => {
  const files = createFileAnalysis<number>("here");
  files.expect(1, "a", echo({ analyse: () => undefined }), 1);
  files.content(1, Buffer.from("x"));
  assert.deepEqual(files.finish(), [said()]);
});

test("bytes may go once they are analysed, unless they wait for the files beside them", () => {
  const size = 5;
  const files = createFileAnalysis<number>("here");
  const counting: Partial<Analyser> = {
    maxBytes: size,
    analyse: ({ bytes }) => ({ kind: "packages", packages: [], unread: [String(bytes.length)] }),
  };
  files.expect(1, "alone", echo(counting), size);
  files.expect(2, "database", echo({ ...counting, companions: () => ["log"] }), size);
  assert.equal(files.content(1, Buffer.alloc(size)), true);
  assert.equal(files.content(2, Buffer.alloc(size)), false);
  const counted = said(Buffer.from(String(size)));
  assert.deepEqual(files.finish(), [counted, counted]);
});
