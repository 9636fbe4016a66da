import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, clone, exec, smallBounds } from "./machine.fixture.ts";
import { seed } from "./seed.ts";

const containerId = "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";

function host(): Bench {
  const bench = new Bench();
  bench.process(20, 10, { comm: "sh", cwd: "/srv", uid: 1000 });
  bench.process(1, 0, { comm: "init" });
  bench.process(10, 1, { comm: "sshd" });
  return bench;
}

for (const order of ["parent first", "child first", "child alone"] as const) {
  test(`a clone makes one child, ${order}`, () => {
    const bench = host();
    bench.on(20, "open", { fd: 3, name: "a", flags: 1 });
    if (order === "parent first") bench.on(20, "clone", clone(30, 20, 10));
    const own = bench.on(30, "clone", clone(0, 30, 20, { vtid: 30, vpid: 30 }));
    if (order === "child first") bench.on(20, "clone", clone(30, 20, 10));
    assert.equal(own.thread, bench.thread(30));
    assert.equal(bench.thread(30).parent, bench.thread(20));
    assert.equal(bench.thread(30).process.cwd, "/srv/");
    assert.deepEqual(bench.open(30), { 3: "/srv/a" });
    bench.on(30, "close", { res: 0, fd: 3 });
    bench.on(30, "chdir", { res: 0, path: "/tmp" });
    assert.deepEqual(bench.open(20), { 3: "/srv/a" });
    assert.equal(bench.thread(20).process.cwd, "/srv/");
    assert.equal(bench.machine.unknownThreads, 0);
  });
}

test("a clone that does not say which program runs leaves it the one of who asked", () => {
  const bench = host();
  bench.on(20, "execve", exec(20, 10, "/usr/bin/curl", { args: ["-s", "x y"] }));
  const { exe: _, args: __, ...bare } = clone(0, 30, 20, { comm: "curl", vtid: 30, vpid: 30 });
  bench.on(30, "clone", bare);
  const child = bench.thread(30);
  assert.deepEqual([child.exe, child.commandLine, child.exePath], ["/usr/bin/curl", "curl -s x y", "/usr/bin/curl"]);
});

test("an execve replaces the program, closes what it should and drops what rules found below it", () => {
  const bench = host();
  bench.on(20, "open", { fd: 3, name: "/kept", flags: 1 });
  bench.on(20, "open", { fd: 4, name: "/closed", flags: 0x1001 });
  bench.on(30, "clone", clone(0, 30, 20, { vtid: 30, vpid: 30 }));
  const [above, own, below] = [bench.thread(10), bench.thread(20), bench.thread(30)];
  const versions = [above, own, below].map(({ version }) => version);
  bench.on(20, "execve", exec(20, 10, "/usr/bin/curl", { args: ["-s", "x y"], flags: 6, tty: 34816, loginuid: 1000 }));
  assert.deepEqual(bench.open(20), { 3: "/kept" });
  assert.deepEqual(bench.open(30), { 3: "/kept", 4: "/closed" });
  assert.equal(own.commandLine, "curl -s x y");
  assert.deepEqual(own.args, ["-s", "x y"]);
  assert.deepEqual(
    [own.exePath, own.exeUpperLayer, own.exeFromMemfd, own.tty, own.loginUid],
    [...["/usr/bin/curl", true, true, 34816, 1000]],
  );
  assert.equal(above.version, versions[0]);
  assert.notEqual(own.version, versions[1]);
  assert.notEqual(below.version, versions[2]);
  bench.on(20, "execve", { ...exec(20, 10, "/bin/none"), res: -2 });
  assert.equal(own.comm, "curl");
});

test("threads share their process, which ends with the last of them; orphans go to the reaper", () => {
  const bench = host();
  bench.on(20, "clone", clone(21, 20, 10, { flags: 0x2001 }));
  bench.on(21, "open", { fd: 5, name: "b", flags: 1 });
  assert.deepEqual(bench.open(20), { 5: "/srv/b" });
  assert.equal(bench.thread(21).leader, bench.thread(20));
  bench.on(21, "clone", clone(40, 20, 20));
  assert.equal(bench.thread(40).parent, bench.thread(20));
  bench.on(10, "prctl", { res: 0, option: 36, arg2_int: 1 });
  bench.on(20, "procexit", { status: 0 });
  assert.equal(bench.thread(20).exited, true);
  bench.on(21, "procexit", { status: 0 });
  assert.equal(bench.machine.threadOf(20), undefined);
  assert.equal(bench.thread(40).parent, bench.thread(10));
  bench.on(10, "procexit", { status: 0, reaper_tid: 1 });
  assert.equal(bench.thread(40).parent, bench.thread(1));
  assert.equal(bench.thread(40).parentPid, 1);
});

