import assert from "node:assert/strict";
import { test } from "node:test";
import { assertFields, eventOf, fieldValue, hostOf, open, processOf, shownOf, threadOf } from "./event.fixture.ts";

const init = processOf(1, { comm: "systemd", exe: "/sbin/init", exePath: "/usr/lib/systemd/systemd" });
const server = processOf(100, { comm: "sshd", exe: "sshd: root@pts/0", exePath: "/usr/sbin/sshd" }, init);
const shell = processOf(
  200,
  {
    comm: "bash",
    exe: "-bash",
    exePath: "/bin/bash",
    args: ["-l"],
    environment: ["PATH=/bin", "SECRET= two  "],
    tty: 34_816,
    started: 1_000_000_000n,
  },
  server,
);
const child = processOf(
  300,
  {
    comm: "cat",
    exe: "/bin/cat",
    exePath: "/usr/bin/cat",
    args: ["-n", "/etc/passwd"],
    environment: ["PATH=/usr/bin"],
    sid: 200,
    pgid: 200,
    vpgid: 200,
    started: 2_000_000_000n,
    exeInode: 77n,
    exeChanged: 1_500_000_000n,
    pidNamespaceStarted: 1_400_000_000n,
    exeUpperLayer: true,
  },
  shell,
);
const host = hostOf({ threads: [init, server, shell, child] });

function did(thread = child) {
  return eventOf("open", {}, { thread, host, seconds: 3, nanoseconds: 5 });
}

test("a process is told by its name, arguments and environment", () => {
  child.process.cwd = "/root/";
  assertFields(did(), {
    "proc.name": "cat",
    "proc.exe": "/bin/cat",
    "proc.exepath": "/usr/bin/cat",
    "proc.args": "-n /etc/passwd",
    "proc.args[1]": "/etc/passwd",
    "proc.args[2]": "",
    "proc.cmdline": "cat -n /etc/passwd",
    "proc.exeline": "/bin/cat -n /etc/passwd",
    "proc.cmdnargs": 2,
    "proc.cmdlenargs": 13,
    "proc.env": "PATH=/usr/bin",
    "proc.env[PATH]": "/usr/bin",
    "proc.env[NONE]": "",
    "proc.cwd": "/root/",
    "proc.pid": 300,
    "proc.vpid": 300,
    "proc.tty": 0,
    "proc.is_exe_upper_layer": true,
    "proc.is_exe_lower_layer": false,
    "proc.is_exe_from_memfd": false,
    "proc.is_exe_writable": false,
  });
  assertFields(did(shell), { "proc.env[SECRET]": "two", "proc.cmdline": "bash -l", "proc.cwd": undefined });
});

test("without a thread there is no field of one", () => {
  const nobody = eventOf("open", {}, { tid: 7 });
  for (const text of [
    "proc.name",
    "proc.aname",
    "proc.aname[1]",
    "proc.sname",
    "user.name",
    "container.id",
    "fd.name",
  ]) {
    assert.equal(fieldValue(text, nobody), undefined, text);
  }
  assert.equal(fieldValue("thread.tid", nobody), 7);
});

test("times are counted from the start of the process", () => {
  assertFields(did(), {
    "proc.duration": 1_000_000_005n,
    "proc.pid.ts": 2_000_000_000n,
    "proc.ppid.duration": 2_000_000_005n,
    "proc.ppid.ts": 1_000_000_000n,
    "proc.exe_ino": 77n,
    "proc.exe_ino.ctime": 1_500_000_000n,
    "proc.exe_ino.mtime": undefined,
    "proc.exe_ino.ctime_duration_proc_start": 500_000_000n,
    "proc.exe_ino.ctime_duration_pidns_start": 100_000_000n,
    "proc.pidns_init_start_ts": 1_400_000_000n,
    "container.start_ts": 1_400_000_000n,
    "container.duration": 1_600_000_005n,
  });
  assertFields(did(init), { "proc.duration": undefined, "proc.exe_ino": undefined, "proc.ppid.ts": undefined });
});

test("ancestors are asked one by one, by number, and shown in a row", () => {
  assertFields(did(), {
    "proc.pname": "bash",
    "proc.pexe": "-bash",
    "proc.pexepath": "/bin/bash",
    "proc.pcmdline": "bash -l",
    "proc.ppid": 200,
    "proc.pvpid": 200,
    "proc.aname": ["bash", "sshd", "systemd"],
    "proc.aname[0]": "cat",
    "proc.aname[1]": "bash",
    "proc.aname[3]": "systemd",
    "proc.aname[4]": undefined,
    "proc.aname[999999999]": undefined,
    "proc.apid": [200, 100, 1],
    "proc.apid[2]": 100,
    "proc.aexe[2]": "sshd: root@pts/0",
    "proc.aexepath[1]": "/bin/bash",
    "proc.acmdline[1]": "bash -l",
    "proc.acmdline": ["bash -l", "sshd", "systemd"],
    "proc.aargs[1]": "-l",
    "proc.aargs": "-l  ",
    "proc.aenv[1]": "PATH=/bin SECRET= two  ",
    "proc.aenv[SECRET]": "two",
    "proc.aenv[NONE]": "",
    "proc.loginshellid": 200,
  });
  assert.equal(shownOf("proc.aname", did()), "bash sshd systemd");
  assertFields(did(init), { "proc.aname": undefined, "proc.pname": undefined, "proc.ppid": undefined });
});

