import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { SyscallEvent } from "../event.ts";
import { currentTypes, randomEvent, randomNumbers } from "../random.fixture.ts";
import { type RecordedEvent, type Recording, recordedEvent, recording } from "../recording.fixture.ts";
import { containerOfPath } from "../state/cgroups.ts";
import { codes } from "../types/codes.ts";
import { fillEvent } from "../types/encode.ts";
import { syscallByName } from "../types/syscalls.ts";
import { EventLines, isEventLine } from "./read.ts";
import { LineWriter } from "./write.ts";

function read(...lines: readonly unknown[]): Recording {
  const sink = recording();
  const reader = new EventLines(sink);
  for (const [index, line] of lines.entries()) {
    assert.ok(isEventLine(line), JSON.stringify(line));
    // As from a file.
    reader.read(JSON.parse(JSON.stringify(line)), `events.jsonl:${index + 1}`);
  }
  return sink;
}

function only(...lines: readonly unknown[]): RecordedEvent {
  const { events } = read(...lines);
  assert.equal(events.length, 1);
  return events[0] as RecordedEvent;
}

function causeOf(line: unknown): string {
  try {
    new EventLines(recording()).read(line, "events.jsonl:7");
  } catch (error) {
    assert.ok(error instanceof Problem && error.place === "events.jsonl:7", String(error));
    return error.message;
  }
  throw new Error("nothing was thrown");
}

const number = (size: number, value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes.subarray(0, size).toString("latin1");
};

test("an event that is written by hand says what happened, and no more", () => {
  const event = only({ event: "openat", pid: 20, args: { name: "/etc/shadow", flags: "O_RDONLY|O_CLOEXEC" } });
  assert.deepEqual([event.name, event.code, event.tid, event.number], ["openat", codes.openat, 20, 1]);
  assert.deepEqual(event.parameters, {
    fd: number(8, 3),
    dirfd: number(8, -100),
    name: "/etc/shadow\0",
    flags: number(4, 4097),
    mode: undefined,
    dev: undefined,
    ino: undefined,
  });
  const failed = only({ event: "openat", args: { fd: "ENOENT", dirfd: 4, name: "x", mode: "0644" } });
  const { fd, dirfd, mode } = failed.parameters;
  assert.deepEqual([fd, dirfd, mode], [number(8, -2), number(8, 4), number(4, 0o644)]);
});

test("a program that is started is named after its file", () => {
  const event = only({ event: "execve", pid: 20, args: { exe: "/usr/bin/a-name-that-is-long", args: ["-c", "id"] } });
  const { res, exe, args, tid, pid, comm, filename, trusted_exepath: path } = event.parameters;
  assert.deepEqual([res, tid, pid], [number(8, 0), number(8, 20), number(8, 20)]);
  assert.deepEqual(
    [exe, filename, path],
    Array.from({ length: 3 }, () => "/usr/bin/a-name-that-is-long\0"),
  );
  assert.deepEqual([comm, args], ["a-name-that-is-\0", "-c\0id\0"]);
  const other = only({
    event: "execve",
    args: { exe: "sh", filename: "/bin/busybox", comm: "x", trusted_exepath: null },
  });
  assert.deepEqual(
    [other.parameters.exe, other.parameters.comm, other.parameters.trusted_exepath],
    ["sh\0", "x\0", undefined],
  );
});

test("a call without an event of its own is the event syscall with its id", () => {
  const event = only({ event: "uname", pid: 4 });
  assert.deepEqual([event.code, event.parameters.ID], [codes.generic, number(2, syscallByName("uname")?.id ?? -1)]);
  // Some events have other names than their calls.
  assert.equal(only({ event: "pread64", args: { fd: 3 } }).name, "pread");
});

test("events happen when they say so, or one after the other, in the process that was told last", () => {
  const { events } = read(
    { process: { pid: 50, path: "/bin/sh" } },
    { event: "close", args: { fd: 3 } },
    { event: "close", args: { fd: 3 } },
    { event: "close", time: "+30s", args: { fd: 3 } },
    { event: "close", time: "2030-01-01T00:00:00.000000001Z", args: { fd: 3 } },
    { event: "close", time: 5.5, tid: 51, args: { fd: 3 } },
  );
  const start = 1_767_225_600_000_000_000n;
  assert.deepEqual(
    events.map(({ time, tid }) => [time, tid]),
    [
      [start, 50],
      [start + 1_000_000n, 50],
      [start + 30_001_000_000n, 50],
      [1_893_456_000_000_000_001n, 50],
      [5_500_000_000n, 51],
    ],
  );
});

