import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Evidence } from "../../../core/evidence.ts";
import type { Accounts, HostFiles, Inventory } from "../../../engines/contents/model.ts";
import type { FixtureEntry } from "../../../engines/oci/image.fixture.ts";
import { bounds } from "../bounds.ts";
import { imageOf, memoryStore, openFixture } from "../image-files.fixture.ts";
import { inventoryOfFolder, inventoryOfImage } from "../inventory.ts";
import { hostFilesOf } from "./files.ts";
import type { HostView } from "./view.ts";

const now = new Date(0);
// Folders that are made on the way have the mode of most machines.
process.umask(0o022);
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A root filesystem: path → mode and text; a text that begins with `->` is a symlink's target. */
function rootOf(files: Readonly<Record<string, readonly [number, string?]>>): string {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-host-"));
  folders.push(root);
  for (const [path, [mode, text = ""]] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (text.startsWith("->")) symlinkSync(text.slice(2), full);
    else if (path.endsWith("/")) mkdirSync(full, { recursive: true });
    else writeFileSync(full, text);
    if (!text.startsWith("->")) chmodSync(full, mode);
  }
  return root;
}

function hostOf(inventory: Evidence<Inventory>): HostFiles | undefined {
  assert.equal(inventory.state, "present");
  return inventory.state === "present" ? inventory.facts.host : undefined;
}

async function hostOfRoot(files: Parameters<typeof rootOf>[0]): Promise<HostFiles | undefined> {
  return hostOf(await inventoryOfFolder(rootOf(files), { now }));
}

async function hostOfLayers(...layers: readonly (readonly FixtureEntry[])[]): Promise<HostFiles | undefined> {
  return hostOf(await inventoryOfImage(await openFixture(imageOf(...layers)), { now }));
}

/** `kind mode path`, of those that not everyone gets to with who does. */
function told(host: HostFiles | undefined): string[] {
  return (host?.files ?? []).map(({ kind, mode, path, reach }) =>
    [kind, mode.toString(8), path, ...(reach === "everyone" ? [] : [reach])].join(" "),
  );
}

function reasons(host: HostFiles | undefined): string[] {
  return (host?.gaps ?? []).map(({ reason }) => reason);
}

const podOf = (dataDir: string, hostPath: string): string =>
  JSON.stringify({
    spec: {
      containers: [
        {
          command: ["etcd", `--data-dir=${dataDir}`],
          volumeMounts: [{ name: "data", mountPath: dataDir }],
          securityContext: { runAsUser: 500 },
        },
      ],
      volumes: [{ name: "data", hostPath: { path: hostPath } }],
    },
  });

test("what is no node has none, whatever it holds of networks and etcd", async () => {
  assert.equal(await hostOfRoot({ "etc/kubernetes/manifests/": [0o755] }), undefined);
  assert.equal(await hostOfRoot({ "etc/cni/net.d/87-podman.conflist": [0o644], "var/lib/etcd/": [0o755] }), undefined);
  assert.equal(
    await hostOfLayers([{ name: "app/etc/kubernetes/admin.conf" }, { name: "etc/kubernetes-x/a.conf" }]),
    undefined,
  );
});

test("a folder: known places, modes, and directories that are closed", async () => {
  const host = await hostOfRoot({
    "etc/kubernetes/manifests/kube-apiserver.yaml": [0o644, "kind: Pod\n"],
    "etc/kubernetes/admin.conf": [0o640],
    "etc/kubernetes/pki/etcd/ca.key": [0o644],
    "etc/kubernetes/pki/etcd/": [0o710],
    "etc/kubernetes/pki/": [0o755],
    "etc/kubernetes/audit-policy.yaml": [0o666],
    "var/lib/rancher/k3s/server/token": [0o644],
    "var/lib/rancher/k3s/server/": [0o700],
  });
  assert.deepEqual(told(host), [
    "configuration-directory 755 etc/kubernetes",
    "admin-credential 640 etc/kubernetes/admin.conf",
    "configuration-directory 755 etc/kubernetes/manifests",
    "manifest 644 etc/kubernetes/manifests/kube-apiserver.yaml",
    "certificate-directory 755 etc/kubernetes/pki",
    "certificate-directory 710 etc/kubernetes/pki/etcd",
    "cluster-key 644 etc/kubernetes/pki/etcd/ca.key group",
    "admin-credential 644 var/lib/rancher/k3s/server/token nobody",
  ]);
  assert.deepEqual(reasons(host), []);
});

