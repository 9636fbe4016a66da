import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostFile, HostFileKind } from "../../engines/contents/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import { hostFilePermissions } from "./host-file-permissions.ts";

function at(path: string, kind: HostFileKind, mode: number, more: Partial<HostFile> = {}): HostFile {
  const type = kind.endsWith("-directory") ? "directory" : "file";
  return { path, kind, type, mode, owner: 0, group: 0, users: [], reach: "everyone", ...more };
}

function drafts(...hostFiles: readonly HostFile[]) {
  return [...hostFilePermissions.evaluate({ hostFiles, layers: [] }, new Date(0))];
}

/** `severity title` of each. */
function told(...hostFiles: readonly HostFile[]): string[] {
  return drafts(...hostFiles).map(({ severity, title }) => `${severity} ${title}`);
}

test("what the benchmark asks for is no finding, nor what is stricter", () => {
  assert.deepEqual(
    told(
      at("etc/kubernetes/manifests/etcd.yaml", "manifest", 0o600),
      at("etc/kubernetes/admin.conf", "admin-credential", 0o600),
      at("etc/kubernetes/kubelet.conf", "credential", 0o400),
      at("etc/kubernetes/pki", "certificate-directory", 0o755),
      at("etc/kubernetes/manifests", "configuration-directory", 0o755),
      at("etc/kubernetes/pki/ca.crt", "certificate", 0o644),
      at("etc/kubernetes/pki/ca.key", "cluster-key", 0o600),
      at("etc/kubernetes/pki/apiserver.key", "key", 0o700),
      at("etc/cni/net.d/10-a.conflist", "network-configuration", 0o600),
      at("var/lib/etcd", "etcd-directory", 0o700, { owner: 110, group: 110, users: [110] }),
      // Its group has no permission.
      at("var/lib/kubelet/config.yaml", "node-configuration", 0o600, { group: 100 }),
    ),
    [],
  );
});

test("readable by all users: as bad as what is read", () => {
  assert.deepEqual(
    told(
      at("etc/kubernetes/pki/ca.key", "cluster-key", 0o644),
      at("etc/kubernetes/pki/sa.key", "cluster-key", 0o604),
      at("etc/rancher/k3s/k3s.yaml", "admin-credential", 0o644),
      at("var/lib/etcd/member/snap/db", "etcd-data", 0o644),
      at("var/lib/etcd", "etcd-directory", 0o711, { users: [] }),
      at("etc/kubernetes/scheduler.conf", "credential", 0o644),
      at("etc/kubernetes/pki/apiserver.key", "key", 0o644),
      at("etc/kubernetes/manifests/a.yaml", "manifest", 0o644),
      at("var/lib/kubelet/config.yaml", "node-configuration", 0o644),
      at("etc/cni/net.d/a.conf", "network-configuration", 0o644),
    ),
    [
      "critical 2 CA or signing keys are readable by all users: /etc/kubernetes/pki/ca.key, /etc/kubernetes/pki/sa.key",
      "critical 1 admin credential is readable by all users: /etc/rancher/k3s/k3s.yaml",
      "critical 1 etcd data file is readable by all users: /var/lib/etcd/member/snap/db",
      "high 1 etcd data directory is readable by all users: /var/lib/etcd",
      "high 1 kubeconfig or token file is readable by all users: /etc/kubernetes/scheduler.conf",
      "high 1 private key is readable by all users: /etc/kubernetes/pki/apiserver.key",
      "low 1 control plane manifest is readable by all users: /etc/kubernetes/manifests/a.yaml",
      "low 1 kubelet configuration file is readable by all users: /var/lib/kubelet/config.yaml",
      "low 1 CNI configuration is readable by all users: /etc/cni/net.d/a.conf",
    ],
  );
});

