import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { imageOf, npmPackage } from "../src/collect/image/image-files.fixture.ts";
import { writeLayout } from "../src/engines/oci/image.fixture.ts";
import { bulkhead } from "./bulkhead.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-cache-"));
after(() => rmSync(folder, { recursive: true }));
const run = (...words: readonly string[]) => bulkhead(words, { cwd: folder, home: folder });

test("the scan cache is filled by a scan, pruned, and emptied again", async () => {
  writeLayout(join(folder, "sound"), { v1: imageOf([npmPackage("sound", "1.0.0")]) });
  const own = join(folder, "own.db");
  await run("image", "scan", "sound", "--cache", own);
  assert.match(
    (await run("cache", "status", "--cache", own)).stdout,
    /: 1 layer, 1 image, secrets of \d, .* last used 20/,
  );
  assert.match((await run("cache", "prune", "--cache", own)).stdout, /: 0 entries removed, 0\.0 MB freed$/m);
  assert.match((await run("cache", "prune", "--max-size", "0", "--cache", own)).stdout, /: [2-9] entries removed/);
  assert.equal((await run("cache", "clear", "--cache", own)).code, 0);
  assert.match((await run("cache", "--cache", own)).stdout, /: 0 layers, 0 images, secrets of 0, 0\.0 MB$/m);
});

test("what the command does not know, or cannot apply, is refused; without a cache none is made", async () => {
  const refusals = [
    [["polish"], /^bulkhead: cli\.usage: cache polish: unknown action/],
    [["prune", "--older-than", "soon"], /not a whole number/],
    [["--max-size", "5"], /apply to prune/],
  ] as const;
  for (const [words, line] of refusals) {
    const { code, stderr } = await run("cache", ...words);
    assert.equal(code, 2);
    assert.match(stderr, line);
  }
  const home = join(folder, "without");
  mkdirSync(home);
  await bulkhead(["image", "scan", join(folder, "sound"), "--no-cache"], { cwd: folder, home });
  assert.ok(!existsSync(join(home, ".cache", "bulkhead", "scans.db")));
});