test("a folder: symlinks are followed inside the root, and one that leads nowhere is a gap", async () => {
  const host = await hostOfRoot({
    "var/snap/microk8s/6089/credentials/client.config": [0o660],
    "var/snap/microk8s/6089/certs/ca.key": [0o660],
    "var/snap/microk8s/current": [0, "->6089"],
    "srv/pki/ca.crt": [0o644],
    "etc/kubernetes/pki": [0, "->../../../../srv/pki"],
    "etc/kubernetes/scheduler.conf": [0, "->/gone/scheduler.conf"],
    "etc/kubernetes/loop.conf": [0, "->loop.conf"],
    "etc/systemd/system/kubelet.service": [0, "->/dev/null"],
  });
  assert.deepEqual(told(host), [
    "configuration-directory 755 etc/kubernetes",
    "certificate-directory 755 srv/pki",
    "certificate 644 srv/pki/ca.crt",
    "cluster-key 660 var/snap/microk8s/6089/certs/ca.key",
    "admin-credential 660 var/snap/microk8s/6089/credentials/client.config",
  ]);
  assert.deepEqual(reasons(host), [
    "/etc/kubernetes/loop.conf: too many symlinks on the way",
    "/etc/kubernetes/scheduler.conf: a symlink on the way leads to /gone, which does not exist",
  ]);
});

test("a folder: what static pods and the kubelet name is followed, also from a folder that they name", async () => {
  const host = await hostOfRoot({
    "var/lib/kubelet/config.yaml": [0o600, "staticPodPath: /opt/pods\n"],
    "opt/pods/etcd.yaml": [0o600, podOf("/data", "/srv/etcd")],
    "opt/pods/": [0o777],
    "srv/etcd/member/snap/db": [0o604],
    "srv/etcd/": [0o711],
    "var/lib/etcd/member/db": [0o644],
    "var/lib/etcd/": [0o700],
  });
  assert.deepEqual(told(host), [
    "configuration-directory 777 opt/pods",
    "manifest 600 opt/pods/etcd.yaml",
    "etcd-directory 711 srv/etcd",
    "etcd-data 604 srv/etcd/member/snap/db",
    "etcd-directory 700 var/lib/etcd",
    "node-configuration 600 var/lib/kubelet/config.yaml",
  ]);
  assert.deepEqual(host?.files.find(({ path }) => path === "srv/etcd/member/snap/db")?.users, [500]);
});

test("a folder: a manifest that is not read, and one that is too long, are gaps", async () => {
  const host = await hostOfRoot({
    "etc/kubernetes/manifests/a.yaml": [0o600, "a: *b\n"],
    "etc/kubernetes/manifests/b.yaml": [0o600, `# ${"a".repeat(bounds.hostConfigurationBytes)}`],
  });
  assert.equal(host?.files.filter(({ kind }) => kind === "manifest").length, 2);
  assert.match(reasons(host)[0] ?? "", /^\/etc\/kubernetes\/manifests\/b\.yaml: exceeds the limit of 262144 bytes$/);
  assert.match(reasons(host)[1] ?? "", /^\/etc\/kubernetes\/manifests\/a\.yaml: line 1: .*, so files that it names/);
});