test("writable by others: what starts as root on the node is critical, what is trusted is high", () => {
  assert.deepEqual(
    told(
      at("m.yaml", "manifest", 0o666),
      at("k.yaml", "node-configuration", 0o622),
      at("pki", "certificate-directory", 0o777),
      at("manifests", "configuration-directory", 0o1777),
      at("ca.crt", "certificate", 0o666),
      at("c.conf", "credential", 0o666),
      at("n.yaml", "manifest", 0o660),
      at("b.crt", "certificate", 0o664),
      at("a.conf", "admin-credential", 0o640),
      at("x.yaml", "manifest", 0o640),
    ).map((title) => title.replace(/:.*/, "")),
    [
      "critical 1 control plane manifest is writable by all users",
      "critical 1 kubelet configuration file is writable by all users",
      "critical 1 certificate directory is writable by all users",
      "critical 1 configuration directory is writable by all users",
      "high 1 certificate is writable by all users",
      "high 1 kubeconfig or token file is writable by all users",
      "high 1 control plane manifest is group-writable",
      "medium 1 certificate is group-writable",
      "medium 1 admin credential is group-readable",
      "low 1 control plane manifest is group-readable",
    ],
  );
});

test("behind a closed directory less is open", () => {
  assert.deepEqual(
    told(
      at("a/ca.key", "cluster-key", 0o644, { reach: "nobody" }),
      at("b/ca.key", "cluster-key", 0o644, { reach: "group" }),
      at("b/m.yaml", "manifest", 0o640, { reach: "group" }),
    ),
    [
      "low 1 CA or signing key is readable by all users in a closed directory: /a/ca.key",
      "medium 1 CA or signing key is readable by all users: /b/ca.key",
      "low 1 control plane manifest is group-readable: /b/m.yaml",
    ],
  );
});

test("owners: root, of etcd's data also etcd and who its pod runs as; an unknown one is none", () => {
  assert.deepEqual(
    told(
      at("etc/kubernetes/admin.conf", "admin-credential", 0o600, { owner: 1000 }),
      at("etc/kubernetes/pki/ca.crt", "certificate", 0o644, { owner: 1000 }),
      at("var/lib/etcd", "etcd-directory", 0o700, { owner: 1000, users: [110] }),
      at("srv/etcd", "etcd-directory", 0o700, { owner: 0, users: [110] }),
      at("srv/db", "etcd-directory", 0o700, { owner: 0 }),
    ),
    [
      "high 1 admin credential is owned by UID 1000: /etc/kubernetes/admin.conf",
      "medium 1 certificate is owned by UID 1000: /etc/kubernetes/pki/ca.crt",
      "high 1 etcd data directory is owned by UID 1000: /var/lib/etcd",
      "low 1 etcd data directory is owned by root instead of etcd: /srv/etcd",
    ],
  );
  const { owner: _, ...unknown } = at("var/lib/etcd", "etcd-directory", 0o700);
  assert.deepEqual(told(unknown), []);
});

test("a finding names its files, their layer and the command", () => {
  const layers = [0, 1].map((index) => ({ index, of: 2, diffId: sha256(Buffer.from("layer")) }));
  const many = Array.from({ length: 30 }, (_, i) => at(`etc/kubernetes/pki/${i}.key`, "key", 0o644, { layer: 1 }));
  const [draft] = [...hostFilePermissions.evaluate({ hostFiles: many, layers }, new Date(0))];
  assert.equal(draft?.locations.length, 20);
  assert.deepEqual(draft?.locations[0], { kind: "image", path: "etc/kubernetes/pki/0.key", layer: layers[1] });
  assert.match(draft?.title ?? "", /^30 private keys are readable by all users: .* and 24 more$/);
  const [one] = drafts(at("var/lib/etcd", "etcd-directory", 0o755, { users: [110], owner: 110 }));
  assert.equal(one?.fix?.text, "run chmod 700 /var/lib/etcd");
  assert.deepEqual(one?.locations, [{ kind: "file", path: "/var/lib/etcd" }]);
  assert.deepEqual(one?.evidence, {
    files: "1",
    "mode of the first": "0755",
    "owner of the first": "110:0",
    "benchmark mode": "0700",
  });
  const [owned] = drafts(at("var/lib/etcd", "etcd-directory", 0o700, { users: [110], owner: 5 }));
  assert.equal(owned?.fix?.text, "run chown etcd:etcd /var/lib/etcd");
});
