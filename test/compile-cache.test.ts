import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { environmentOf, program } from "./bulkhead.ts";

/** V8 takes no compiled code but that of its present flags, which say how a command's heap grows. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-compile-cache-"));
after(() => rmSync(folder, { recursive: true }));
const { NODE_COMPILE_CACHE: _, ...environment } = environmentOf({ home: folder });

/** How many files' compiled code of an earlier run was taken, and how many files' was not. */
function taken(...words: readonly string[]): { readonly accepted: number; readonly rejected: number } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
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
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  const validate = ["policy", "validate"];
  const lint = ["build", "lint", "Dockerfile"];
  for (const command of [validate, lint]) taken(...command);
  for (const command of [validate, lint]) {
    const { accepted, rejected } = taken(...command);
    assert.ok(accepted > 100, `${command.join(" ")}: ${accepted}`);
    assert.equal(rejected, 0, command.join(" "));
  }
});
