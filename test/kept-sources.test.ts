import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";

/** A clone's sources without their types, kept for the next run: `bin/sources.js`. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-kept-sources-"));
after(() => rmSync(folder, { recursive: true }));
const sources = join(folder, "a clone", "src");
const ours = join(folder, "ours");
const keeper = pathToFileURL(join(import.meta.dirname, "../bin/sources.js")).href;

/** In a process of its own, as the program's. */
function run({ trustedAfter = 0 } = {}): string {
  const root = pathToFileURL(`${sources}/`).href;
  const begin = `import { keepSources } from ${JSON.stringify(keeper)};
keepSources(${JSON.stringify(root)}, ${JSON.stringify(ours)}, ${trustedAfter});
await import(${JSON.stringify(`${root}main.ts`)});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", begin], {
    encoding: "utf8",
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return stdout;
}

const file = () => join(ours, readdirSync(ours)[0] ?? "none");
const which = () => lstatSync(file()).ino;

/** What is kept, changed by somebody who knows how it is written. */
function rewrite(from: string, to: string): void {
  const bytes = readFileSync(file());
  const body = Buffer.from(bytes.subarray(8).toString("latin1").replace(from, to), "latin1");
  const header = Buffer.from(bytes.subarray(0, 8));
  header.writeUInt32LE(crc32(body), 4);
  writeFileSync(file(), Buffer.concat([header, body]));
}

beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(sources, { recursive: true });
  mkdirSync(ours, { mode: 0o700 });
  writeFileSync(
    join(sources, "main.ts"),
    'import { word } from "./word.ts";\nconst all: string[] = [word];\nconsole.log(...all);\n',
  );
  writeFileSync(join(sources, "word.ts"), 'export const word: string = "eins ☃";\n');
});

test("sources are kept after the first run, for their user alone, and taken by the next", () => {
  assert.equal(run(), "eins ☃\n");
  assert.equal(lstatSync(file()).mode & 0o777, 0o600);
  const before = which();
  assert.equal(run(), "eins ☃\n");
  assert.equal(which(), before);
  rewrite("eins", "zwei");
  assert.equal(run(), "zwei ☃\n");
});

test("a file that has changed is read anew, and kept as it is now", () => {
  run();
  writeFileSync(join(sources, "word.ts"), 'export const word: string = "drei ☃";\n');
  assert.equal(run(), "drei ☃\n");
  rewrite("drei", "vier");
  assert.equal(run(), "vier ☃\n");
});

test("of a file that is gone nothing stays, and a new one is kept", () => {
  run();
  rmSync(join(sources, "word.ts"));
  writeFileSync(join(sources, "main.ts"), 'import { other } from "./other.ts";\nconsole.log(other);\n');
  writeFileSync(join(sources, "other.ts"), 'export const other: string = "neu";\n');
  assert.equal(run(), "neu\n");
  assert.ok(!readFileSync(file()).includes("word.ts"));
  assert.ok(readFileSync(file()).includes("other.ts"));
});

test("what has only just changed is not kept: it could change again unseen", () => {
  assert.equal(run({ trustedAfter: 60 * 60 * 1_000 }), "eins ☃\n");
  assert.deepEqual(readdirSync(ours), []);
});

test("what is cut short, changed by accident or open to others is not taken", () => {
  run();
  const whole = readFileSync(file());
  for (const bytes of [whole.subarray(0, whole.length / 2), whole.subarray(0, 5), Buffer.alloc(whole.length)]) {
    writeFileSync(file(), bytes);
    assert.equal(run(), "eins ☃\n");
    assert.deepEqual(readFileSync(file()), whole);
  }
  rewrite("eins", "zwei");
  chmodSync(file(), 0o622);
  assert.equal(run(), "eins ☃\n");
});

test("a folder that cannot be written to costs nothing but time", () => {
  rmSync(ours, { recursive: true });
  assert.equal(run(), "eins ☃\n");
});
