/**
 * Control 8 by proof, with nothing made up: the sensor in this kernel, `runtime watch` as users start it, `runtime prove` beside
 * it, on the host and in a container, and what `check --node` makes of that.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseProof } from "../../../src/engines/detectors/proof.ts";
import { bulkhead, program } from "../../bulkhead.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "../own-podman.ts";
import { cannotSense } from "./sensor.ts";

const skip = cannotSense() ?? false;

/** `runtime watch` that writes alerts to a file; resolves once it watches. */
async function watching(alerts: string): Promise<ChildProcess> {
  const words = [program, "runtime", "watch", "--output", `file:${alerts}`, "--no-containers"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  for await (const chunk of child.stderr) {
    said += String(chunk);
    if (/^bulkhead: watches$/m.test(said)) break;
  }
  assert.match(said, /^bulkhead: watches$/m);
  child.stderr.destroy();
  return child;
}

/** The image of the test's podman, with a file of hashes in it. */
function withHashes(podman: OwnPodman): string {
  const files = join(podman.folder, "fs");
  mkdirSync(join(files, "etc"));
  writeFileSync(join(files, "etc/shadow"), "root:*:1::::::\n");
  const tar = join(podman.folder, "proof.tar");
  execFileSync("tar", ["-C", files, "-cf", tar, "."]);
  podman.run("import", tar, "shop/proof:1");
  return "shop/proof:1";
}

test("a node passes control 8 once its detector alerted, and fails once it was silent", { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-proven-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const alerts = join(folder, "alerts.json");
  const proof = join(folder, "proof.json");
  const run = async (...words: string[]) => await bulkhead(words, { cwd: folder, home: folder });
  const prove = async (...words: string[]) =>
    await run("runtime", "prove", "--alerts", alerts, "--node", "node-1", "--record", proof, ...words);
  const control = async () => {
    const { stdout } = await run("check", "--node", "--host", "node-1", "--proofs", proof, "--format", "json");
    const { controls } = JSON.parse(stdout) as { controls: { number: number; verdict: string; reason: string }[] };
    return controls.find(({ number }) => number === 8);
  };
  const watch = await watching(alerts);
  const ended = once(watch, "exit");
  t.after(() => watch.kill("SIGKILL"));

  await t.test("on the host", async () => {
    const { code, stdout } = await prove();
    assert.equal(code, 0, stdout);
    const found = parseProof(readFileSync(proof, "utf8"));
    assert.equal(found?.alert?.detector, "bulkhead");
    assert.ok(found.alert.text.includes(found.nonce));
    assert.equal((await control())?.verdict, "pass");
  });

  await t.test("in a container", { skip: podmanMissing }, async () => {
    const podman = await ownPodman();
    try {
      const engine = join(folder, "engine");
      const words = [podman.program, ...podman.engine].map((word) => `'${word}'`);
      writeFileSync(engine, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
      chmodSync(engine, 0o755);
      const { code, stdout, stderr } = await prove("--container", withHashes(podman), "--engine", engine);
      assert.equal(code, 0, stdout + stderr);
      assert.match(parseProof(readFileSync(proof, "utf8"))?.event ?? "", / executed in a container of /);
    } finally {
      podman.remove();
    }
  });

  watch.kill("SIGTERM");
  await ended;
  assert.equal((await prove("--timeout", "3")).code, 1);
  assert.deepEqual((await control())?.verdict, "fail");
});