test("addresses, connections, lists and signals are written as people do", () => {
  const connect = only({
    event: "connect",
    args: { res: "EINPROGRESS", fd: 4, addr: "[::1]:443", tuple: "10.0.0.5:4000->1.2.3.4:443" },
  });
  assert.equal(connect.parameters.res, number(8, -115));
  assert.equal(connect.parameters.addr, `\x0a${"\0".repeat(15)}\x01\xbb\x01`);
  assert.equal(connect.parameters.tuple, "\x02\x0a\0\0\x05\xa0\x0f\x01\x02\x03\x04\xbb\x01");
  const [unix, abstract] = ["/run/docker.sock", "@x"].map((addr) => only({ event: "connect", args: { fd: 3, addr } }));
  assert.deepEqual([unix?.parameters.addr, abstract?.parameters.addr], ["\x01/run/docker.sock\0", "\x01\0x\0"]);
  assert.equal(only({ event: "kill", args: { pid: 7, sig: "SIGKILL" } }).parameters.sig, "\x09");
  assert.equal(only({ event: "poll", args: { fds: [[3, 1]] } }).parameters.fds, `\x01\0${number(8, 3)}\x01\0`);
  assert.equal(
    only({ event: "ptrace", args: { request: "PTRACE_ATTACH", addr: "0x10" } }).parameters.addr,
    `\0${number(8, 16)}`,
  );
  const bytes = only({ event: "write", args: { res: 2, data: { hex: "ff00" } } });
  assert.equal(bytes.parameters.data, "\xff\0");
});

test("a process in a container has a cgroup by which the state finds it", () => {
  for (const runtime of ["docker", "containerd", "cri-o", "podman"]) {
    const pod = { namespace: "shop", name: "api-1", uid: "0b2f4b34-6b4e-4a0e-9d3a-2f5f5e0f6a11" };
    const sink = read(
      { container: { id: "abc123", runtime, name: "api", image: "shop/api:2", labels: { app: "api" }, pod } },
      { process: { pid: 50, path: "/bin/sh", container: "abc123" } },
    );
    const [facts] = sink.containers;
    assert.deepEqual([facts?.fullId, facts?.id, facts?.runtime], ["abc123".padEnd(64, "0"), "abc123000000", runtime]);
    const cgroup = sink.threads[0]?.cgroups?.[0]?.replace("cpuset=", "") ?? "";
    const found = containerOfPath(cgroup);
    assert.deepEqual([found?.fullId, found?.runtime], [facts?.fullId, runtime], cgroup);
  }
  const [alone] = read({ process: { pid: 50, path: "/bin/sh", container: "abc123" } }).threads;
  assert.equal(containerOfPath(alone?.cgroups?.[0]?.replace("cpuset=", "") ?? "")?.runtime, "docker");
});

test("processes, descriptors, users and losses", () => {
  const sink = read(
    { format: "bulkhead-events", version: 1 },
    { machine: { hostname: "node-1", addresses: ["10.0.0.5", "fe80::1", "::ffff:1.2.3.4"] } },
    {
      process: {
        pid: 50,
        parent: 2,
        path: "/usr/bin/python3.12",
        args: ["-m", "x"],
        uid: 33,
        exeInode: "18446744073709551615",
      },
    },
    {
      descriptor: {
        fd: 0,
        local: "10.0.0.5:22",
        remote: "1.2.3.4:999",
        role: "server",
        protocol: "tcp",
        openFlags: "O_RDWR",
      },
    },
    { descriptor: { pid: 9, fd: 1, name: "/dev/null" } },
    { user: { id: 33, name: "www-data", container: "abc" } },
    { group: { id: 33, name: "www-data" } },
    { lost: { reason: "ring buffer", count: 4 } },
  );
  assert.deepEqual(
    sink.machines[0]?.addresses.map(({ length }) => length),
    [4, 16, 16],
  );
  const [thread] = sink.threads;
  assert.deepEqual(
    [thread?.comm, thread?.exe, thread?.exeInode],
    ["python3.12", "/usr/bin/python3.12", 2n ** 64n - 1n],
  );
  const [socket, file] = sink.descriptors;
  assert.deepEqual([socket?.tid, socket?.descriptor.name], [50, "1.2.3.4:999->10.0.0.5:22"]);
  assert.deepEqual([socket?.descriptor.kind, socket?.descriptor.openFlags], ["ipv4", 3]);
  assert.deepEqual(file, { tid: 9, fd: 1, descriptor: { kind: "file", name: "/dev/null" } });
  assert.deepEqual(sink.users, [{ id: 33, name: "www-data", container: "abc000000000" }]);
  assert.deepEqual(sink.losses, { "ring buffer": 4 });
});

