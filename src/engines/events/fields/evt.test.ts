import assert from "node:assert/strict";
import { test } from "node:test";
import type { codes } from "../types/codes.ts";
import { flag } from "../types/flags.ts";
import { syscallByName } from "../types/syscalls.ts";
import { assertFields, eventOf, fieldValue, hostOf, open, processOf, shownOf } from "./event.fixture.ts";

const thread = processOf(10, { comm: "sh", uid: 1000 });
thread.process.cwd = "/srv/";
const host = hostOf({
  hostname: "node-1",
  firstTime: 1_700_000_000_000_000_000n,
  users: [{ id: 33, name: "www-data" }],
  threads: [thread],
});
const fileFlags = (...names: string[]): number => names.reduce((set, name) => set | flag("file_flags", name), 0);

test("an event has its number and time, in UTC wherever it is read", () => {
  const event = eventOf("open", {}, { thread, host, number: 7, seconds: 1_700_000_003, nanoseconds: 42, cpu: 3 });
  assertFields(event, {
    "evt.num": 7,
    "evt.cpu": 3,
    "evt.time": "22:13:23.000000042",
    "evt.time.s": "22:13:23",
    "evt.datetime": "2023-11-14 22:13:23.000000042",
    "evt.datetime.s": "2023-11-14 22:13:23",
    "evt.time.iso8601": "2023-11-14T22:13:23.000000042+0000",
    "evt.rawtime": 1_700_000_003_000_000_042n,
    "evt.rawtime.s": 1_700_000_003,
    "evt.rawtime.ns": 42,
    "evt.reltime": 3_000_000_042n,
    "evt.reltime.s": 3n,
    "evt.reltime.ns": 42n,
    "evt.source": "syscall",
    "evt.hostname": "node-1",
    "evt.pluginname": undefined,
    "evt.is_async": false,
    "evt.dir": "<",
  });
  assert.equal(shownOf("evt.rawtime.ns", event), "000000042");
  assertFields(eventOf("open", {}, { seconds: 1 }), { "evt.reltime": undefined, "evt.hostname": undefined });
  assert.equal(fieldValue("evt.time", eventOf("open", {}, { seconds: 2 ** 53 })), "23:59:59.000000000");
});

test("the time between events is counted once an event, however often it is asked for", async () => {
  const { syscallFields } = await import("./syscall.ts");
  const named = syscallFields.find("evt.deltatime");
  assert.ok("field" in named);
  const extract = named.field.bind(undefined);
  const first = eventOf("open", {}, { seconds: 5 });
  const second = eventOf("open", {}, { seconds: 6, nanoseconds: 1 });
  assert.deepEqual(
    [extract(first), extract(first), extract(second), extract(second)],
    [0n, 0n, 1_000_000_001n, 1_000_000_001n],
  );
});

test("an event has the name of its type, or of the system call that has no type of its own", () => {
  assertFields(eventOf("openat", {}, { thread }), {
    "evt.type": "openat",
    "syscall.type": "openat",
    "evt.category": "file",
    "evt.type.is.openat": 1,
    "evt.type.is.open": 0,
  });
  const generic = eventOf("generic", { ID: syscallByName("personality")?.id ?? 0 });
  assertFields(generic, { "evt.type": "personality", "syscall.type": "personality", "evt.args": "" });
  assertFields(eventOf("generic", { ID: 65_535 }), { "evt.type": "unknown" });
  assertFields(eventOf("procexit", {}), { "evt.type": "procexit", "syscall.type": undefined, "evt.dir": ">" });
  assert.throws(() => fieldValue("evt.type.is.none", generic), /no event is named none/);
});

test("the category of reads and writes is that of the descriptor", () => {
  const categories = {
    file: "file",
    directory: "file",
    ipv6: "net",
    unix: "ipc",
    pipe: "ipc",
    bpf: "unknown",
  } as const;
  for (const [kind, category] of Object.entries(categories)) {
    const descriptor = { kind: kind as keyof typeof categories, name: "x" };
    assert.equal(fieldValue("evt.category", eventOf("read", {}, { thread, descriptor })), category, kind);
  }
  assert.equal(fieldValue("evt.category", eventOf("read", {}, { thread })), "unknown");
  assert.equal(fieldValue("evt.category", eventOf("pipe", {}, { thread })), "IPC");
  assert.equal(fieldValue("evt.category", eventOf("execve", {}, { thread })), "process");
});