test("layers: owners and modes as the highest layer has them, removed files are gone", async () => {
  const host = await hostOfLayers(
    [
      { name: "etc/kubernetes/", flag: "5", mode: 0o755 },
      { name: "etc/kubernetes/admin.conf", mode: 0o600 },
      { name: "etc/kubernetes/super-admin.conf", mode: 0o666 },
      { name: "etc/kubernetes/pki/", flag: "5", mode: 0o700 },
      { name: "etc/kubernetes/pki/ca.key", mode: 0o600 },
      { name: "etc/passwd", content: "root:x:0:0:::\netcd:x:110:110:::\n" },
      { name: "var/lib/etcd/", flag: "5", mode: 0o700, uid: 110, gid: 110 },
    ],
    [
      { name: "etc/kubernetes/admin.conf", mode: 0o644, uid: 1000, gid: 7 },
      { name: "etc/kubernetes/.wh.super-admin.conf" },
      { name: "etc/kubernetes/pki/", flag: "5", mode: 0o755 },
      { name: "opt/x.conf", mode: 0o640 },
      { name: "etc/kubernetes/kubelet.conf", flag: "1", link: "opt/x.conf" },
      { name: "etc/kubernetes/gone.conf", flag: "2", link: "/nowhere" },
      { name: "etc/systemd/system/kubelet.service", flag: "2", link: "/dev/null" },
    ],
  );
  assert.deepEqual(host?.files, [
    {
      path: "etc/kubernetes",
      kind: "configuration-directory",
      type: "directory",
      mode: 0o755,
      owner: 0,
      group: 0,
      users: [],
      reach: "everyone",
      layer: 0,
    },
    {
      path: "etc/kubernetes/admin.conf",
      kind: "admin-credential",
      type: "file",
      mode: 0o644,
      owner: 1000,
      group: 7,
      users: [],
      reach: "everyone",
      layer: 1,
    },
    {
      path: "etc/kubernetes/kubelet.conf",
      kind: "credential",
      type: "file",
      mode: 0o640,
      owner: 0,
      group: 0,
      users: [],
      reach: "everyone",
      layer: 1,
    },
    {
      path: "etc/kubernetes/pki",
      kind: "certificate-directory",
      type: "directory",
      mode: 0o755,
      owner: 0,
      group: 0,
      users: [],
      reach: "everyone",
      layer: 1,
    },
    {
      path: "etc/kubernetes/pki/ca.key",
      kind: "cluster-key",
      type: "file",
      mode: 0o600,
      owner: 0,
      group: 0,
      users: [],
      reach: "everyone",
      layer: 0,
    },
    {
      path: "var/lib/etcd",
      kind: "etcd-directory",
      type: "directory",
      mode: 0o700,
      owner: 110,
      group: 110,
      users: [110],
      reach: "everyone",
      layer: 0,
    },
  ]);
  assert.deepEqual(reasons(host), [
    "/etc/kubernetes/gone.conf: the symlink /etc/kubernetes/gone.conf leads to nothing in the image",
  ]);
});

test("layers: what a static pod names is followed anywhere, and one behind a link is a gap", async () => {
  const host = await hostOfLayers([
    { name: "etc/kubernetes/manifests/etcd.yaml", mode: 0o600, content: podOf("/data", "/srv/link") },
    { name: "etc/kubernetes/manifests/b.yaml", flag: "2", link: "/opt/b.yaml" },
    { name: "opt/b.yaml", mode: 0o600 },
    { name: "srv/link", flag: "2", link: "real" },
    { name: "srv/real/", flag: "5", mode: 0o755 },
    { name: "srv/real/member/db", mode: 0o644 },
    { name: "var/snap/microk8s/current", flag: "2", link: "12" },
    { name: "var/snap/microk8s/12/credentials/client.config", mode: 0o660 },
  ]);
  assert.deepEqual(told(host), [
    "configuration-directory 755 etc/kubernetes",
    "configuration-directory 755 etc/kubernetes/manifests",
    "manifest 600 etc/kubernetes/manifests/etcd.yaml",
    "manifest 600 opt/b.yaml",
    "etcd-directory 755 srv/real",
    "etcd-data 644 srv/real/member/db",
    "admin-credential 660 var/snap/microk8s/12/credentials/client.config",
  ]);
  assert.deepEqual(reasons(host), ["/opt/b.yaml: not read, so files that it names are not looked up"]);
});

