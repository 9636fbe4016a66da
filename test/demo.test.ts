/** What `make demo` shows: the insecure shop, with its images, on a page of 100 columns. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { writeLayout } from "../examples/shop/image.ts";
import { insecureImages } from "../examples/shop/insecure/images.ts";
import { displayWidth } from "../src/report/width.ts";
import { inProcess } from "./in-process.ts";

const shop = join(import.meta.dirname, "..", "examples", "shop");
let folder = "";
const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-demo-"));
  const tree = join(folder, "insecure");
  cpSync(join(shop, "insecure"), tree, { recursive: true, filter: (path) => !path.endsWith(".generated") });
  for (const image of insecureImages) writeLayout(image, join(tree, ".generated", "images", image.name));
  const imported = await run("db", "import", join(shop, "advisories"), "--db", "a.db");
  assert.equal(imported.code, 0, imported.stderr);
});
after(() => rmSync(folder, { recursive: true }));

const check = (...words: readonly string[]) =>
  run("check", "insecure", "--db", "a.db", "--now", "2026-11-27T00:00:00Z", "--quiet", ...words);

test("two screens say what is wrong with the shop, and the first names the worst", async () => {
  const { code, stdout } = await check("--format", "table");
  assert.equal(code, 1);
  const lines = stdout.trimEnd().split("\n");
  assert.ok(lines.length <= 60, `${lines.length} lines`);
  for (const line of lines) assert.ok(displayWidth(line) <= 100, line);
  const first = lines.slice(0, 30).join("\n");
  assert.match(first, /Container worker is privileged: shop\/Deployment\/worker and 1 more +2 critical/);
  assert.match(first, /workload\/runtime-socket · exposed · kubernetes\/worker\.yaml:38:13 and 1 more/);
  assert.match(
    stdout,
    /^ {2}… \d+ more fixes resolve \d+ critical, \d+ high at or above the threshold \(--details\)$/m,
  );
  assert.match(stdout, /data from 2025-06-04 is \d+ days old; the limit is 7 days.*\n.*run `bulkhead db update`/);
  assert.match(
    lines.at(-1) ?? "",
    /^✗ fail: 9 of 10 controls fail, 1 unknown · \d+ findings at or above the threshold · exit code 1$/,
  );
  assert.match(lines.at(-2) ?? "", /^next {6}bulkhead explain workload\//);
  assert.match(lines.at(-3) ?? "", /^worst {5}critical: shop\/Deployment\/worker, kubernetes\/worker\.yaml:/);
});

test("one package upgrade and one base are told over all images", async () => {
  const { stdout } = await check("--sort", "fix", "--check", "image/*");
  assert.match(stdout, /^fix: .*assets=3 .*what="upgrade minimist to \d[\d.]*"/m);
  assert.match(stdout, /^fix: .*assets=2 .*what="outdated base image alpine 3\.10\.1"/m);
});
