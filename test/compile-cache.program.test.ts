import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cloned, environmentOf } from "./environment.ts";

/** V8 takes no compiled code but that of its present flags, which say how a command's heap grows. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-compile-cache-"));
after(() => rmSync(folder, { recursive: true }));
const { NODE_COMPILE_CACHE: _, ...environment } = environmentOf({ home: folder });

/** How many files' compiled code of an earlier run was taken, and how many files' was not. */
function taken(...words: readonly string[]): { readonly accepted: number; readonly rejected: number } {
  const { stdout, stderr } = spawnSync(process.execPath, [cloned, ...words], {
    cwd: folder,
    env: { ...environment, NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  const said = `${stdout}${stderr}`;
  const count = (word: string) => said.split(`was ${word}`).length - 1;
  return { accepted: count("accepted"), rejected: count("rejected") };
}

test("a command takes all that it compiled before, whichever commands ran between", () => {
  writeFileSync(join(folder, "bulkhead.yaml"), "apiVersion: bulkhead/v1\n");
  const validate = ["policy", "validate"];
  const explain = ["explain", "build/runs-as-root"];
  for (const command of [validate, explain]) taken(...command);
  for (const command of [validate, explain]) {
    const { accepted, rejected } = taken(...command);
    assert.ok(accepted > 100, `${command.join(" ")}: ${accepted}`);
    assert.equal(rejected, 0, command.join(" "));
  }
});

test("a folder that cannot be made, or that others can write to, holds nothing, and a command comes to its end", () => {
  const version = (home: string) =>
    spawnSync(process.execPath, [cloned, "--version"], {
      cwd: folder,
      env: { ...environment, XDG_CACHE_HOME: home, NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
      encoding: "utf8",
      timeout: 60_000,
    });
  // Linux says of whatever would be made there that it is missing.
  for (const home of ["/proc", "/proc/self", "/dev/null"]) {
    const { status, signal, stdout } = version(home);
    assert.deepEqual({ status, signal }, { status: 0, signal: null }, home);
    assert.doesNotMatch(stdout, /COMPILE_CACHE|compile cache/i);
  }
  const open = join(folder, "open");
  mkdirSync(join(open, "bulkhead/compiled/other"), { recursive: true });
  chmodSync(join(open, "bulkhead/compiled/other"), 0o777);
  assert.equal(version(open).status, 0);
  assert.deepEqual(readdirSync(join(open, "bulkhead/compiled/other")), []);
});
