import assert from "node:assert/strict";
import { test } from "node:test";
import { Cgroups, containerOfPath, podUidOfPath } from "./cgroups.ts";

const id = "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";
const uid = "1d5c6a2e-7a4f-4f0e-9b1c-0f4b2d7c9a11";
const uidOfSystemd = uid.replaceAll("-", "_");

test("each runtime's cgroups name the container, by systemd's layout and in plain folders", () => {
  const paths: Readonly<Record<string, string>> = {
    [`/docker/${id}`]: "docker",
    [`/system.slice/docker-${id}.scope`]: "docker",
    [`/system.slice/docker-${id}.scope/init.scope`]: "docker",
    [`/machine.slice/libpod-${id}.scope`]: "podman",
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`]: "podman",
    [`/libpod_parent/libpod-${id}`]: "podman",
    [`/machine.slice/libpod-payload-${id}.scope`]: "podman",
    [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uidOfSystemd}.slice/cri-containerd-${id}.scope`]:
      "containerd",
    [`/kubepods-besteffort-pod${uidOfSystemd}.slice:cri-containerd:${id}`]: "containerd",
    [`/system.slice/containerd.service/kubepods-pod${uidOfSystemd}.slice:cri-containerd:${id}`]: "containerd",
    [`/kubepods.slice/kubepods-pod${uidOfSystemd}.slice/crio-${id}.scope`]: "cri-o",
    [`/kubepods/besteffort/pod${uid}/crio-${id}`]: "cri-o",
    [`/kubepods/besteffort/pod${uid}/${id}`]: "other",
    [`/docker/${id.replaceAll("3", "4")}/kubelet/kubepods/burstable/pod${uid}/${id}`]: "other",
    [`/system.slice/nerdctl-${id}.scope`]: "containerd",
    [`/default/${id}`]: "other",
  };
  for (const [path, runtime] of Object.entries(paths)) {
    const container = containerOfPath(path);
    assert.equal(container?.fullId, id, path);
    assert.equal(container?.id, id.slice(0, 12), path);
    assert.equal(container?.runtime, runtime, path);
    assert.equal(container?.podUid, path.includes("pod1") ? uid : undefined, path);
    assert.equal(container?.uid, path.includes("user-1000") ? 1000 : undefined, path);
  }
});

test("ids that somebody chose are told by containerd's and LXC's folders", () => {
  assert.deepEqual(containerOfPath("/default/web-1"), { id: "web-1", fullId: "web-1", runtime: "containerd" });
  assert.equal(containerOfPath("/lxc/build/ns")?.id, "build");
  assert.equal(containerOfPath("/lxc.payload.build/init.scope")?.id, "build");
});

test("the host's cgroups and those of monitors name none", () => {
  for (const path of [
    "/",
    "",
    "/user.slice/user-1000.slice/session-4.scope",
    "/system.slice/sshd.service",
    "/init.scope",
    "/kubepods/besteffort",
    "/user/1000.user",
    `/machine.slice/libpod-conmon-${id}.scope`,
    `/kubepods.slice/crio-conmon-${id}.scope`,
    `/docker/${id}00`,
    `/docker/${id.slice(1)}`,
    `/x/${"a/".repeat(5_000)}`,
  ]) {
    assert.equal(containerOfPath(path), undefined, path);
  }
});

test("a pod's UID is read from both layouts, a static pod's without dashes", () => {
  assert.equal(podUidOfPath(`/kubepods/pod${uid}/x`), uid);
  assert.equal(
    podUidOfPath("/kubepods/burstable/pod0123456789abcdef0123456789abcdef/x"),
    "0123456789abcdef0123456789abcdef",
  );
  assert.equal(podUidOfPath("/kubepods/podium"), undefined);
});

test("controllers have today's names, and a text is read once", () => {
  const cgroups = new Cgroups(2);
  const text = `cpuset=/docker/${id}\0perf_event_cgroup=/\0io=/x\0mem_cgroup=/y\0alone\0`;
  const facts = cgroups.read(text);
  assert.deepEqual(facts.paths, [`cpuset=/docker/${id}`, "perf_event=/", "blkio=/x", "memory=/y", "alone"]);
  assert.equal(facts.container?.fullId, id);
  assert.equal(cgroups.read(text), facts);
  cgroups.read("a=/1");
  cgroups.read("a=/2");
  assert.notEqual(cgroups.read(text), facts);
});
