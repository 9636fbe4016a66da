import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { unmoved } from "./environment.ts";
import { kernelClock } from "./kernel-clock.ts";

/** The published program's one script, run with what V8 compiled of it before: `bin/script.js`. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-kept-code-"));
after(() => rmSync(folder, { recursive: true }));

const runner = pathToFileURL(join(import.meta.dirname, "../bin/script.js")).href;
const script = join(folder, "script.cjs");
const kept = join(folder, "kept.code");
const old = join(folder, "old");

/** In a process of its own, as the program's. */
function run(): string {
  const begin = `import { readFileSync } from "node:fs";
import { runScript } from ${JSON.stringify(runner)};
await runScript({ filename: ${JSON.stringify(script)}, source: readFileSync(${JSON.stringify(script)}) }, { kept: ${JSON.stringify(kept)}, folder: ${JSON.stringify(old)} }, ({ run }) => run());`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", begin], {
    env: unmoved,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

const says = (word: string, more = "") =>
  `(function(require,module,exports){"use strict";const{log}=console;${more}exports.run=async()=>{log(${JSON.stringify(word)})};})`;

/** What tells one file from another that took its place. */
const which = () => {
  const { ino, mtimeMs, size } = lstatSync(kept);
  return { ino, mtimeMs, size };
};

beforeEach(() => {
  rmSync(kept, { force: true });
  writeFileSync(script, says("one"));
});

test("what was compiled is kept after the first run, for its user alone, and serves the next as it is", () => {
  assert.equal(run(), "one\n");
  assert.equal(lstatSync(kept).mode & 0o777, 0o600);
  const before = which();
  assert.equal(run(), "one\n");
  assert.deepEqual(which(), before);
});

test("it holds what the run called, not only what V8 compiles when it reads", () => {
  const called = `function far(){${"let a=1;a+=2;".repeat(2_000)}return a}`;
  const lines = (call: string) =>
    `(function(require,module,exports){${called.replaceAll("let a", "var a")}exports.run=()=>{${call}};})`;
  writeFileSync(script, lines(""));
  run();
  const { size: without } = lstatSync(kept);
  writeFileSync(script, lines("far()"));
  run();
  assert.ok(lstatSync(kept).size > without + 4_000, `${lstatSync(kept).size} and ${without}`);
});

test("what was compiled of another script of the same length is not taken", () => {
  run();
  writeFileSync(script, says("two"));
  assert.equal(run(), "two\n");
  assert.equal(run(), "two\n");
});

test("what is cut short or changed is not taken, and made anew", () => {
  run();
  const whole = readFileSync(kept);
  const changed = (at: number) => {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] as number) ^ 0x40;
    return bytes;
  };
  const wrong = [
    Buffer.alloc(0),
    whole.subarray(0, 7),
    whole.subarray(0, 8),
    whole.subarray(0, whole.length - 1),
    Buffer.concat([whole, Buffer.alloc(1)]),
    ...[0, 4, 8, 12, 40, whole.length >> 1, whole.length - 1].map(changed),
  ];
  for (const bytes of wrong) {
    writeFileSync(kept, bytes, { mode: 0o600 });
    assert.equal(run(), "one\n");
    // Made anew: longer or shorter by nothing, and it is not what was there.
    assert.notDeepEqual(readFileSync(kept), bytes);
  }
});

test("what others can write to, or a link leads to, is not taken", () => {
  run();
  chmodSync(kept, 0o622);
  const before = which();
  assert.equal(run(), "one\n");
  assert.notEqual(which().ino, before.ino);
  assert.equal(lstatSync(kept).mode & 0o777, 0o600);

  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, readFileSync(kept), { mode: 0o600 });
  rmSync(kept);
  symlinkSync(elsewhere, kept);
  assert.equal(run(), "one\n");
  assert.equal(lstatSync(kept).isSymbolicLink(), false);
});

test("after an hour it is made anew, with what later runs called", () => {
  run();
  const old = kernelClock().getTime() / 1_000 - 3_700;
  utimesSync(kept, old, old);
  assert.equal(run(), "one\n");
  assert.ok(lstatSync(kept).mtimeMs / 1_000 > old + 60);
});

test("what V8 would refuse the next time, by its flags of now, is not kept", () => {
  writeFileSync(script, says("one", 'require("node:v8").setFlagsFromString("--heap-growing-percent=25");'));
  assert.equal(run(), "one\n");
  assert.equal(existsSync(kept), false);
});

test("what was compiled for versions of long ago goes when something is written", () => {
  mkdirSync(join(old, "v23"), { recursive: true });
  const [long, lately] = ["long", "lately"].map((name) => join(old, "v23", name)) as [string, string];
  for (const [path, days] of [
    [long, 91],
    [lately, 89],
  ] as const) {
    writeFileSync(path, "");
    const then = kernelClock().getTime() / 1_000 - days * 24 * 60 * 60;
    utimesSync(path, then, then);
  }
  run();
  assert.deepEqual([long, lately].map(existsSync), [false, true]);
});

test("a folder that is not there costs nothing but time", () => {
  const begin = `import { readFileSync } from "node:fs";
import { runScript } from ${JSON.stringify(runner)};
const whole = { filename: ${JSON.stringify(script)}, source: readFileSync(${JSON.stringify(script)}) };
await runScript(whole, { kept: "/proc/bulkhead/kept.code" }, ({ run }) => run());
await runScript(whole, {}, ({ run }) => run());`;
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", begin], {
    env: unmoved,
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "one\none\n" });
});