test("results are told by number and by name", () => {
  assertFields(eventOf("open", {}, { result: 3 }), {
    "evt.res": "SUCCESS",
    "evt.rawres": 3,
    "evt.failed": false,
    "evt.count.error": 0,
  });
  assertFields(eventOf("open", {}, { result: -2 }), {
    "evt.res": "ENOENT",
    "evt.rawres": -2,
    "evt.failed": true,
    "evt.count.error": 1,
    "evt.count.error.file": 1,
    "evt.count.error.net": undefined,
    "evt.count.error.other": undefined,
  });
  assertFields(eventOf("open", {}, { result: -9_999 }), { "evt.res": "-9999" });
  assertFields(eventOf("mmap", {}, { result: 0x7fff_ffff_f000n }), { "evt.rawres": 0x7fff_ffff_f000 });
  assertFields(eventOf("procexit", {}), { "evt.res": undefined, "evt.rawres": undefined, "evt.failed": undefined });
});

test("how a path is opened is read from the flags", () => {
  const opened = (
    name: "open" | "openat" | "openat2" | "open_by_handle_at",
    flags: number,
    mode?: number,
    result = 3,
  ) => eventOf(name, name === "open_by_handle_at" ? { flags } : { flags, mode }, { thread, result });
  for (const name of ["open", "openat", "openat2", "open_by_handle_at"] as const) {
    assertFields(opened(name, fileFlags("O_RDWR")), { "evt.is_open_read": true, "evt.is_open_write": true });
    assertFields(opened(name, fileFlags("O_RDONLY", "O_CREAT")), {
      "evt.is_open_read": true,
      "evt.is_open_write": false,
      "evt.is_open_create": false,
      "evt.is_open_exec": false,
    });
    assertFields(opened(name, fileFlags("O_WRONLY", "O_CREAT", "O_F_CREATED"), 0o755), {
      "evt.is_open_create": true,
      "evt.is_open_exec": name !== "open_by_handle_at",
    });
  }
  assertFields(opened("open", fileFlags("O_TMPFILE"), 0o100), { "evt.is_open_create": true, "evt.is_open_exec": true });
  assertFields(opened("open", fileFlags("O_TMPFILE"), 0, -1), { "evt.is_open_create": false });
  assertFields(opened("open", 0, 0o777), { "evt.is_open_exec": false });
  assertFields(eventOf("creat", { mode: 0o700 }), { "evt.is_open_exec": true, "evt.is_open_write": false });
  assertFields(eventOf("read", {}), { "evt.is_open_read": false, "evt.is_open_exec": false });
});

test("bytes moved are told by direction and by what they were moved through", () => {
  const file = { kind: "file", name: "/tmp/x" } as const;
  const socket = { kind: "ipv4", name: "1" } as const;
  assertFields(eventOf("read", {}, { thread, descriptor: file, result: 12 }), {
    "evt.buflen": 12,
    "evt.buflen.in": 12,
    "evt.buflen.out": undefined,
    "evt.buflen.file.in": 12,
    "evt.buflen.net": undefined,
    "evt.is_io": true,
    "evt.is_io_read": true,
    "evt.is_io_write": false,
    "evt.io_dir": "read",
  });
  assertFields(eventOf("sendto", {}, { thread, descriptor: socket, result: 9 }), {
    "evt.buflen.net.out": 9,
    "evt.buflen.file": undefined,
    "evt.io_dir": "write",
  });
  assertFields(eventOf("read", {}, { thread, descriptor: file, result: -5 }), { "evt.buflen": undefined });
  assertFields(eventOf("open", {}, { thread, descriptor: file, result: 3 }), {
    "evt.buflen": undefined,
    "evt.io_dir": undefined,
  });
  assertFields(eventOf("write", { data: "a\0b" }, { thread }), { "evt.buffer": "a\0b" });
  assertFields(eventOf("open", {}, { thread }), { "evt.buffer": undefined });
  assertFields(eventOf("ptrace", { data: "\x01\x09" }, { thread }), { "evt.buffer": undefined });
  const log = { kind: "unix", name: "/dev/log" } as const;
  assertFields(eventOf("sendto", {}, { thread, descriptor: log }), { "evt.is_syslog": true });
  assertFields(eventOf("poll", {}), { "evt.is_wait": true });
});

