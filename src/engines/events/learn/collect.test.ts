import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerDetails } from "../containers/model.ts";
import { clone, exec, ip, tuple } from "../state/machine.fixture.ts";
import type { LearnedWorkload } from "./model.ts";
import { containerId, Story, storyStart } from "./story.fixture.ts";

const id = containerId("a");

function only(workloads: readonly LearnedWorkload[]): LearnedWorkload {
  assert.equal(workloads.length, 1);
  return workloads[0] as LearnedWorkload;
}

function paths(files: readonly { readonly path: string }[]): string[] {
  return files.map(({ path }) => path);
}

function listen(story: Story, tid: number, fd: number, port: number, address = "0.0.0.0"): void {
  story.on(tid, "socket", { fd, domain: 2, type: 1, proto: 6, flags: 0 });
  story.on(tid, "bind", { res: 0, addr: { kind: "ipv4", address: ip(address), port }, fd });
  story.on(tid, "listen", { res: 0, fd, backlog: 10 });
}

test("what a runtime does before the program is executed is not the container's", () => {
  const story = new Story();
  story.container(300, id, "/usr/sbin/nginx");
  story.open(300, "/etc/nginx/nginx.conf", { layer: "lower" });
  const workload = only(story.learn().workloads);
  assert.deepEqual(paths(workload.opened), ["/etc/nginx/nginx.conf"]);
  assert.deepEqual(workload.written, []);
  assert.deepEqual(workload.executables, [{ path: "/usr/sbin/nginx", count: 1 }]);
});

test("start and stop are the first process's", () => {
  const story = new Story();
  story.container(300, id, "/usr/sbin/nginx");
  story.seconds += 10;
  story.fork(300, 301, 2, id);
  story.on(301, "procexit", {});
  const running = only(new Story().learn().workloads.concat(story.learn().workloads));
  assert.deepEqual(running.watched.containers, [
    { id, from: "2026-03-01T12:00:00.000Z", to: "2026-03-01T12:00:10.000Z", start: true, stop: false },
  ]);
  const whole = new Story();
  whole.container(300, id, "/usr/sbin/nginx");
  whole.seconds += 10;
  whole.on(300, "procexit", {});
  whole.seconds += 50;
  whole.on(7, "procexit", {});
  const { watched } = only(whole.learn().workloads);
  assert.deepEqual([watched.seconds, watched.containers[0]?.stop, watched.complete], [10, true, true]);
});

test("a container that ran before was not seen to start", () => {
  const story = new Story();
  const cgroups = [`cpuset=/machine.slice/libpod-${id}.scope`];
  story.process(300, { vpid: 1, vtid: 1, comm: "nginx", exePath: "/usr/sbin/nginx", cgroups });
  story.open(300, "/etc/passwd", {});
  story.on(300, "execve", exec(300, 1, "/usr/sbin/nginx"));
  const { watched, opened, executables } = only(story.learn().workloads);
  assert.deepEqual(executables, [{ path: "/usr/sbin/nginx", count: 2 }]);
  assert.deepEqual(paths(opened), ["/etc/passwd"]);
  assert.deepEqual([watched.containers[0]?.start, watched.missing], [false, ["no start was seen", "no stop was seen"]]);
});

test("opened, written and executed files, with where they lie", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  story.open(300, "/usr/lib/libc.so.6", { layer: "lower", inode: 17 });
  story.open(300, "/usr/lib/libc.so.6", { layer: "lower", inode: 17 });
  story.open(300, "/var/log/app.log", { write: true, layer: "upper" });
  story.open(300, "/proc/self/maps", {});
  story.open(300, "/dev/null", { write: true });
  story.on(300, "mkdir", { res: 0, path: "/var/cache/app", mode: 0 });
  story.on(300, "mkdir", { res: -17, path: "/var/cache/there", mode: 0 });
  story.on(300, "unlinkat", { res: 0, dirfd: -100, name: "/tmp/x", flags: 0 });
  story.on(300, "rename", { res: 0, oldpath: "/tmp/a", newpath: "/tmp/b" });
  story.on(300, "chdir", { res: 0, path: "/srv" });
  story.on(300, "symlink", { res: 0, target: "../x", linkpath: "link" });
  const { opened, written } = only(story.learn().workloads);
  assert.deepEqual(opened, [
    { path: "/usr/lib/libc.so.6", inode: "40:17", count: 2, layer: "lower" },
    { path: "/var/log/app.log", inode: "40:1003", count: 1, layer: "upper" },
  ]);
  assert.deepEqual(written, [
    { path: "/srv/link", count: 1, how: ["create"] },
    { path: "/tmp/a", count: 1, how: ["rename"] },
    { path: "/tmp/b", count: 1, how: ["rename"] },
    { path: "/tmp/x", count: 1, how: ["remove"] },
    { path: "/var/cache/app", count: 1, how: ["create"] },
    { path: "/var/log/app.log", count: 2, layer: "upper", how: ["create", "write"] },
  ]);
});

