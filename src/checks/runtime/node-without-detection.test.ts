import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { DetectionProof } from "../../engines/detectors/model.ts";
import { missedProof, proofOf } from "../../engines/detectors/proof.fixture.ts";
import { scanNode } from "../../scan/node.ts";
import { nodeWithoutDetection } from "./node-without-detection.ts";

interface Process {
  readonly name: string;
  readonly words?: readonly string[];
  /** Absent: on the host. */
  readonly namespace?: string;
  readonly fdinfo?: readonly string[];
}

/** A host's root with these processes and files. */
function rootWith(t: TestContext, processes: readonly Process[], files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-node-"));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const all: readonly Process[] = [{ name: "systemd", words: ["/sbin/init"] }, ...processes];
  for (const [index, { name, words = [name], namespace = "mnt:[1]", fdinfo = [] }] of all.entries()) {
    const folder = `proc/${index + 1}`;
    write(`${folder}/comm`, `${name}\n`);
    write(`${folder}/cmdline`, words.map((word) => `${word}\0`).join(""));
    mkdirSync(join(root, folder, "ns"));
    symlinkSync(namespace, join(root, folder, "ns/mnt"));
    mkdirSync(join(root, folder, "fdinfo"));
    for (const [fd, text] of fdinfo.entries()) write(`${folder}/fdinfo/${fd}`, text);
  }
  write("proc/version", "not a process");
  for (const [path, text] of Object.entries(files)) write(path, text);
  return root;
}

async function onNode(root: string, ...proofs: DetectionProof[]): Promise<Evaluation> {
  const now = new Date("2026-01-01T00:00:00Z");
  const [found, ...more] = await scanNode({ root, host: "node-1", proofs }, { policy: defaultPolicy, now });
  assert.ok(found?.check === nodeWithoutDetection.id && more.length === 0);
  return found;
}

function said({ verdict, findings, gaps }: Evaluation): string[] {
  return [
    verdict,
    ...findings.map(({ severity, title }) => `${severity} ${title}`),
    ...gaps.map(({ reason }) => reason),
  ];
}

const falco: Process = { name: "falco", words: ["/usr/bin/falco", "-U"], fdinfo: ["prog_type:\t26\n"] };
const configured = { "etc/falco/falco.yaml": "rules_files: [/etc/falco/falco_rules.yaml]\n" };

test("a process named falco is unknown, and so is a node without a detector that is known", async (t) => {
  const found = await onNode(rootWith(t, [falco], configured));
  assert.deepEqual(said(found), [
    "unknown",
    "no alert is proven within 7 days on node-1: Falco found, and presence is no proof",
  ]);
  assert.deepEqual(found.evidence, { detectors: "Falco: process 2 (falco)", processes: "2", containers: "0" });
  const none = await onNode(rootWith(t, [{ name: "nginx" }]));
  assert.match(none.reason, /^no alert is proven within 7 days on node-1: no known detector runs here/);
});

test("an alert of this node that is young enough passes, whatever the product is", async (t) => {
  const passed = await onNode(rootWith(t, []), proofOf());
  assert.deepEqual([passed.verdict, passed.validUntil], ["pass", "2026-01-07T12:00:00.000Z"]);
  const old = await onNode(rootWith(t, [falco]), proofOf({ at: "2025-12-01T00:00:00Z" }));
  assert.match(old.reason, /the proof is of 2025-12-01, older than 7 days/);
  assert.equal((await onNode(rootWith(t, [falco]), proofOf({ node: "node-2" }))).verdict, "unknown");
});

test("an event that nobody told of fails", async (t) => {
  const failed = await onNode(rootWith(t, [falco], configured), missedProof());
  assert.deepEqual(said(failed), ["fail", "high No detector told of a test event on node-1"]);
  assert.equal(failed.asset.id, "host:node-1");
});

test("the host's configuration and the process's words say that nothing is watched", async (t) => {
  const nothing = await onNode(rootWith(t, [falco], { "etc/falco/falco.yaml": "engine: { kind: nodriver }\n" }));
  assert.match(said(nothing).join(), /^fail,high Falco has no driver/);
  const over = { ...configured, "etc/falco/config.d/a.yaml": "syscall_event_drops: { actions: [ignore] }\n" };
  assert.match(said(await onNode(rootWith(t, [falco], over))).join(), /^unknown,medium Falco ignores dropped events/);
  const flags = { ...falco, words: ["/usr/bin/falco", "--disable-source", "syscall"] };
  assert.equal((await onNode(rootWith(t, [flags], configured))).verdict, "fail");
});

test("of a container's process the host's files say nothing", async (t) => {
  const inside = { ...falco, namespace: "mnt:[2]" };
  const found = await onNode(rootWith(t, [inside], { "etc/falco/falco.yaml": "engine: { kind: nodriver }\n" }));
  assert.deepEqual(found.findings, []);
});

test("our own by its words, and which of them holds no BPF program is said", async (t) => {
  const own = { name: "node", words: ["node", "/opt/bulkhead/bin/bulkhead.js", "runtime", "watch"] };
  const held = ["pos:\t0\nlink_type:\ttracing\nprog_tag:\t1\n", "pos:\t0\nprog_type:\t26\n", "pos:\t0\nflags:\t02\n"];
  const both = await onNode(rootWith(t, [own, { name: "tracee", fdinfo: held }]));
  assert.match(both.reason, /Bulkhead \(holds no BPF program\), Tracee found, and presence is no proof/);
  for (const words of [
    ["node", "/opt/bulkhead.js", "runtime", "replay"],
    ["vi", "runtime", "watch"],
    ["node", "x.js", "runtime", "watch"],
  ]) {
    const found = await onNode(rootWith(t, [{ name: "node", words }]));
    assert.match(found.reason, /no known detector runs here/, words.join(" "));
  }
});

test("a root without processes is a problem of who named it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-node-"));
  t.after(() => rmSync(folder, { recursive: true }));
  await assert.rejects(onNode(folder), { code: "detection.processes" });
});
