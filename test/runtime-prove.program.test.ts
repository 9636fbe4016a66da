/**
 * `runtime prove` as it is called. An engine of the test stands for podman: it starts nothing, and is the detector that sees the
 * program. Real containers and real detectors are test/runtime/live's.
 */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parseProof } from "../src/engines/detectors/proof.ts";
import { bulkhead } from "./bulkhead.ts";
import { freePort } from "./free-ports.ts";

function made(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-prove-"));
  const [temporary, proofs, alerts] = ["tmp", "proofs", "alerts.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(temporary);
  mkdirSync(proofs);
  t.after(() => rmSync(folder, { recursive: true, force: true }));

  /** @param tell - JavaScript that gets `alert`, Falco's line about the program that the container executes */
  function engine(tell: string): string {
    const path = join(folder, "engine");
    const script = `#!${process.execPath}
const [nonce] = /[0-9a-f]{32}/.exec(process.argv.at(-1));
const alert = JSON.stringify({
  time: new Date().toISOString(),
  rule: "Drop and execute new binary in container",
  priority: "Critical",
  output: "Executing binary not part of base image",
  output_fields: { "proc.exepath": "/tmp/bulkhead-proof-" + nonce },
});
${tell}
`;
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    return path;
  }

  const prove = (...words: string[]) =>
    bulkhead(["runtime", "prove", ...words], { cwd: folder, home: folder, environment: { TMPDIR: temporary } });

  const recorded = () => parseProof(readFileSync(join(proofs, "node-1.json"), "utf8"));
  return { temporary, alerts, proofs, engine, prove, recorded };
}

const node = ["--node", "node-1"];

test("a detector that alerts is recorded with its alert", async (t) => {
  const { alerts, proofs, engine, prove, recorded } = made(t);
  writeFileSync(alerts, "");
  const fake = engine(`require("node:fs").appendFileSync(${JSON.stringify(alerts)}, alert + "\\n");`);
  const from = ["--container", "registry.example.com/busybox:1", "--engine", fake, "--alerts", alerts];
  const { code, stdout } = await prove(...from, ...node, "--cluster-uid", "uid-1", "--record", `${proofs}/`);
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /^✓ node-1: falco alerted: Drop and execute new binary in container\n {2}event {2}bulkhead-proof-/,
  );
  const proof = recorded();
  assert.deepEqual(
    [proof?.node, proof?.clusterUid, proof?.outcome, proof?.looked],
    ["node-1", "uid-1", "alerted", [`file ${alerts}`]],
  );
  assert.match(
    proof?.event ?? "",
    /^bulkhead-proof-\w{32} executed in a container of registry[.]example[.]com\/busybox:1$/,
  );
});

test("one that stays silent on the host's own event is recorded too, and nothing of the event is left", async (t) => {
  const { temporary, alerts, proofs, prove, recorded } = made(t);
  writeFileSync(alerts, '{"rule": "Other", "priority": "Notice", "output": "x", "time": "2026-01-01T00:00:00Z"}\n');
  const { code, stdout } = await prove("--alerts", alerts, "--timeout", "1", "--record", proofs, ...node);
  assert.equal(code, 1);
  assert.match(stdout, /^✗ node-1: no alert\n {2}event {2}\S+\/bulkhead-proof-\w{32} executed on \/etc\/shadow\n/);
  assert.equal(recorded()?.outcome, "missed");
  assert.deepEqual(readdirSync(temporary), []);
});

test("what could not be read, and an event that was not made, prove nothing, and nothing is recorded", async (t) => {
  const { alerts, proofs, engine, prove } = made(t);
  const record = ["--record", proofs, ...node];
  const unread = await prove("--alerts", alerts, "--timeout", "1", ...record);
  assert.equal(unread.code, 3);
  assert.match(unread.stdout, /^\? node-1: not found out: file \S+: no such file or directory\n$/);
  const ended = await prove("--alerts", "-", "--timeout", "1", ...record);
  assert.deepEqual([ended.code, ended.stdout], [3, "? node-1: not found out: standard input: ended\n"]);
  writeFileSync(alerts, "");
  const fake = engine('console.error("Error: no such image"); process.exitCode = 125;');
  const failed = await prove("--alerts", alerts, "--container", "none", "--engine", fake, ...record);
  assert.equal(failed.stdout, "");
  assert.match(failed.stderr, /the event could not be made: Error: no such image/);
  assert.ok((failed.code ?? 0) > 1);
  assert.deepEqual(readdirSync(proofs), []);
});

test("a detector that posts its alerts", async (t) => {
  const { engine, prove } = made(t);
  const port = await freePort();
  const fake = engine(`fetch("http://127.0.0.1:${port}/", { method: "POST", body: alert });`);
  const { code, stdout } = await prove(
    ...["--listen", String(port), "--container", "x", "--engine", fake, "--format", "json"],
  );
  assert.equal(code, 0, stdout);
  assert.deepEqual(parseProof(stdout)?.looked, [`webhook on port ${port}`]);
});

test("what is meant must be said", async (t) => {
  const { prove } = made(t);
  for (const words of [
    [],
    ["--alerts", "-", "--alerts", "-"],
    ["--listen", "nowhere"],
    ["--listen", "0.0.0.0:0"],
    ["--alerts", "x", "--timeout", "0"],
    ["--alerts", "x", "--format", "sarif"],
  ]) {
    const { code, stdout } = await prove(...words);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
  }
});