test("texts that are not UTF-8 are given as bytes", () => {
  const event = only({ event: "openat", args: { name: { hex: "2f746d702fff" } } });
  assert.equal(event.parameters.name, "/tmp/\xff\0");
  assert.equal(only({ event: "openat", args: { name: "/tmp/é" } }).parameters.name, "/tmp/\xc3\xa9\0");
});

test("a slip is named with what was meant", () => {
  assert.equal(causeOf({ event: "opanat" }), "no event is named opanat, did you mean openat?");
  assert.match(
    causeOf({ event: "openat", args: { path: "/" } }),
    /^openat has no parameter path, it has fd, dirfd, name,/,
  );
  assert.equal(causeOf({ event: "openat", args: { flag: 1 } }), "openat has no parameter flag, did you mean flags?");
  assert.equal(
    causeOf({ event: "openat", args: { flags: "O_RDONYL" } }),
    "args.flags has no flag O_RDONYL, did you mean O_RDONLY?",
  );
  assert.equal(causeOf({ process: { path: "/bin/sh" } }), "process has no pid");
  assert.equal(causeOf({ process: { pid: 3, parnet: 2 } }), "process has no key parnet, did you mean parent?");
  assert.equal(causeOf({ process: { pid: -3 } }), "process.pid is not a whole number");
  assert.equal(causeOf({ event: "kill", args: { sig: 256 } }), "args: sig is over 1 bytes");
  assert.equal(
    causeOf({ event: "close", args: { fd: "ENOTHING" } }),
    "args.fd: ENOTHING is neither a number nor a name that stands for one",
  );
  assert.match(causeOf({ event: "connect", args: { addr: "10.0.0.1" } }), /is not an address with a port, nor a path/);
  assert.match(causeOf({ event: "close", time: "yesterday" }), /^the line\.time is not a time/);
  assert.match(causeOf({ format: "bulkhead-events", version: 2 }), /^lines of bulkhead-events 2 are not known/);
  assert.equal(causeOf({ container: { id: "Zz" } }), "container.id is not of hex digits, at most 64");
  assert.equal(causeOf([1]), "the line is not an object");
  assert.match(causeOf({ what: 1 }), /^the line is none of event, process,/);
});

test("what are audit events and alerts of other detectors are no lines", () => {
  for (const document of [
    { kind: "Event", apiVersion: "audit.k8s.io/v1", user: { username: "a" }, verb: "get" },
    { rule: "x", priority: "Error", output: "y", output_fields: {} },
    { process_exec: { process: { binary: "/bin/sh" } }, time: "2026-01-01T00:00:00Z" },
    { event: { id: 3 } },
    { process: 3 },
    null,
    [],
  ])
    assert.equal(isEventLine(document), false, JSON.stringify(document));
});

test("random events of every type are read as they were written", () => {
  const random = randomNumbers(9);
  const seen = new Set<number>();
  const lines: unknown[] = [];
  const writer = new LineWriter((line) => lines.push(line));
  const events = Array.from({ length: 3000 }, (_, index) => randomEvent(random, index + 1));
  for (const event of events) {
    seen.add(event.code);
    writer.event(event);
  }
  assert.equal(seen.size, currentTypes.length);
  assert.deepEqual(read(...lines).events, events.map(recordedEvent));
});

