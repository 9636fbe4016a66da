import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolders } from "./folders.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-folders-"));
after(() => rmSync(root, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("makes what is missing with the mode, and leaves what is there", () => {
  const top = join(root, "top");
  makeFolders(top);
  chmodSync(top, 0o755);
  makeFolders(join(top, "a/b/c"), 0o700);
  makeFolders(join(top, "a/b/c"), 0o700);
  assert.deepEqual(
    ["", "a", "a/b", "a/b/c"].map((path) => modeOf(join(top, path))),
    [0o755, 0o700, 0o700, 0o700],
  );
});

test("what is no folder is an error, wherever it stands", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  symlinkSync(join(root, "nowhere"), join(root, "link"));
  assert.throws(() => makeFolders(file), { code: "EEXIST" });
  assert.throws(() => makeFolders(join(file, "a")), { code: "ENOTDIR" });
  assert.throws(() => makeFolders(join(root, "link")), { code: "EEXIST" });
  symlinkSync(root, join(root, "around"));
  makeFolders(join(root, "around/below"));
  assert.equal(statSync(join(root, "below")).isDirectory(), true);
});

/** In a process of its own, which would not come to its end. */
test("a file system that has no room for folders is an error", () => {
  const own = JSON.stringify(join(import.meta.dirname, "folders.ts"));
  const begin = `import { makeFolders } from ${own};
for (const path of ["/proc/bulkhead", "/proc/bulkhead/a/b"]) try { makeFolders(path) } catch ({ code }) { console.log(code) }`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", begin], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(stdout, "ENOENT\nENOENT\n");
});