test("the end of a clone that comes after the child's own end makes no one", () => {
  const bench = host();
  bench.on(30, "clone", clone(0, 30, 20, { vtid: 30, vpid: 30 }));
  bench.on(30, "procexit", { status: 0 });
  bench.on(20, "clone", clone(30, 20, 10));
  assert.equal(bench.machine.threadOf(30), undefined);
});

test("who is not known stands in, is counted, and is filled in where it stands", () => {
  const bench = host();
  const seen = bench.on(77, "open", { fd: 3, name: "x", flags: 1 });
  assert.deepEqual([seen.thread?.comm, seen.thread?.known, seen.thread?.uid], ["<NA>", false, 4294967295]);
  assert.equal(bench.machine.unknownThreads, 1);
  bench.process(77, 10, { comm: "late", cwd: "/late" });
  assert.equal(bench.thread(77), seen.thread);
  assert.deepEqual(
    [bench.thread(77).comm, bench.thread(77).parent?.comm, bench.thread(77).known],
    ["late", "sshd", true],
  );
  assert.equal(bench.on(77, "open", { fd: 4, name: "x", flags: 1 }).descriptor?.name, "/late/x");
  bench.on(88, "execve", exec(88, 10, "/bin/new"));
  assert.equal(bench.thread(88).parent?.comm, "sshd");
});

test("the state is filled by what was looked up, in any order", () => {
  const bench = new Bench();
  const facts = { exe: "", exePath: "", args: [] };
  seed(bench.machine, [
    {
      thread: { tid: 5, pid: 5, parent: 4, comm: "child", ...facts },
      descriptors: [[3, { kind: "file", name: "/x" }]],
    },
    { thread: { tid: 4, pid: 4, parent: 0, comm: "above", ...facts } },
  ]);
  assert.equal(bench.on(5, "read", { res: 0, data: "", fd: 3, size: 0 }).descriptor?.name, "/x");
  assert.equal(bench.thread(5).parent?.comm, "above");
});

test("snapshots whose parents form a ring, or name themselves, hang nothing", () => {
  const bench = new Bench();
  bench.process(2, 3);
  bench.process(3, 4);
  bench.process(4, 2);
  bench.process(5, 5);
  bench.on(2, "getcwd", { res: 2, path: "/" });
  let steps = 0;
  for (const tid of [2, 3, 4, 5]) for (let up = bench.thread(tid).parent; up !== undefined; up = up.parent) steps += 1;
  assert.ok(steps <= 3, `${steps}`);
  bench.on(3, "procexit", { status: 0, reaper_tid: 2 });
  bench.thread(4).invalidate();
});

test("sessions, groups, users and capabilities follow their calls", () => {
  const bench = host();
  const thread = bench.thread(20);
  const { comm } = thread;
  bench.on(20, "prctl", { res: 0, option: 15, arg2_str: "kworker/0:1-events" });
  assert.equal(thread.comm, comm, "a name that a process gives itself excepts it from no rule");
  bench.on(20, "setsid", { res: 20 });
  assert.deepEqual([thread.sid, thread.pgid, thread.vpgid, thread.tty], [20, 20, 20, 0]);
  bench.on(30, "clone", clone(0, 30, 20, { vtid: 30, vpid: 30 }));
  bench.on(20, "setpgid", { res: 0, pid: 30, pgid: 0 });
  assert.equal(bench.thread(30).pgid, 30);
  bench.on(20, "setuid", { res: -1, uid: 0 });
  assert.equal(thread.uid, 1000);
  bench.on(20, "setresuid", { res: 0, ruid: 4294967295, euid: 0, suid: 4294967295 });
  assert.equal(thread.uid, 0);
  bench.on(20, "setresuid", { res: 0, ruid: 5, euid: 4294967295, suid: 4294967295 });
  assert.equal(thread.uid, 0);
  bench.on(20, "setgid", { res: 0, gid: 7 });
  assert.equal(thread.gid, 7);
  bench.on(20, "capset", { res: 0, cap_inheritable: 1n, cap_permitted: 3n, cap_effective: 2n });
  assert.deepEqual(thread.capabilities, { inheritable: 1n, permitted: 3n, effective: 2n });
  bench.on(20, "unshare", { res: 0, flags: 0x10_0000 });
  assert.equal(thread.capabilities.effective, (1n << 41n) - 1n);
});

