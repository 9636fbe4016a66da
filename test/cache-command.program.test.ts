import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { imageOf, npmPackage } from "../src/collect/image/image-files.fixture.ts";
import { writeLayout } from "../src/engines/oci/image.fixture.ts";
import { bulkhead } from "./bulkhead.ts";
import { kernelClock } from "./kernel-clock.ts";

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

test("compiled code of earlier versions is shown, pruned by its age, and cleared", async () => {
  const home = join(folder, "compiled-home");
  const place = join(home, ".cache/bulkhead/compiled/check/v24.0.0-x64-0-0");
  mkdirSync(place, { recursive: true });
  const cache = async (...words: readonly string[]) =>
    (await bulkhead(["cache", ...words], { cwd: folder, home, environment: { LD_PRELOAD: "" } })).stdout;
  writeFileSync(join(place, "new"), "");
  writeFileSync(join(place, "old"), Buffer.alloc(2_000_000));
  symlinkSync(join(folder, "sound"), join(place, "link"));
  // The age of files is by the kernel's clock.
  const long = kernelClock().getTime() / 1_000 - 91 * 24 * 60 * 60;
  utimesSync(join(place, "old"), long, long);
  assert.match(await cache(), /\/compiled: compiled code, 2\.\d MB$/m);
  assert.match(await cache("prune", "--older-than", "92"), /compiled code: 0 files removed, 0\.0 MB freed$/m);
  assert.match(await cache("prune"), /compiled code: 1 file removed, 2\.0 MB freed$/m);
  assert.deepEqual(readdirSync(place).sort(), ["link", "new"]);
  await cache("clear", "--cache", join(home, "other.db"));
  assert.ok(existsSync(place));
  await cache("clear");
  assert.ok(!existsSync(place));
  assert.ok(existsSync(join(folder, "sound")));
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
