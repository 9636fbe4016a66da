import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findProgram, startProcess } from "./process.ts";

test("a server that ends by itself is told of with the end of its log", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-process-"));
  t.after(() => rm(folder, { recursive: true }));
  const log = join(folder, "log");
  const ending = startProcess(process.execPath, ["-e", "console.error('no disk'); process.exitCode = 3"], log);
  await assert.rejects(ending.ended, /ended \(3\):\nno disk$/);
  await ending.stop();
});

test("a program that is not there is told of", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-process-"));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(startProcess(join(folder, "absent"), [], join(folder, "log")).ended, /absent ended/);
  assert.equal(findProgram("no-such-program-of-bulkhead"), undefined);
});

test("a server is ended when it is asked to, and sees nothing of the environment but the PATH", {
  timeout: 30_000,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-process-"));
  t.after(() => rm(folder, { recursive: true }));
  const log = join(folder, "log");
  const code =
    "require('node:fs').writeFileSync(process.argv[1], Object.keys(process.env).join()); setInterval(() => {}, 1e6)";
  const seen = join(folder, "seen");
  const running = startProcess(process.execPath, ["-e", code, seen], log);
  for (;;) {
    if ((await readFile(seen, "utf8").catch(() => "")) === "PATH") break;
  }
  await running.stop();
  assert.throws(() => process.kill(running.pid, 0), /ESRCH/);
});