test("a call that an old program had no type for stays the event syscall", () => {
  const lines: unknown[] = [];
  const writer = new LineWriter((line) => lines.push(line));
  const [event] = read({ event: "syscall", args: { ID: "mprotect", nativeID: 10 } }).events;
  const recorded = new SyscallEvent();
  fillEvent(recorded, codes.generic, { ID: syscallByName("mprotect")?.id ?? -1, nativeID: 10 });
  writer.event(recorded);
  assert.deepEqual(only(...lines).parameters, event?.parameters);
});

test("facts are read as they were written", () => {
  const lines: unknown[] = [];
  const writer = new LineWriter((line) => lines.push(line));
  const thread = {
    ...{ tid: 12, pid: 11, parent: 1, vtid: 3, vpid: 2, pgid: 11, vpgid: 2, sid: 11, comm: "s\xff", exe: "/bin/sh" },
    ...{ exePath: "/usr/bin/dash", args: ["-c", "", "\xc3\xa9"], environment: ["A=1"], cwd: "/root/", root: "/" },
    ...{ uid: 1000, gid: 1001, loginUid: 1002, tty: 34816, flags: 4, cgroups: ["cpuset=/"] },
    capabilities: { permitted: 2n ** 40n, effective: 1n, inheritable: 0n },
    ...{ exeWritable: true, exeUpperLayer: false, exeLowerLayer: true, exeFromMemfd: false },
    ...{ exeInode: 2n ** 63n, exeChanged: 5n, exeModified: 6n, started: 8n, pidNamespaceStarted: 7n },
  };
  writer.thread(thread);
  writer.descriptor(12, 3, { kind: "unix", name: "/run/\xff", role: "server", inode: 9n });
  writer.user({ id: 1, name: "a", gid: 2, home: "/a", shell: "/b" });
  writer.group({ id: 1, name: "a" });
  writer.machine({ hostname: "h", addresses: ["\x0a\0\0\x05"], bootTime: 7n });
  writer.lost("x", 2);
  const sink = read(...lines);
  assert.deepEqual(sink.threads, [thread]);
  assert.deepEqual(sink.descriptors[0]?.descriptor, { kind: "unix", name: "/run/\xff", role: "server", inode: 9n });
  assert.deepEqual(sink.users, [{ id: 1, name: "a", gid: 2, home: "/a", shell: "/b" }]);
  assert.deepEqual(sink.groups, [{ id: 1, name: "a" }]);
  assert.deepEqual(sink.machines, [{ hostname: "h", addresses: ["\x0a\0\0\x05"], bootTime: 7n }]);
  assert.deepEqual(sink.losses, { x: 2 });
});

test("hostile lines are read or refused, and nothing else", () => {
  const random = randomNumbers(13);
  const lines: object[] = [];
  const writer = new LineWriter((line) => lines.push(line));
  for (let index = 0; index < 200; index++) writer.event(randomEvent(random, index));
  writer.thread({ tid: 1, pid: 1, parent: 0, comm: "a", exe: "a", exePath: "a", args: [] });
  writer.descriptor(1, 1, { kind: "file", name: "x", openFlags: 1 });
  const odd: unknown[] = [
    null,
    -1,
    1e300,
    "",
    "\ud800",
    "9".repeat(30),
    [],
    [[]],
    {},
    { hex: "f" },
    true,
    "__proto__",
    "0x",
  ];
  let refused = 0;
  for (let round = 0; round < 4000; round++) {
    const line = structuredClone(lines[Math.floor(random() * lines.length)]) as Record<string, unknown>;
    let inner = line;
    for (const key of ["args", "process", "descriptor"])
      if (random() < 0.7 && typeof line[key] === "object") inner = line[key] as Record<string, unknown>;
    const keys = Object.keys(inner);
    inner[keys[Math.floor(random() * keys.length)] ?? "__proto__"] = odd[Math.floor(random() * odd.length)];
    try {
      new EventLines(recording()).read(line, "x");
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      refused++;
    }
  }
  assert.ok(refused > 500);
});

test("the examples of the documentation are read", () => {
  const page = readFileSync(new URL("../../../../docs/event-lines.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/```jsonl\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? "").trim().split("\n"),
  );
  assert.ok(examples.length >= 10);
  const sink = read(...examples.map((line) => JSON.parse(line)));
  assert.ok(sink.events.length >= 3 && sink.threads.length >= 1 && sink.containers.length >= 1);
});