test("a folder and the layers of the same files say the same", async () => {
  const files: Parameters<typeof rootOf>[0] = {
    "etc/kubernetes/manifests/etcd.yaml": [0o640, podOf("/data", "/srv/etcd")],
    "etc/kubernetes/pki/apiserver.key": [0o604],
    "etc/kubernetes/pki/": [0o750],
    "etc/kubernetes/ssl": [0, "->pki"],
    "srv/etcd": [0, "->../mnt/etcd"],
    "mnt/etcd/member/wal/0.wal": [0o644],
    "mnt/etcd/": [0o755],
    "usr/lib/systemd/system/kubelet.service": [0o644, "ExecStart=kubelet --config=/opt/kubelet.yaml\n"],
    lib: [0, "->usr/lib"],
    "opt/kubelet.yaml": [0o664, "tlsPrivateKeyFile: /opt/kubelet.pem\n"],
  };
  const entries = Object.entries(files).map(([name, [mode, text = ""]]): FixtureEntry => {
    if (text.startsWith("->")) return { name, flag: "2", link: text.slice(2) };
    return { name, mode, content: text, ...(name.endsWith("/") ? { flag: "5" } : {}) };
  });
  const [folder, layers] = [await hostOfRoot(files), await hostOfLayers(entries)];
  assert.equal(told(layers).length, 9);
  assert.deepEqual(told(layers), told(folder));
  // Outside the known places a layer's files are not kept: what such a configuration names is unknown.
  assert.deepEqual([reasons(folder), reasons(layers).length], [[], 1]);
});

test("layers are read again only where something of a node is in them", async () => {
  for (const [name, times] of [
    ["usr/lib/systemd/system/kubelet.service", 2],
    ["usr/lib/systemd/system/other.service", 1],
  ] as const) {
    const image = imageOf([{ name }]);
    const store = memoryStore(image);
    const open = await openFixture(image, store);
    await inventoryOfImage(open, { now });
    assert.deepEqual([...store.opened.values()].at(-1), times, name);
  }
});

test("RKE2: by its CIS profile etcd owns its data and certificates, and snapshots are data", async () => {
  const tls = "var/lib/rancher/rke2/server/tls";
  const host = await hostOfLayers([
    { name: "etc/passwd", content: "etcd:x:52:52:::\n" },
    { name: `${tls}/etcd/`, flag: "5", mode: 0o700, uid: 52 },
    { name: `${tls}/etcd/server-ca.key`, mode: 0o600, uid: 52 },
    { name: `${tls}/server-ca.key`, mode: 0o600, uid: 52 },
    { name: "var/lib/rancher/rke2/server/db/etcd/", flag: "5", mode: 0o700, uid: 52 },
    { name: "var/lib/rancher/rke2/server/db/snapshots/on-demand-1", mode: 0o644 },
  ]);
  const strangers = host?.files.filter(({ owner = 0, users }) => owner !== 0 && !users.includes(owner));
  assert.deepEqual(
    strangers?.map(({ path }) => path),
    [`${tls}/server-ca.key`],
  );
  assert.ok(told(host).includes("etcd-data 644 var/lib/rancher/rke2/server/db/snapshots/on-demand-1"));
});

/** A view of a host of which one path can be looked up, or not even that. */
function viewOf(path: string, denied: readonly string[]): HostView {
  return {
    find: (asked) => (asked === path ? { path, type: "directory", mode: 0o700, owner: 110, group: 110 } : undefined),
    list: () => [],
    read: () => undefined,
    gaps: () => denied.map((reason) => ({ code: "contents.host-files", reason })),
  };
}

test("what may not be looked up may be what makes it a node; of networks and etcd it is not", () => {
  const denied = "/etc/kubernetes/admin.conf: access denied";
  assert.deepEqual(hostFilesOf(viewOf("", [denied]), undefined), {
    files: [],
    gaps: [{ code: "contents.host-files", reason: denied }],
  });
  assert.equal(hostFilesOf(viewOf("", ["/etc/cni/net.d: access denied"]), undefined), undefined);
});

test("without the accounts nobody knows whether etcd's directory is etcd's", () => {
  const accounts: Accounts = { unread: ["/etc/passwd: broken"] };
  const view = viewOf("var/lib/etcd", ["/etc/kubernetes/x: access denied"]);
  const host = hostFilesOf(view, accounts);
  assert.deepEqual(
    host?.gaps.map(({ reason }) => reason).at(-1),
    "/etc/passwd: not read, so which user id is etcd's is unknown",
  );
});
