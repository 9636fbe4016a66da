import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readFolder } from "./folder.ts";
import { stampOf } from "./stamp.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-folder-"));
after(() => rmSync(root, { recursive: true, force: true }));

async function filesIn(folder: string, limit = 100): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  await readFolder(folder, {
    wanted: (path, mode) => {
      if (path.endsWith(".txt")) return { maxBytes: limit };
      if ((mode() & 0o111) === 0) return undefined;
      return { maxBytes: limit, startsRight: (first) => first.toString("latin1").startsWith("\u007fELF") };
    },
    file: (path, content) => found.set(path, Buffer.isBuffer(content) ? content.toString() : content.unreadable),
    unlisted: (path, cause) => found.set(path, cause),
  });
  return found;
}

test("hands on the wanted files and follows no symlink", async () => {
  const folder = join(root, "a");
  mkdirSync(join(folder, "inner/deep"), { recursive: true });
  mkdirSync(join(root, "outside"));
  writeFileSync(join(root, "outside/secret.txt"), "secret");
  writeFileSync(join(folder, "inner/deep/x.txt"), "x");
  writeFileSync(join(folder, "y.bin"), "y");
  symlinkSync("../outside", join(folder, "out"));
  symlinkSync("../outside/secret.txt", join(folder, "out.txt"));
  symlinkSync(".", join(folder, "loop"));
  assert.deepEqual([...(await filesIn(folder))], [["inner/deep/x.txt", "x"]]);
});

test("a file over the bound is named, not read", async () => {
  const folder = join(root, "b");
  mkdirSync(folder);
  writeFileSync(join(folder, "big.txt"), "x".repeat(101));
  assert.match((await filesIn(folder)).get("big.txt") ?? "", /101 bytes exceed the limit of 100/);
});

test("a program is told by its mode and its first bytes", async () => {
  const folder = join(root, "p");
  mkdirSync(folder);
  writeFileSync(join(folder, "elf"), "\u007fELF and more", { mode: 0o755 });
  writeFileSync(join(folder, "script"), "#!/bin/sh", { mode: 0o755 });
  writeFileSync(join(folder, "data"), "\u007fELF and more", { mode: 0o644 });
  writeFileSync(join(folder, "empty"), "", { mode: 0o755 });
  assert.deepEqual([...(await filesIn(folder))], [["elf", "\u007fELF and more"]]);
});

test("other images' files below a root are not this root's", async () => {
  const folder = join(root, "c");
  mkdirSync(join(folder, "var/lib/docker/overlay2/x/diff"), { recursive: true });
  writeFileSync(join(folder, "var/lib/docker/overlay2/x/diff/a.txt"), "a");
  writeFileSync(join(folder, "var/lib/docker/b.txt"), "b");
  assert.deepEqual([...(await filesIn(folder)).keys()], ["var/lib/docker/b.txt"]);
});

test("a root that is no folder is a usage error", async () => {
  await assert.rejects(filesIn(join(root, "nowhere")), { kind: "usage", code: "oci.folder" });
});

test("a stamp changes with any of a file's properties, and a young file has none", () => {
  const second = 1_000_000_000n;
  const stat = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 10n * second, ctimeNs: 11n * second } as Parameters<
    typeof stampOf
  >[0];
  const now = 20n * second;
  const stamp = stampOf(stat, 0, now);
  assert.ok(stamp);
  for (const change of [{ dev: 9n }, { ino: 9n }, { size: 9n }, { mtimeNs: 9n }, { ctimeNs: 9n }]) {
    assert.notEqual(stampOf({ ...stat, ...change } as typeof stat, 0, now), stamp);
  }
  assert.notEqual(stampOf(stat, 512, now), stamp);
  assert.equal(stampOf(stat, 0, 12n * second), undefined);
});
