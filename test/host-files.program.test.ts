/** Permissions of a node's files, by whole commands: of a folder that is a root, of an image, and of a source tree. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Evaluation } from "../src/core/evaluation.ts";
import { type FixtureEntry, fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { readReport } from "../src/report/json/read.ts";
import { type Answered, inProcess } from "./in-process.ts";

const CHECK = "cluster/host-file-permissions";
let folder: string;
// Folders that are made on the way have the mode of most machines.
process.umask(0o022);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-host-files-"));
  mkdirSync(join(folder, "home"));
  const made = await run("db", "import", join(import.meta.dirname, "..", "examples", "shop", "advisories"));
  assert.equal(made.code, 0, made.stderr);
});
after(() => rmSync(folder, { recursive: true }));

async function run(...words: readonly string[]): Promise<Answered> {
  return await inProcess(words, { cwd: folder, home: join(folder, "home") });
}

/** A command's evaluations by the check. */
async function evaluations(...words: readonly string[]): Promise<Evaluation[]> {
  const { stdout, stderr } = await run(...words, "--format", "json", "--all", "--now", "2026-11-25T00:00:00Z");
  const found: Evaluation[] = [];
  for (const evaluation of readReport(stdout)?.evaluations ?? assert.fail(stderr)) {
    if (evaluation.check === CHECK) found.push(evaluation);
  }
  return found;
}

/** `severity title` of what is about modes: files made here are owned by whoever runs the test. */
function modes([evaluation]: readonly Evaluation[]): string[] {
  return (evaluation?.findings ?? [])
    .filter(({ title }) => !title.includes("owned by"))
    .map(({ severity, title }) => `${severity} ${title}`);
}

function write(root: string, path: string, mode: number, text = ""): void {
  const full = join(folder, root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
}

const etcd = (flag: string): string =>
  `spec:\n  containers:\n  - command: [etcd, ${flag}]\n    volumeMounts: [{name: d, mountPath: /data}]\n  volumes: [{name: d, hostPath: {path: /srv/etcd}}]\n`;

test("image scan dir: a control plane whose keys and data all users can read", async () => {
  write("node", "etc/kubernetes/manifests/etcd.yaml", 0o600, etcd("--data-dir=/data/etcd"));
  write("node", "etc/kubernetes/admin.conf", 0o644);
  write("node", "etc/kubernetes/pki/ca.key", 0o644);
  write("node", "etc/kubernetes/pki/ca.crt", 0o644);
  write("node", "srv/etcd/etcd/member/snap/db", 0o644);
  const found = await evaluations("image", "scan", "dir:node");
  assert.deepEqual(
    found.map(({ verdict, evidence }) => [verdict, evidence]),
    [["fail", { "host files": "9" }]],
  );
  assert.deepEqual(modes(found), [
    "critical 1 CA or signing key is readable by all users: /etc/kubernetes/pki/ca.key",
    "critical 1 admin credential is readable by all users: /etc/kubernetes/admin.conf",
    "critical 1 etcd data file is readable by all users: /srv/etcd/etcd/member/snap/db",
    "high 1 etcd data directory is readable by all users: /srv/etcd/etcd",
  ]);
  assert.equal((await run("image", "scan", "dir:node")).code, 1);

  for (const path of ["etc/kubernetes/admin.conf", "etc/kubernetes/pki/ca.key"])
    chmodSync(join(folder, "node", path), 0o600);
  chmodSync(join(folder, "node/srv/etcd/etcd"), 0o700);
  assert.deepEqual(modes(await evaluations("image", "scan", "dir:node")), []);
});

test("image scan of layers: owners too, with the layer; what is right passes, what cannot be looked up is unknown", async () => {
  const right: readonly FixtureEntry[] = [
    { name: "etc/passwd", content: "root:x:0:0:::/bin/sh\netcd:x:110:110:::/bin/false\n" },
    { name: "etc/kubernetes/manifests/etcd.yaml", mode: 0o600, content: etcd("--data-dir=/data") },
    { name: "etc/kubernetes/pki/ca.key", mode: 0o600 },
    { name: "srv/etcd/", flag: "5", mode: 0o700, uid: 110, gid: 110 },
  ];
  const images = {
    right: [right],
    wrong: [
      right,
      [
        { name: "etc/kubernetes/pki/ca.key", mode: 0o600, uid: 1000 },
        { name: "srv/etcd/", flag: "5", mode: 0o700 },
      ],
    ],
    dark: [right, [{ name: "etc/kubernetes/admin.conf", flag: "2", link: "/mnt/admin.conf" }]],
    none: [[{ name: "etc/cni/net.d/a.conflist", mode: 0o666 }]],
  };
  writeLayout(
    join(folder, "layout"),
    Object.fromEntries(
      Object.entries(images).map(([name, layers]) => [
        name,
        fixtureImage(layers.map((entries) => ({ tar: tarOf(entries) }))),
      ]),
    ),
  );
  const scan = async (name: string) => await evaluations("image", "scan", `oci:layout:${name}`);
  const verdicts = [];
  for (const name of Object.keys(images)) verdicts.push((await scan(name)).map(({ verdict }) => verdict).join());
  assert.deepEqual(verdicts, ["pass", "fail", "unknown", ""]);
  const [wrong] = await scan("wrong");
  assert.deepEqual(
    wrong?.findings.map(({ severity, title, locations: [place] }) => [
      severity,
      title,
      place.kind === "image" ? place.layer.index : place.kind,
    ]),
    [
      ["high", "1 CA or signing key is owned by UID 1000: /etc/kubernetes/pki/ca.key", 1],
      ["low", "1 etcd data directory is owned by root instead of etcd: /srv/etcd", 1],
    ],
  );
  const [dark] = await scan("dark");
  assert.equal(
    dark?.reason,
    "/etc/kubernetes/admin.conf: the symlink /etc/kubernetes/admin.conf leads to nothing in the image",
  );
});

test("check of a source tree says nothing of modes, which are its checkout's", async () => {
  write("tree", "etc/kubernetes/admin.conf", 0o666);
  write("tree", "etc/kubernetes/manifests/etcd.yaml", 0o666, etcd("--data-dir=/data"));
  assert.deepEqual(await evaluations("check", "tree"), []);
});