test("threads beside the main one have its ancestors and environment, and a name of their own", () => {
  const main = processOf(400, { comm: "java", environment: ["A=1"] }, shell);
  const worker = threadOf(401, main, { comm: "worker", args: ["x"] });
  assertFields(did(worker), {
    "proc.name": "worker",
    "proc.pname": "bash",
    "proc.aname[0]": "java",
    "proc.env": "A=1",
    "proc.pid": 400,
    "thread.tid": 401,
    "thread.ismain": false,
    "proc.nthreads": 2,
    "proc.nchilds": 1,
    "thread.nametid": "worker401",
  });
  assertFields(did(main), { "thread.ismain": true, "proc.nthreads": 2 });
});

test("more ancestors than are asked for end the walk, not the program", () => {
  let deepest = init;
  for (let pid = 1_000; pid < 3_000; pid++) deepest = processOf(pid, { comm: `p${pid}` }, deepest);
  const names = fieldValue("proc.aname", did(deepest)) as string[];
  assert.equal(names.length, 256);
  assert.equal(names[0], "p2998");
  assert.equal(fieldValue("proc.aname[256]", did(deepest)), "p2743");
  assert.equal(fieldValue("proc.aname[257]", did(deepest)), undefined);
});

test("sessions and groups are told by who leads them", () => {
  assertFields(did(), {
    "proc.sid": 200,
    "proc.sname": "bash",
    "proc.sid.exe": "-bash",
    "proc.sid.exepath": "/bin/bash",
    "proc.pgid.name": "bash",
    "proc.vpgid.name": "bash",
    "proc.is_sid_leader": false,
    "proc.is_vpgid_leader": false,
    "proc.is_pgid_leader": false,
  });
  assertFields(did(shell), { "proc.is_sid_leader": true, "proc.is_pgid_leader": true, "proc.is_vpgid_leader": true });
});

test("in a namespace the leader is the eldest ancestor of the session, not whoever has the number on the host", () => {
  const first = processOf(900, { comm: "entry", vtid: 1, vpid: 1, sid: 1, vpgid: 1 }, server);
  const second = processOf(901, { comm: "sh", vtid: 7, vpid: 7, sid: 1, vpgid: 7 }, first);
  const third = processOf(902, { comm: "id", vtid: 8, vpid: 8, sid: 1, vpgid: 7 }, second);
  assertFields(did(third), {
    "proc.sname": "entry",
    "proc.vpgid.name": "sh",
    "proc.is_vpgid_leader": false,
  });
  assertFields(did(second), { "proc.is_vpgid_leader": true, "proc.vpid": 7, "proc.pvpid": 1 });
  const alone = processOf(903, { comm: "x", vtid: 9, vpid: 9, sid: 55 }, init);
  assertFields(did(alone), { "proc.sname": "" });
});

test("standard descriptors are told by type and name", () => {
  const thread = processOf(500, { comm: "sh" }, shell);
  open(thread, 0, { kind: "ipv4", name: "10.0.0.1:4000->10.0.0.2:80" });
  open(thread, 1, { kind: "pipe", name: "pipe:[5]" });
  assertFields(did(thread), {
    "proc.stdin.type": "ipv4",
    "proc.stdin.name": "10.0.0.1:4000->10.0.0.2:80",
    "proc.stdout.type": "pipe",
    "proc.stderr.type": undefined,
    "proc.fdopencount": 2,
    "proc.fdlimit": undefined,
    "proc.fdusage": undefined,
  });
  thread.process.descriptorLimit = 8;
  assertFields(did(thread), { "proc.fdlimit": 8, "proc.fdusage": 25 });
});

test("capabilities are named, cgroups found by their controller", () => {
  const thread = processOf(600, {
    capabilities: { permitted: 0x20_0001n, effective: (1n << 40n) | (1n << 50n), inheritable: 0n },
    cgroups: ["cpu=/a", "memory=/docker/b"],
  });
  assertFields(did(thread), {
    "thread.cap_permitted": "CAP_CHOWN CAP_SYS_ADMIN",
    "thread.cap_effective": "CAP_CHECKPOINT_RESTORE",
    "thread.cap_inheritable": "",
    "thread.cgroups": "cpu=/a memory=/docker/b",
    "thread.cgroup.memory": "/docker/b",
    "thread.cgroup.pids": undefined,
  });
});

test("users are named by the container that they are in, and a name that nothing tells is a value", () => {
  const known = hostOf({
    users: [{ id: 1000, name: "alice", home: "/home/alice", shell: "/bin/zsh" }],
    groups: [{ id: 5, name: "tty" }],
    usersOf: { abc: [{ id: 1000, name: "app" }] },
  });
  const user = (facts: Parameters<typeof processOf>[1]) =>
    eventOf("open", {}, { thread: processOf(700, facts), host: known });
  assertFields(user({ uid: 1000, gid: 5, loginUid: 1000 }), {
    "user.uid": 1000,
    "user.name": "alice",
    "user.homedir": "/home/alice",
    "user.shell": "/bin/zsh",
    "user.loginuid": 1000,
    "user.loginname": "alice",
    "group.gid": 5,
    "group.name": "tty",
  });
  assertFields(user({}), {
    "user.name": "root",
    "user.homedir": "/root",
    "user.shell": "<NA>",
    "user.loginuid": -1,
    "user.loginname": "<NA>",
    "group.name": "root",
  });
  assertFields(user({ uid: 33, gid: 34 }), { "user.name": "<NA>", "group.name": "<NA>" });
  const container = { id: "abc", fullId: "abcdef", runtime: "docker" } as const;
  assertFields(user({ uid: 1000, container }), { "user.name": "app", "user.homedir": "<NA>" });
  assertFields(user({ uid: 1000, container: "host" }), { "user.name": "alice" });
});