test("parameters are told by name and by number, and resolved", () => {
  const event = eventOf(
    "openat",
    { fd: -2, dirfd: -100, name: "../etc/passwd", flags: fileFlags("O_RDONLY", "O_CLOEXEC"), mode: 0o644 },
    { thread, host, result: -2 },
  );
  assertFields(event, {
    "evt.arg.fd": "ENOENT",
    "evt.arg.dirfd": "AT_FDCWD",
    "evt.arg.name": "/etc/passwd",
    "evt.arg.flags": "O_RDONLY|O_CLOEXEC",
    "evt.arg[flags]": "O_RDONLY|O_CLOEXEC",
    "evt.arg.mode": "0644",
    "evt.arg.dev": "<NA>",
    "evt.arg[2]": "/etc/passwd",
    "evt.arg[63]": undefined,
    "evt.arg.addr": undefined,
    "evt.rawarg.name": "../etc/passwd",
    "evt.rawarg.fd": -2,
    "evt.rawarg.flags": 4097,
    "evt.rawarg.ino": undefined,
    "evt.args":
      "fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=../etc/passwd(/etc/passwd) flags=4097(O_RDONLY|O_CLOEXEC) mode=0644 dev=<NA> ino=<NA>",
  });
  assert.equal(fieldValue("evt.info", event), fieldValue("evt.args", event));
  assert.throws(() => fieldValue("evt.arg.nothing", event), /no event has a parameter named nothing/);
  assert.throws(() => fieldValue("evt.rawarg.nothing", event), /no event has a parameter named nothing/);
});

test("parameters are shown as what they are", () => {
  open(thread, 5, { kind: "directory", name: "/var/lib" });
  open(thread, 6, { kind: "ipv4", name: "10.0.0.1:4000->10.0.0.2:80", protocol: "tcp", role: "client" });
  const shown = (name: keyof typeof codes, values: Parameters<typeof eventOf>[1], parameter: string) =>
    fieldValue(`evt.arg.${parameter}`, eventOf(name, values, { thread, host }));
  assert.equal(shown("read", { fd: 6 }, "fd"), "<4t>10.0.0.1:4000->10.0.0.2:80");
  assert.equal(shown("read", { fd: 99 }, "fd"), "99");
  assert.equal(shown("unlinkat", { dirfd: 5, name: "x/./y" }, "name"), "/var/lib/x/y");
  assert.equal(shown("unlinkat", { dirfd: 77, name: "x" }, "name"), "x");
  assert.equal(shown("setuid", { uid: 33 }, "uid"), "www-data");
  assert.equal(shown("setuid", { uid: 34 }, "uid"), "<NA>");
  assert.equal(shown("setuid", { uid: 0xffff_ffff }, "uid"), "<NONE>");
  assert.equal(shown("kill", { pid: 10, sig: 9 }, "sig"), "SIGKILL");
  assert.equal(shown("kill", { pid: 10, sig: 9 }, "pid"), "sh");
  assert.equal(shown("kill", { pid: 11, sig: 64 }, "sig"), "64");
  assert.equal(shown("socket", { domain: 2 }, "domain"), "AF_INET");
  assert.equal(shown("chmod", { mode: flag("chmod_mode", "S_ISUID") }, "mode"), "S_ISUID");
  assert.equal(shown("write", { data: "a\nb\xff" }, "data"), "a.b.");
  assert.equal(shown("write", {}, "data"), "NULL");
  assert.equal(shown("mmap", { addr: 0xfffn }, "addr"), "FFF");
  assert.equal(shown("mmap", { res: -12 }, "res"), "ENOMEM");
  assert.equal(shown("nanosleep", { interval: 1_500_000_000n }, "interval"), "1.5s");
  assert.equal(shown("nanosleep", { interval: 2n ** 64n - 1n }, "interval"), "none");
  assert.equal(
    shown(
      "connect",
      {
        tuple: {
          kind: "ipv4",
          source: "\x0a\0\0\x01",
          sourcePort: 40_000,
          destination: "\x0a\0\0\x02",
          destinationPort: 443,
        },
      },
      "tuple",
    ),
    "10.0.0.1:40000->10.0.0.2:443",
  );
  assert.equal(shown("connect", { addr: { kind: "unix", path: "/run/docker.sock" } }, "addr"), "/run/docker.sock");
  assert.equal(shown("ptrace", { request: flag("ptrace_requests", "PTRACE_ATTACH") }, "request"), "PTRACE_ATTACH");
  assert.equal(shown("ptrace", { data: "\x01\x09" }, "data"), "SIGKILL");
  assert.equal(shown("ptrace", { data: "\x63" }, "data"), "NULL", "a type that is not in the list");
  assert.equal(shown("ppoll", { sigmask: 0b11 }, "sigmask"), "SIGHUP SIGINT");
});

test("a parameter whose bytes end too soon is absent, not read beyond", () => {
  const event = eventOf("openat", { fd: 3, name: "/x", flags: 1 }, { thread, host });
  event.lengths.fill(1);
  for (const name of ["fd", "dirfd", "flags", "mode", "dev"]) {
    assert.equal(fieldValue(`evt.arg.${name}`, event), "<NA>", name);
    assert.equal(fieldValue(`evt.rawarg.${name}`, event), undefined, name);
  }
  assertFields(event, { "evt.is_open_read": false });
});
