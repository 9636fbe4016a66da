import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hostFiles } from "./host-files.ts";
import { madeHost } from "./made-host.fixture.ts";

test("links are followed from the host's root, and none leads out of it", async (t) => {
  const host = madeHost(t);
  host.write("run/docker.sock", "here");
  symlinkSync("/run", join(host.root, "var"));
  mkdirSync(join(host.root, "etc"));
  symlinkSync("../../../../run/docker.sock", join(host.root, "etc/up"));
  symlinkSync("/etc/passwd", join(host.root, "etc/absolute"));
  symlinkSync("loop", join(host.root, "etc/loop"));
  const files = hostFiles(host.root);
  assert.equal(files.find("/var/docker.sock"), join(host.root, "run/docker.sock"));
  assert.equal(String(await files.bytes("/etc/up", 10)), "here");
  // There is one on this machine.
  assert.equal(await files.bytes("/etc/absolute", 10_000), undefined);
  assert.equal(files.find("/etc/loop"), undefined);
  assert.equal(files.find("/../../../etc/passwd"), undefined);
});

test("what is too large, no file or no JSON is said with its place; what is not there is not", async (t) => {
  const host = madeHost(t);
  writeFileSync(join(host.root, "large"), "x".repeat(11));
  writeFileSync(join(host.root, "broken"), '{"a":');
  mkdirSync(join(host.root, "folder"));
  // Whoever opens it for reading would wait for a writer.
  execFileSync("mkfifo", [join(host.root, "pipe")]);
  const files = hostFiles(host.root);
  const problem = (place: string, message: string) => ({ code: "events.container-file", place, message });
  await assert.rejects(files.bytes("/large", 10), problem("/large", "exceeds the limit of 10 bytes"));
  await assert.rejects(files.json("/broken", 10), problem("/broken", "not JSON"));
  await assert.rejects(files.bytes("/folder", 10), problem("/folder", "not a file"));
  await assert.rejects(files.bytes("/pipe", 10), problem("/pipe", "not a file"));
  assert.equal(await files.json("/none", 10), undefined);
  assert.equal(await files.json("/large/none", 10), undefined);
  assert.deepEqual(await files.names("/none", 10), []);
  assert.equal((await files.names("/", 2)).length, 2);
});
