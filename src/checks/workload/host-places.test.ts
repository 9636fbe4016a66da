import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hostPlaceAt, normalPath, runtimeSocketAt } from "./hardening/host-places.ts";
import { detected, findingsOf, podText } from "./kubernetes/workload.fixture.ts";
import { runtimeSocket } from "./runtime-socket.ts";
import { sensitiveHostPath } from "./sensitive-host-path.ts";

function mounting(path: string, readOnly?: boolean): string {
  return podText({
    containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: "/v", ...(readOnly ? { readOnly } : {}) }] }],
    volumes: [{ name: "v", hostPath: { path } }],
  });
}

test("sockets of engines are known by any path, and by the folders that hold them", () => {
  for (const path of [
    "/var/run/docker.sock",
    "//var//run/./docker.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/run/user/1000/podman/podman.sock",
    "/somewhere/else/docker.sock",
    "/run/../run",
    "/var/run/",
    "/run/containerd",
    "/run/user/1000",
  ]) {
    assert.ok(runtimeSocketAt(path), path);
    assert.deepEqual(
      findingsOf(runtimeSocket, mounting(path, true)).map(({ severity }) => severity),
      ["critical"],
      path,
    );
    assert.deepEqual(detected(sensitiveHostPath, mounting(path)), [], path);
  }
  for (const path of ["/data", "docker.sock", "./docker.sock", "/run/udev", "/docker.sock.d", "/var/running", "/"]) {
    assert.equal(runtimeSocketAt(path), undefined, path);
    assert.deepEqual(detected(runtimeSocket, mounting(path)), [], path);
  }
});

test("a socket that no container mounts is low", () => {
  const text = podText({ containers: [], volumes: [{ name: "v", hostPath: { path: "/run/docker.sock" } }] });
  assert.deepEqual(
    findingsOf(runtimeSocket, text).map(({ severity }) => severity),
    ["low"],
  );
});

test("how bad a place of the node is goes by the place and by who can write to it", () => {
  const rated = (path: string, readOnly?: boolean) =>
    findingsOf(sensitiveHostPath, mounting(path, readOnly)).map(({ severity }) => severity)[0];
  const cases = {
    "/": ["critical", "high"],
    "/etc": ["critical", "high"],
    "/etc/shadow": ["critical", "high"],
    "/etc/ssh/ssh_host_rsa_key": ["critical", "high"],
    "/etc/passwd": ["critical", "low"],
    "/etc/group": ["critical", "low"],
    "/etc/sudoers.d/ops": ["critical", "medium"],
    "/etc/systemd/system": ["critical", "medium"],
    "/etc/kubernetes/pki": ["critical", "high"],
    "/etc/kubernetes/azure.json": ["high", "high"],
    "/root/.aws/credentials": ["high", "high"],
    "/home/ci/.kube": ["high", "high"],
    "/root": ["critical", "high"],
    "/var/lib/kubelet": ["critical", "high"],
    "/var/lib/kubelet/plugins/csi": ["medium", "low"],
    "/var/lib/docker/containers": ["critical", "high"],
    "/var/lib/etcd": ["critical", "high"],
    "/proc": ["high", "medium"],
    "/dev": ["high", "high"],
    "/dev/mem": ["critical", "high"],
    "/dev/fuse": ["low", "low"],
    "/sys": ["high", "low"],
    "/var/log/pods": ["high", "low"],
    "/lib/modules": ["high", "low"],
    "/boot": ["critical", "low"],
    "/usr/bin": ["high", "low"],
    "/a/../etc/./shadow": ["critical", "high"],
  };
  for (const [path, [writable, readOnly]] of Object.entries(cases)) {
    assert.deepEqual([rated(path), rated(path, true)], [writable, readOnly], path);
  }
});

test("certificates, time zones, data and what stands beside the file are not meant", () => {
  for (const path of [
    "/etc/ssl/certs",
    "/etc/localtime",
    "/etc/machine-id",
    "/mnt/data",
    "/usr/share/app",
    ".",
    "./etc",
  ]) {
    assert.deepEqual(detected(sensitiveHostPath, mounting(path)), [], path);
  }
});

test("a Compose file's homes are homes", () => {
  const files = { "compose.yaml": 'services:\n  a:\n    image: b\n    volumes:\n      - "~/.aws:/aws:ro"\n' };
  assert.deepEqual(detected(sensitiveHostPath, files), [
    "compose.yaml:5:9 volume ~/.aws in container a at /aws (read-only) | ~/.aws holds credentials for a cloud provider, read-only: an attacker in the container can act as their owner there",
  ]);
});

test("a path means the same however it is written", () => {
  const names = fc.array(fc.constantFrom("etc", "var", "run", "proc", "a", "docker.sock"), { maxLength: 4 });
  const noise = fc.constantFrom("/", "//", "/./", "/x/../");
  fc.assert(
    fc.property(names, fc.array(noise, { minLength: 5, maxLength: 5 }), (parts, separators) => {
      const plain = `/${parts.join("/")}`;
      const noisy = `${parts.map((part, index) => `${separators[index]}${part}`).join("")}${separators[4]}`;
      assert.equal(normalPath(noisy), plain);
      assert.deepEqual(hostPlaceAt(noisy), hostPlaceAt(plain));
      assert.deepEqual(runtimeSocketAt(noisy), runtimeSocketAt(plain));
    }),
  );
});

test("what is said of a file of accounts is what stands in it", () => {
  const passwd = hostPlaceAt("/etc/passwd");
  assert.equal(passwd?.reads, "read their names");
  assert.doesNotMatch(JSON.stringify(passwd), /passwords|keys/);
  assert.match(hostPlaceAt("/etc/shadow")?.reads ?? "", /passwords/);
});
