import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-run-tests-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs files of tests in one process. */
function ran(files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const home = mkdtempSync(join(folder, "files-"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(
      join(home, name),
      `import assert from "node:assert"; import { it, suite, test } from "node:test";\n${text}`,
    );
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const script = join(import.meta.dirname, "run-tests.ts");
  const words = ["--test-reporter=spec", script, ...options, "*.mjs"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: home, encoding: "utf8", env });
  const count = (of: string) => Number(new RegExp(`^ℹ ${of} (\\d+)$`, "m").exec(stdout)?.[1]);
  return { status, stdout, stderr, count };
}

const PASSES = 'suite("outer", () => { it("inner", async (t) => { await null; await t.test("part", () => {}); }); });';

test("what passes is counted where it stands", () => {
  const { status, stdout, count } = ran({ "a.mjs": PASSES, "b.mjs": 'test("alone", async () => await null);' });
  assert.equal(status, 0, stdout);
  assert.deepEqual([count("tests"), count("suites"), count("pass")], [3, 1, 3]);
  assert.match(stdout, /^▶ outer\n {2}▶ inner\n {4}✔ part /m);
});

test("what fails is named, and so is a file that cannot be read", () => {
  const one = ran({ "a.mjs": PASSES, "b.mjs": 'test("wrong", async () => { await null; assert.fail("so"); });' });
  assert.deepEqual([one.status, one.count("fail"), one.count("pass")], [1, 1, 2]);
  assert.match(one.stdout, /^✖ wrong /m);
  const two = ran({ "a.mjs": PASSES, "broken.mjs": "throw new Error('so');" });
  assert.deepEqual([two.status, two.count("fail")], [1, 1]);
  assert.match(two.stdout, /^✖ broken\.mjs /m);
});

test("an error that no test waits for fails all, also where a test waits for something else for ever", () => {
  const { status, stdout, stderr } = ran({
    "a.mjs": `test("waits", async () => {
      await null;
      Promise.reject(new Error("nobody looks"));
      await new Promise(() => setInterval(() => {}, 1000));
    });`,
  });
  assert.equal(status, 1, stdout);
  assert.match(stderr, /^✖ unhandledRejection .*Error: nobody looks/);
});

test("an error of a timer fails the test that set it, and those behind it are run", () => {
  const { status, stdout, count } = ran({
    "a.mjs": `test("sets", async () => {
      await new Promise((done) => setTimeout(() => { done(); throw new Error("later"); }));
    });`,
    "b.mjs": PASSES,
  });
  assert.deepEqual([status, count("fail"), count("pass")], [1, 1, 2], stdout);
  assert.match(stdout, /^✖ sets /m);
});

test("a share takes its files, and what is to be preloaded is", () => {
  const files = { "a.mjs": 'test("one", () => {});', "b.mjs": 'test("two", () => assert.ok(globalThis.isPreloaded));' };
  const preloaded = join(folder, "preloaded.js");
  writeFileSync(preloaded, "globalThis.isPreloaded = true;");
  const { status, stdout } = ran(files, "--shard=2/2", `--import=${preloaded}`);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^✔ two /m);
  assert.doesNotMatch(stdout, /^✔ one /m);
});
