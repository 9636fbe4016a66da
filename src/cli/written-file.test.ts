import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../core/problem.ts";
import { inChunks, writeFile } from "./written-file.ts";

function folder(t: { after(done: () => void): void }): string {
  const made = mkdtempSync(join(tmpdir(), "bulkhead-written-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("pieces are written in few chunks, none of them held longer than it takes to fill", () => {
  const pieces = Array.from({ length: 50_000 }, (_, index) => `piece ${index} é\n`);
  const chunks = [...inChunks(pieces)];
  assert.equal(chunks.join(""), pieces.join(""));
  assert.ok(chunks.length > 5 && chunks.every((chunk) => chunk.length < 70_000));
  assert.deepEqual([...inChunks([])], []);
});

test("a report that cannot be finished leaves the old file, and nothing beside it", (t) => {
  const root = folder(t);
  const file = join(root, "report.json");
  writeFileSync(file, "old");
  function* broken(): Generator<string> {
    yield "x".repeat(200_000);
    throw new RangeError("Invalid string length");
  }
  assert.throws(() => writeFile(file, broken()), RangeError);
  assert.equal(readFileSync(file, "utf8"), "old");
  assert.deepEqual(readdirSync(root), ["report.json"]);
});

test("a file keeps its mode, and a link to it stays one", (t) => {
  const root = folder(t);
  mkdirSync(join(root, "kept"));
  const file = join(root, "kept", "report.json");
  writeFileSync(file, "old");
  chmodSync(file, 0o640);
  symlinkSync(file, join(root, "latest.json"));
  writeFile(join(root, "latest.json"), ["ne", "w"]);
  assert.equal(readFileSync(file, "utf8"), "new");
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(join(root, "kept")), ["report.json"]);
});

test("what is no file is written through: a device has nothing beside it", () => {
  writeFile("/dev/null", ["gone"]);
  assert.ok(statSync("/dev/null").isCharacterDevice());
});

test("a file that cannot be written is named", (t) => {
  const file = join(folder(t), "missing", "report.json");
  assert.throws(
    () => writeFile(file, ["x"]),
    (error) => error instanceof Problem && error.code === "cli.output" && error.place === file,
  );
});
