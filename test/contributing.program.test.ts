import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Check } from "../src/core/check.ts";
import type { ImageConfig } from "../src/engines/oci/model.ts";

/** The recipes of CONTRIBUTING.md are worth what they compile to. */

const root = join(import.meta.dirname, "..");

function recipe(): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "CONTRIBUTING.md"), "utf8")) ?? [];
  assert.ok(code !== undefined, "CONTRIBUTING.md shows no check");
  return code.replaceAll(/^ {3}/gm, "");
}

/** The project's src with the recipe's check in its place. */
function planted() {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-recipe-"));
  mkdirSync(join(folder, "src", "checks", "image"), { recursive: true });
  for (const room of ["core", "engines"]) symlinkSync(join(root, "src", room), join(folder, "src", room));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, "src", "checks", "image", "runs-as-root.ts");
  writeFileSync(file, recipe());
  const tsconfig = { extends: join(root, "tsconfig.json"), include: [file], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return { folder, file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test("the recipe's check compiles", () => {
  using plan = planted();
  const tsc = join(root, "node_modules", "typescript-7", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--project", plan.folder], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("the recipe's check finds root and leaves others", async () => {
  using plan = planted();
  const { runsAsRoot } = (await import(pathToFileURL(plan.file).href)) as {
    runsAsRoot: Check<{ config: Pick<ImageConfig, "user"> }>;
  };
  const titles = (user: string) =>
    [...runsAsRoot.evaluate({ config: { user } }, new Date(0))].map((finding) => finding.title);
  assert.deepEqual(titles(""), ["No user is named, so it runs as root"]);
  assert.deepEqual(titles("0:0"), ["It runs as 0"]);
  assert.deepEqual(titles("10001:10001"), []);
});