test("the kernel's own path of an open file stands for the links that led to it", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  story.writer.descriptor(300, 9, {
    ...{ kind: "file", name: "/usr/lib/libselinux.so.1", device: 40, inode: 5n, overlay: "lower" },
  });
  story.open(300, "/lib/libselinux.so.1", { layer: "lower", inode: 5 });
  const { opened } = only(story.learn().workloads);
  assert.deepEqual(opened, [{ path: "/usr/lib/libselinux.so.1", inode: "40:5", count: 1, layer: "lower" }]);
});

test("programs that no image holds are told by where they lie", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh", { flags: 8 });
  story.fork(300, 301, 2, id);
  story.on(301, "execve", {
    ...{ res: 0, exe: "/tmp/x", args: [], tid: 301, pid: 301, ptid: 300, comm: "x", flags: 2 },
    ...{ trusted_exepath: "/tmp/x", uid: 33, gid: 34 },
  });
  const { executables, users } = only(story.learn().workloads);
  assert.deepEqual(executables, [
    { path: "/bin/sh", count: 1, layer: "lower" },
    { path: "/tmp/x", count: 1, layer: "upper" },
  ]);
  assert.deepEqual(users, [
    { uid: 0, gid: 0 },
    { uid: 33, gid: 34 },
  ]);
});

test("connections by who asked, and ports that nobody asked", () => {
  const story = new Story();
  story.container(300, id, "/usr/sbin/nginx");
  listen(story, 300, 3, 80);
  listen(story, 300, 4, 8443);
  listen(story, 300, 5, 9000, "127.0.0.1");
  story.on(300, "accept4", { fd: 6, tuple: tuple("10.0.0.7", 41000, "10.0.0.2", 80), flags: 0 });
  for (let count = 0; count < 2; count++) {
    story.on(300, "socket", { fd: 7, domain: 2, type: 1, proto: 6, flags: 0 });
    story.on(300, "connect", { res: -115, tuple: tuple("10.0.0.2", 50000 + count, "10.0.0.9", 5432), fd: 7 });
  }
  story.on(300, "connect", { res: -111, tuple: tuple("10.0.0.2", 50003, "10.0.0.10", 5432), fd: 7 });
  story.on(300, "procexit", {});
  const { connections, listening, watched } = only(story.learn().workloads);
  assert.deepEqual(connections, [
    { direction: "in", protocol: "TCP", address: "10.0.0.7", port: 80, count: 1 },
    { direction: "out", protocol: "TCP", address: "10.0.0.9", port: 5432, count: 2 },
  ]);
  assert.deepEqual(listening, [
    { protocol: "TCP", port: 80, count: 1 },
    { protocol: "TCP", port: 8443, count: 0 },
    { protocol: "TCP", port: 9000, local: true, count: 0 },
  ]);
  assert.deepEqual(watched.missing, ["nobody connected to port 8443"]);
});

test("a connect of datagrams is no connection where the port is then asked over TCP, and one where something is sent", () => {
  const story = new Story();
  story.container(300, id, "/usr/bin/curl");
  const udp = (fd: number) => story.on(300, "socket", { fd, domain: 2, type: 2, proto: 0, flags: 0 });
  udp(3);
  story.on(300, "connect", { res: 0, tuple: tuple("10.0.0.2", 5000, "10.0.0.53", 53), fd: 3 });
  story.on(300, "sendto", { res: 30, data: "", fd: 3, size: 30 });
  udp(4);
  story.on(300, "connect", { res: 0, tuple: tuple("10.0.0.2", 5001, "203.0.113.7", 443), fd: 4 });
  udp(5);
  story.on(300, "connect", { res: 0, tuple: tuple("10.0.0.2", 5002, "203.0.113.8", 0), fd: 5 });
  story.on(300, "socket", { fd: 6, domain: 2, type: 1, proto: 6, flags: 0 });
  story.on(300, "connect", { res: 0, tuple: tuple("10.0.0.2", 5003, "203.0.113.9", 443), fd: 6 });
  const { connections } = only(story.learn().workloads);
  assert.deepEqual(
    connections.map(({ protocol, address, port }) => `${protocol} ${address}:${port}`),
    ["UDP 10.0.0.53:53", "TCP 203.0.113.9:443"].sort((a, b) => (a < b ? -1 : 1)),
  );
});

test("system calls and capabilities are those of the container's cgroup", () => {
  const story = new Story();
  story.container(300, id, "/usr/sbin/nginx");
  story.used(id, { syscalls: [0, 1, 59, 257, 900 % 512], capabilities: 1n << 10n, refused: (1n << 21n) | (1n << 10n) });
  const workload = only(story.learn().workloads);
  assert.deepEqual(workload.syscalls, ["388", "execve", "openat", "read", "write"]);
  assert.deepEqual(workload.capabilities, { used: ["CAP_NET_BIND_SERVICE"], refused: ["CAP_SYS_ADMIN"] });
  assert.equal(workload.architecture, "x86_64");
});

