import assert from "node:assert/strict";
import { test } from "node:test";
import { joinPath, withoutDeleted } from "./paths.ts";

test("names are joined to their directory and normalized as the kernel walks them", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["/home/shop/", "notes.txt", "/home/shop/notes.txt"],
    ["/home/shop/", "/etc/passwd", "/etc/passwd"],
    ["/home/shop/", "../root/.ssh/id_rsa", "/home/root/.ssh/id_rsa"],
    ["/home/shop/", "../../../../etc//passwd", "/etc/passwd"],
    ["/", "./etc/./shadow", "/etc/shadow"],
    ["/tmp/", ".", "/tmp"],
    ["/tmp/", "..", "/"],
    ["/tmp/", "./", "/tmp"],
    ["/tmp/a/", "..b/...", "/tmp/a/..b/..."],
    ["", "/", "/"],
    ["", "///", "/"],
    ["", "/proc/../proc/self/../1/root", "/proc/1/root"],
    ["", "/etc/", "/etc"],
    ["", "/a/..", "/"],
    ["", "/..", "/"],
    ["", "/.hidden/./x/", "/.hidden/x"],
    ["./", "passwd", "./passwd"],
    ["<UNKNOWN>", "passwd", "<UNKNOWN>passwd"],
    ["/tmp/", "", "/tmp"],
    ["", "", ""],
  ];
  for (const [directory, name, path] of cases) assert.equal(joinPath(directory, name), path, `${directory} + ${name}`);
});

test("bytes that are no UTF-8 stay what they are", () => {
  assert.equal(joinPath("/tmp/", "\xff\xfe/../\x80"), "/tmp/\x80");
});

test("a path that is longer than the kernel takes is said to be", () => {
  assert.equal(joinPath("/tmp/", "a/".repeat(5_000)), "/DIR_TOO_LONG/FILENAME_TOO_LONG");
  assert.equal(joinPath("/tmp/", "a".repeat(8_190)), "/DIR_TOO_LONG/FILENAME_TOO_LONG");
  assert.equal(joinPath("/tmp/", "a".repeat(8_000)).length, 8_005);
});

test("a deleted program keeps its path", () => {
  assert.equal(withoutDeleted("/tmp/miner (deleted)"), "/tmp/miner");
  assert.equal(withoutDeleted(" (deleted)"), " (deleted)");
});
