import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { followFile } from "./alert-file.ts";

function following(t: TestContext, before?: string) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-alerts-"));
  const path = join(folder, "alerts.json");
  if (before !== undefined) writeFileSync(path, before);
  let text = "";
  const file = followFile(path, (chunk, isStart) => {
    text += `${isStart && text !== "" ? "|" : ""}${chunk.toString()}`;
  });
  t.after(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return {
    path,
    fault: file.fault,
    read() {
      file.read();
      return text;
    },
  };
}

test("what was there before is not read, and what comes is", (t) => {
  const { path, read, fault } = following(t, "old\n");
  assert.equal(read(), "");
  appendFileSync(path, "new\n");
  assert.equal(read(), "new\n");
  appendFileSync(path, "er\n");
  assert.deepEqual([read(), fault()], ["new\ner\n", undefined]);
});

test("of a file that is rotated the rest is read, then the one in its place", (t) => {
  const { path, read } = following(t, "old\n");
  appendFileSync(path, "a\n");
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, "b\n");
  writeFileSync(path, "c\n");
  assert.equal(read(), "a\nb\n|c\n");
  truncateSync(path);
  assert.equal(read(), "a\nb\n|c\n");
  appendFileSync(path, "d\n");
  assert.equal(read(), "a\nb\n|c\n|d\n");
});

test("one that is not there is a fault until it is, and then read from its beginning", (t) => {
  const { path, read, fault } = following(t);
  read();
  assert.equal(fault(), "no such file or directory");
  writeFileSync(path, "first\n");
  assert.deepEqual([read(), fault()], ["first\n", undefined]);
});

test("a directory is no file of alerts", (t) => {
  const file = followFile(tmpdir(), () => assert.fail());
  t.after(() => file.close());
  assert.equal(file.fault(), "not a file");
});