test("what was lost is of every container that ran then, and leaves it incomplete", () => {
  const story = new Story();
  story.container(300, id, "/bin/a");
  story.on(300, "procexit", {});
  story.container(400, containerId("b"), "/bin/b");
  story.writer.lost("ring full", 12);
  story.on(400, "procexit", {});
  const [ended, other] = story.learn().workloads;
  assert.deepEqual([ended?.watched.lost, ended?.watched.complete], [{}, true]);
  assert.deepEqual([other?.watched.lost, other?.watched.missing], [{ "ring full": 12 }, ["12 lost: ring full"]]);
});

test("replicas are one workload by what made the pod; what holds a pod's namespaces is none", () => {
  const story = new Story();
  const details = (name: string, pod: string, more: Partial<ContainerDetails> = {}): ContainerDetails => ({
    ...{ name, image: "registry.example.com/shop/api:2", imageId: `sha256:${"1".repeat(64)}` },
    ...{ mounts: [], labels: {}, ...more },
    pod: { namespace: "shop", name: pod, uid: `u-${pod}`, labels: {}, owner: { kind: "Deployment", name: "api" } },
  });
  const tell = (digit: string, facts: ContainerDetails) =>
    story.writer.container({
      ...{ id: digit.repeat(12), fullId: containerId(digit), runtime: "podman", details: facts },
    });
  for (const [index, digit] of ["a", "b", "c"].entries()) {
    story.container(300 + index, containerId(digit), digit === "c" ? "/pause" : "/app");
    story.open(300 + index, digit === "a" ? "/etc/one" : "/etc/two", {});
    tell(digit, details(digit === "c" ? "POD" : "api", `api-${digit}`, digit === "c" ? { sandbox: true } : {}));
    story.seconds += 60;
  }
  const workload = only(story.learn({ hours: 1 }).workloads);
  assert.deepEqual(workload.of, { namespace: "shop", kind: "Deployment", name: "api", container: "api" });
  assert.deepEqual(paths(workload.opened), ["/etc/one", "/etc/two"]);
  assert.equal(workload.watched.containers.length, 2);
  assert.deepEqual(workload.watched.missing, ["no stop was seen", "watched for 0 h of 1"]);
  assert.deepEqual(workload.images, [{ name: "registry.example.com/shop/api:2", id: `sha256:${"1".repeat(64)}` }]);
});

test("what attackers name is shown escaped", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  story.open(300, "/tmp/\x1b[2J\xff", {});
  assert.deepEqual(paths(only(story.learn().workloads).opened), ["/tmp/\\u001b[2J\\xff"]);
});

test("a process of the host's is of no workload, nor is a runtime's that enters a container", () => {
  const story = new Story();
  story.process(50);
  story.open(50, "/etc/shadow", {});
  story.container(300, id, "/bin/sh");
  story.on(
    400,
    "clone",
    clone(0, 400, 100, {
      ...{ vtid: 9, vpid: 9, flags: 0x2000_0000, comm: "runc:[2:INIT]", exe: "/proc/self/exe", args: ["init"] },
      cgroups: [`cpuset=/machine.slice/libpod-${id}.scope`],
    }),
  );
  story.open(400, "/etc/group", {});
  assert.deepEqual(only(story.learn().workloads).opened, []);
});

test("times are of the stream", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  story.seconds += 3_600;
  story.on(300, "procexit", {});
  const learned = story.learn();
  assert.deepEqual([learned.from, learned.to], ["2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z"]);
  assert.equal(storyStart, Date.parse(learned.from) / 1000);
});

test("what is inside does not become the runtime's by its name", () => {
  const story = new Story();
  story.container(300, id, "/bin/sh");
  story.fork(300, 301, 2, id);
  story.on(301, "execve", exec(301, 300, "/tmp/runc", { args: ["init"] }));
  story.open(301, "/etc/one", {});
  const { opened, executables } = only(story.learn().workloads);
  assert.deepEqual([paths(opened), paths(executables)], [["/etc/one"], ["/bin/sh", "/tmp/runc"]]);
});

test("a probe that nobody executed is told", () => {
  const missing = (args: readonly string[]) => {
    const story = new Story();
    const details = { name: "api", image: "", mounts: [], labels: {}, healthProbe: "/bin/check -f x" };
    story.writer.container({ id: id.slice(0, 12), fullId: id, runtime: "podman", details });
    story.container(300, id, "/bin/sh");
    story.fork(300, 301, 2, id);
    story.on(301, "execve", exec(301, 300, "/bin/check", { args }));
    story.on(300, "procexit", {});
    return only(story.learn().workloads).watched.missing;
  };
  assert.deepEqual(missing(["-f", "x"]), []);
  assert.deepEqual(missing(["-f"]), ["its probe was not executed: /bin/check -f x"]);
});