test("a container is known by its cgroup at once, by what its runtime says later, and asked for once", () => {
  const asked: string[] = [];
  const bench = new Bench({ containerSeen: ({ id }) => asked.push(id) });
  bench.process(1, 0);
  const cgroups = [`cpuset=/docker/${containerId}`];
  bench.on(30, "clone", clone(0, 30, 1, { cgroups, vtid: 1, vpid: 1, flags: 0x2000_0000 }));
  bench.on(31, "clone", clone(0, 31, 30, { cgroups, vtid: 2, vpid: 2, flags: 0x2000_0000 }));
  const { container } = bench.thread(31);
  assert.deepEqual(container, { id: containerId.slice(0, 12), fullId: containerId, runtime: "docker" });
  assert.deepEqual(asked, [containerId.slice(0, 12)]);
  const { version } = bench.thread(31);
  const details = { name: "shop", image: "shop:1", mounts: [], labels: {} };
  bench.machine.container({ id: containerId.slice(0, 12), fullId: containerId, runtime: "podman", details });
  const now = bench.thread(31).container;
  assert.ok(typeof now === "object");
  assert.deepEqual([now.details?.name, now.runtime, bench.thread(31).version === version], ["shop", "podman", false]);
  assert.equal(bench.thread(1).container, undefined);
  bench.on(30, "procexit", { status: 0 });
  assert.equal(bench.thread(31).parent?.process.pid, undefined);
});

test("users and groups are those of the host, or of the container", () => {
  const bench = host();
  bench.send(0, "useradded", { uid: 5, gid: 6, name: "eve", home: "/home/eve", shell: "/bin/sh", container_id: "" });
  bench.send(0, "useradded", { uid: 5, gid: 6, name: "app", home: "/", shell: "", container_id: "abc" });
  bench.send(0, "groupadded", { gid: 6, name: "staff", container_id: "" });
  assert.equal(bench.machine.userOf(5, undefined)?.name, "eve");
  assert.equal(bench.machine.userOf(5, "abc")?.name, "app");
  assert.equal(bench.machine.groupOf(6, undefined)?.name, "staff");
  bench.send(0, "userdeleted", { uid: 5, gid: 6, name: "eve", home: "", shell: "", container_id: "" });
  assert.equal(bench.machine.userOf(5, undefined), undefined);
});

test("what is over a bound goes, the oldest first, and is counted", () => {
  const bench = new Bench({ bounds: smallBounds });
  bench.process(1, 0, { comm: "init" });
  for (let pid = 100; pid < 300; pid++) bench.on(pid, "clone", clone(0, pid, 1, { vtid: pid, vpid: pid }));
  assert.ok(bench.machine.threads.size <= smallBounds.threads);
  assert.equal(bench.thread(1).comm, "init");
  assert.equal(bench.thread(299).parent?.comm, "init");
  assert.ok((bench.machine.evicted.threads ?? 0) >= 150);
  for (let fd = 3; fd < 23; fd++) bench.on(299, "open", { fd, name: `/${fd}`, flags: 1 });
  assert.equal(bench.thread(299).process.descriptors.size, smallBounds.descriptorsOfOne);
  assert.equal(bench.machine.evicted.descriptors, 12);
});

test("an event that only the state sees is not handed on", () => {
  const bench = host();
  bench.event.stateOnly = true;
  bench.send(20, "open", { fd: 3, name: "a", flags: 1 });
  assert.deepEqual(bench.open(20), { 3: "/srv/a" });
  bench.event.stateOnly = false;
  assert.equal(bench.on(20, "read", { res: 1, data: "x", fd: 3, size: 1 }).descriptor?.name, "/srv/a");
});
